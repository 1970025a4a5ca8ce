/** Tolerant reading of request bodies: both shapes of every disputed field are looked at. */
import { readProvisionalCode } from '../../../shared/ids.ts';
import { identifierFields } from '../../../shared/loyalty-objects.ts';
import { readAmountMinor } from '../../../shared/money.ts';
import { at, type JsonObject, textAt } from '../json.ts';
import type { Peek } from './operation.ts';

type Identifiers = Peek['identifiers'];

/** Of `member`, and for a register or update also of the new data, wrapped or flat (K1). */
export function peekMember(body: JsonObject, ...places: readonly (readonly string[])[]): Peek {
	return { identifiers: places.flatMap((place) => identifiersAt(at(body, ...place))) };
}

export function peekSale(body: JsonObject): Peek {
	const soldAt = textAt(body, 'transaction', 'dateTime') ?? textAt(body, 'transaction', 'openTime');
	const amountMinor = readAmountMinor(at(body, 'transaction', 'totalAmount'));
	return {
		...peekMember(body, ['member']),
		...transactionId(body),
		...(soldAt === undefined ? {} : { soldAt }),
		...(amountMinor === undefined ? {} : { amountMinor }),
	};
}

/** A cancel names its code inside `wrapper` or at top level. Of two different ones a provisional one counts: it has to be replaced before anything is sent. */
export function peekCancel(body: JsonObject, wrapper: 'transaction' | 'payment'): Peek {
	const codes = [textAt(body, wrapper, 'confirmationCode'), textAt(body, 'confirmationCode')].filter((code) => code !== undefined);
	const code = codes.find((candidate) => readProvisionalCode(candidate) !== undefined) ?? codes[0];
	return { ...peekMember(body, ['member']), ...transactionId(body), ...(code === undefined ? {} : { confirmationCode: code }) };
}

export function peekPay(body: JsonObject): Peek {
	return { ...peekMember(body, ['member']), ...transactionId(body) };
}

/** A transaction body is a cancel when it says so, or when it has a code and no lines, at either level. */
export function isSaleCancel(body: JsonObject): boolean {
	if (textAt(body, 'transaction', 'action') === 'cancel' || textAt(body, 'action') === 'cancel') return true;
	const hasCode = (textAt(body, 'transaction', 'confirmationCode') ?? textAt(body, 'confirmationCode')) !== undefined;
	const hasLines = at(body, 'transaction', 'items') !== undefined || at(body, 'items') !== undefined;
	return hasCode && !hasLines;
}

/** A payment body is a cancel when it says so, or when it has a code and does not say "pay". */
export function isPayCancel(body: JsonObject): boolean {
	const action = textAt(body, 'payment', 'action') ?? textAt(body, 'action');
	if (action !== undefined) return action === 'cancel';
	return (textAt(body, 'payment', 'confirmationCode') ?? textAt(body, 'confirmationCode')) !== undefined;
}

function transactionId(body: JsonObject): Pick<Peek, 'transactionId'> {
	const id = textAt(body, 'transaction', 'transactionId');
	return id === undefined ? {} : { transactionId: id };
}

function identifiersAt(member: unknown): Identifiers {
	return identifierFields.flatMap((field) => {
		const value = textAt(member, field)?.trim();
		if (value === undefined || value === '') return [];
		return [[field, field === 'email' ? value.toLowerCase() : value] as const];
	});
}
