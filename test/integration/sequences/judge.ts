/** Compares what a register was told with what the agent and the service say in the end. Every broken promise is a sentence. */
import type { DeliveryWithAttempts } from '../../../shared/local-api.ts';
import type { Effect, Effects } from '../../support/service.ts';
import type { Told } from './register.ts';
import type { Situation } from './situations.ts';

interface End {
	readonly told: Told;
	readonly delivery: DeliveryWithAttempts;
	/** Undefined: it never arrived. */
	readonly effect: Effect | undefined;
}

export interface Evidence {
	readonly situation: Situation;
	readonly told: readonly Told[];
	/** By id, those of the register's calls. */
	readonly deliveries: ReadonlyMap<string, DeliveryWithAttempts>;
	readonly effects: Effects;
	/** Begins the transactionIds of this case. */
	readonly id: string;
	readonly pointsBefore: number;
	/** Undefined: the service does not know the member. */
	readonly pointsAfter: number | undefined;
}

const minorUnitsPerPoint = 10;

export function judge(evidence: Evidence): string[] {
	const { told, deliveries } = evidence;
	const reads = told.filter(({ answer }) => answer.agent?.deliveryId === undefined);
	const ends = told.flatMap((one) => {
		const delivery = deliveries.get(one.answer.agent?.deliveryId ?? '');
		return delivery === undefined ? [] : [{ told: one, delivery, effect: effectOf(evidence, one) }];
	});
	return [
		...reads.flatMap(untrueRead),
		...ends.flatMap((end) => [...untrueAnswer(end), ...wrongEnd(evidence, end), ...wrongBytes(end)].map((sentence) => `${end.told.operation} ${sentence}`)),
		...outOfOrder(ends),
		...wrongCodes(ends, evidence.effects),
		...neverTold(evidence),
		...wrongBalance(evidence, ends),
	];
}

function untrueRead({ operation, status, answer }: Told): string[] {
	const isAnswered = status === 200 && answer.agent?.state === 'none';
	const isOffline = status === 503 && answer.error?.code === 'AGENT_OFFLINE' && answer.agent?.state === 'none';
	return operation === 'details' && (isAnswered || isOffline)
		? []
		: [`${operation} was answered ${status} ${answer.error?.code ?? ''}, which belongs to no sequence`];
}

const statusOf: Readonly<Record<string, number>> = { confirmed: 200, queued: 202, refused: 200, doubtful: 504, withdrawn: 200 };
/** What a queued delivery may become; everything else stays as it was told. */
const endStates: readonly string[] = ['confirmed', 'refused', 'doubtful', 'withdrawn'];

/** Calls whose answer brings a code. */
const codedOperations: readonly string[] = ['sale', 'pay', 'cancelPay'];

function untrueAnswer({ told: { operation, status, answer }, delivery, effect }: End): string[] {
	const state = answer.agent?.state ?? '';
	const code = answer.data?.['confirmationCode'] ?? answer.confirmationCode;
	const expectedStatus = operation === 'pay' && state === 'withdrawn' ? 503 : statusOf[state];
	const isTrue = state === 'queued' ? endStates.includes(delivery.state) : state === delivery.state;
	const promises: readonly (readonly [isKept: boolean, sentence: string])[] = [
		[status === expectedStatus, `was told ${state} with HTTP ${status}`],
		[isTrue, `was told ${state} and ended ${delivery.state}`],
		[state !== 'confirmed' || effect?.applied === 1, `was told confirmed and was applied ${effect?.applied ?? 0} times`],
		[state !== 'confirmed' || !codedOperations.includes(operation) || code === effect?.confirmationCode, 'was told a code that is not its own'],
		[state !== 'queued' || operation !== 'pay', 'was queued, which a pay never is'],
		[state !== 'queued' || operation !== 'sale' || code === `PENDING-${delivery.id}`, 'was told no provisional code'],
	];
	return promises.flatMap(([isKept, sentence]) => (isKept ? [] : [sentence]));
}

function wrongEnd({ situation }: Evidence, end: End): string[] {
	const { delivery, effect } = end;
	const applied = effect?.applied ?? 0;
	return isRightEnd(end, applied, situation) ? [] : [`is ${delivery.state}, arrived ${effect?.requests ?? 0} times and was applied ${applied} times`];
}

function isRightEnd({ told: { operation }, delivery, effect }: End, applied: number, { customer }: Situation): boolean {
	switch (delivery.state) {
		case 'confirmed':
			return applied === 1;
		case 'refused':
			return applied === 0 && delivery.refusal !== undefined && (operation === 'pay' || customer === 'stranger');
		case 'withdrawn':
			return applied === 0;
		case 'doubtful':
			if (operation === 'pay') return applied <= 1 && effect?.requests === 1;
			// A cancel that was refused after an unclear try.
			return cancelled[operation] !== undefined && applied === 1 && delivery.lastOutcome === 'refused';
		default:
			return false;
	}
}

function wrongBytes({ effect }: End): string[] {
	return new Set(effect?.bodies).size > 1 ? ['was sent with different bytes'] : [];
}

/** They all stand in the lane of one member. */
function outOfOrder(ends: readonly End[]): string[] {
	const orders = ends.flatMap(({ effect, told }) => (effect?.order == null ? [] : [{ order: effect.order, operation: told.operation }]));
	return orders.flatMap(({ order, operation }, index) => {
		const before = orders[index - 1];
		return before !== undefined && before.order > order ? [`${operation} was applied before ${before.operation}`] : [];
	});
}

const cancelled: Readonly<Record<string, string>> = { cancelSale: 'sale', cancelPay: 'pay' };

function wrongCodes(ends: readonly End[], { cancels }: Effects): string[] {
	const provisional = cancels.filter(({ confirmationCode }) => confirmationCode === null || confirmationCode.startsWith('PENDING-'));
	const strange = ends.filter(({ told, effect }) => {
		const original = ends.find((end) => end.told.operation === cancelled[told.operation]);
		return original !== undefined && effect !== undefined && effect.confirmationCode !== original.effect?.confirmationCode;
	});
	const lost = ends.filter(({ told, delivery, effect }) => {
		return told.operation === 'sale' && delivery.state === 'confirmed' && (delivery.confirmationCode ?? '') !== effect?.confirmationCode;
	});
	return [
		...provisional.map(({ confirmationCode }) => `a cancel went upstream with the code ${confirmationCode}`),
		...strange.map(({ told }) => `${told.operation} went upstream with a code that is not that of its original`),
		...lost.map(() => 'a confirmed sale does not show its code'),
	];
}

function neverTold({ effects, told, id }: Evidence): string[] {
	const ofCase = [...effects.sales, ...effects.payments].filter(({ transactionId }) => belongsTo(transactionId, id));
	return ofCase.flatMap(({ operation, transactionId }) =>
		told.some((one) => one.operation === operation && transactionIdOf(one) === transactionId)
			? []
			: [`${operation} ${transactionId} arrived, but nobody made it`],
	);
}

function wrongBalance({ pointsBefore, pointsAfter, situation, effects, id }: Evidence, ends: readonly End[]): string[] {
	if (situation.customer === 'stranger') return pointsAfter === undefined ? [] : ['somebody registered a stranger'];
	const ofSales = ends.filter(({ told, effect }) => told.operation === 'sale' && effect?.applied === 1 && !effect.cancelled);
	const ofPays = ends.filter(({ told, effect }) => told.operation === 'pay' && effect?.applied === 1 && !effect.cancelled);
	const awarded = ofSales.reduce(
		(sum, { told }) => sum + Math.trunc(Number(Reflect.get(Object(told.body['transaction']), 'totalAmount')) / minorUnitsPerPoint),
		0,
	);
	const spent = ofPays.reduce((sum, { told }) => sum + Number(Reflect.get(Object(told.body['payment']), 'amount')), 0);
	const expected = pointsBefore + awarded - spent;
	const cancels = effects.cancels.filter(({ transactionId, applied }) => belongsTo(transactionId, id) && applied === 1).length;
	const marked = ends.filter(({ effect }) => effect?.cancelled === true).length;
	return [
		...(pointsAfter === expected ? [] : [`the member has ${pointsAfter ?? 'no'} points instead of ${expected}`]),
		...(cancels === marked ? [] : [`${cancels} cancels were applied, but ${marked} calls are cancelled`]),
	];
}

/** Each situation has its own member, and cancels no call of a kind twice. */
function effectOf({ effects }: Evidence, one: Told): Effect | undefined {
	const all = [...effects.sales, ...effects.payments, ...effects.registers, ...effects.cancels].filter(({ operation }) => operation === one.operation);
	const phone = Reflect.get(Object(one.body['newMemberData'] ?? one.body['member']), 'phoneNumber');
	if (one.operation === 'register') return all.find(({ member }) => member?.['phoneNumber'] === phone);
	if (one.operation === 'sale' || one.operation === 'pay') return all.find(({ transactionId }) => transactionId === transactionIdOf(one));
	return all.find(({ member }) => member?.['phoneNumber'] === phone);
}

function transactionIdOf({ body }: Told): unknown {
	return Reflect.get(Object(body['transaction']), 'transactionId');
}

function belongsTo(transactionId: string | null, id: string): boolean {
	return transactionId === id || transactionId?.startsWith(`${id}-`) === true;
}
