/** The balances around a pay whose outcome is unclear: what a person needs to decide. */
import type { Balance, BalanceSeen } from '../../shared/member-memo.ts';

export type Comparison = 'lower' | 'same' | 'higher' | 'unknown';

/** How the balance after stands to the one before; of two balances that differ both ways nothing is said. */
export function compareBalances(before: Balance | undefined, after: Balance | undefined): Comparison {
	if (before === undefined || after === undefined) return 'unknown';
	const changes = (['points', 'credit'] as const).flatMap((name) => {
		const [was, is] = [before[name], after[name]];
		return was === undefined || is === undefined ? [] : [Math.sign(is - was)];
	});
	if (changes.length === 0) return 'unknown';
	if (changes.every((change) => change === 0)) return 'same';
	if (changes.every((change) => change <= 0)) return 'lower';
	return changes.every((change) => change >= 0) ? 'higher' : 'unknown';
}

const advice: Readonly<Record<Comparison, string>> = {
	lower: 'The balance is lower than before: the payment was probably taken. If it was, confirm it by hand, with its code if the provider can name it.',
	same: 'The balance is as it was: the payment was probably not taken. If so, withdraw it.',
	higher: 'The balance is higher than before, so it tells nothing: ask the loyalty provider.',
	unknown: 'The balances are not known: ask the loyalty provider, then confirm or withdraw it.',
};

export function adviceAbout(comparison: Comparison): string {
	return advice[comparison];
}

/** A look this soon after the pay was accepted may have come before it was booked: a later one takes its place. */
const settlingMs = 60_000;

/** `payAcceptedAt`: epoch milliseconds. */
export function takesPlaceOf(stored: BalanceSeen | undefined, payAcceptedAt: number): boolean {
	return stored === undefined || stored.seenAt < payAcceptedAt + settlingMs;
}
