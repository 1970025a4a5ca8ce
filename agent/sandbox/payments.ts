/**
 * `/payment`: paying with points or credit and giving it back. Nothing documented makes a
 * repeated pay the same pay, so the sandbox takes the money each time.
 */
import { randomUUID } from 'node:crypto';
import { at, isJsonObject, type JsonObject } from '../core/json.ts';
import { type Answer, success } from './answer.ts';
import type { MemberRecord } from './members.ts';
import { alreadyCancelled, balanceTooLow, confirmationNotFound, invalidInput, memberNotFound, missingField } from './refusals.ts';
import type { Handler, Pay, World } from './world.ts';

export const pay: Handler = ({ body, identifiers, effect }, world) => {
	const { settings, members, paysByCode, effects } = world;
	if (settings.strict && !isJsonObject(at(body, 'transaction'))) return missingField('transaction');
	const wanted = at(body, 'payment', 'amount');
	if (typeof wanted !== 'number' || !Number.isSafeInteger(wanted)) return invalidInput('payment.amount', 'must be a whole number of minor units');
	const member = members.find(identifiers);
	if (member === undefined) return memberNotFound(settings.memberNotFoundCode, identifiers);
	const from = settings.payWith;
	const amount = settings.comoPartial ? Math.min(wanted, member[from]) : wanted;
	if (amount <= 0 || amount > member[from]) return balanceTooLow();
	const code = randomUUID();
	member[from] -= amount;
	paysByCode.set(code, { effect, member, from, amount, isCancelled: false });
	effects.applied(effect, code);
	return payAnswer(code, member, world, settings.comoPartial ? { payments: [{ type: from.toUpperCase(), amount }] } : {});
};

/** Keyed by the code alone; an amount is only looked at in `strict` (K7). */
export const cancelPay: Handler = ({ body, peek, effect }, world) => {
	const { settings, paysByCode, effects } = world;
	const code = peek.confirmationCode ?? '';
	const found = paysByCode.get(code);
	if (found === undefined) return confirmationNotFound();
	if (settings.strict && !isOppositeOf(found, at(body, 'payment', 'amount'))) {
		return invalidInput('payment.amount', "must be the negative of the payment's amount");
	}
	if (found.isCancelled) return settings.cancelAgainSucceeds ? payAnswer(code, found.member, world) : alreadyCancelled();
	found.isCancelled = true;
	found.member[found.from] += found.amount;
	effects.applied(effect);
	effects.cancelled(found.effect);
	return payAnswer(code, found.member, world);
};

function isOppositeOf({ amount }: Pay, given: unknown): boolean {
	return given === undefined || given === -amount;
}

function payAnswer(confirmationCode: string, { points, credit }: MemberRecord, { settings }: World, more: JsonObject = {}): Answer {
	const place = settings.confirmationCodePlace === 'flat' ? 'flat' : 'data';
	return success(place, { confirmationCode, newBalance: { points, credit }, ...more });
}
