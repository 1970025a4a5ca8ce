/** Compares what the till was told with what the loyalty service did. Every broken promise is a sentence. */
import type { Effect, Effects } from '../support/service.ts';
import type { Told } from './shop.ts';

export interface Verdict {
	readonly accepted: number;
	readonly applied: number;
	readonly lost: readonly string[];
	readonly doubled: readonly string[];
	readonly outOfOrder: readonly string[];
	/** Answers that said something untrue, attempts that sent other bytes, sales nobody rang up. */
	readonly untrue: readonly string[];
}

export function judge(told: readonly Told[], effects: Effects): Verdict {
	const bySale = new Map(effects.sales.map((effect) => [effect.transactionId, effect]));
	const accepted = new Set(told.map(({ transactionId }) => transactionId));
	const withEffect = told.map((one) => ({ one, effect: bySale.get(one.transactionId) }));
	return {
		accepted: accepted.size,
		applied: effects.sales.reduce((sum, effect) => sum + effect.applied, 0),
		lost: withEffect.filter(({ effect }) => (effect?.applied ?? 0) < 1).map(({ one }) => one.transactionId),
		doubled: effects.sales.filter((effect) => effect.applied > 1).map((effect) => `${effect.transactionId} (${effect.applied} times)`),
		outOfOrder: outOfOrder(told, bySale),
		untrue: [
			...withEffect
				.filter(({ one, effect }) => one.state === 'confirmed' && one.confirmationCode !== effect?.confirmationCode)
				.map(({ one }) => `${one.transactionId} was confirmed with a code that is not its own`),
			...effects.sales.filter((effect) => new Set(effect.bodies).size > 1).map((effect) => `${effect.transactionId} was sent with different bytes`),
			...effects.sales.filter((effect) => !accepted.has(effect.transactionId ?? '')).map((effect) => `${effect.transactionId} was applied, but never accepted`),
		],
	};
}

/** A member's sales are told one after the other, so they were accepted in that order. */
function outOfOrder(told: readonly Told[], bySale: ReadonlyMap<string | null, Effect>): string[] {
	const last = new Map<string, { order: number; transactionId: string }>();
	const found: string[] = [];
	for (const { member, transactionId } of told) {
		const order = bySale.get(transactionId)?.order ?? undefined;
		if (member === undefined || order === undefined) continue;
		const before = last.get(member);
		if (before !== undefined && before.order > order) found.push(`${transactionId} of ${member} was applied before ${before.transactionId}`);
		last.set(member, { order, transactionId });
	}
	return found;
}
