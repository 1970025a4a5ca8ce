import { editObject, readMembers, type SourceMember, sourceOf, withEdited, without, withValue } from '../json-members.ts';

/**
 * The body of a pay's cancel with `payment.amount` left out, or as the negative of the original's amount (K7).
 *
 * `originalAmount`: the amount of the pay that is cancelled, minor units, as it was written there; undefined where this
 * agent does not know it. Then an amount the register sent is made negative if it is positive, and none is made up. A
 * body without a `payment` object stays as it came.
 */
export function withPayCancelAmount(text: string, rule: 'negative' | 'omit', originalAmount: string | undefined): string {
	return editObject(text, (body) =>
		withEdited(body, 'payment', (payment) =>
			editObject(payment, (members) => (rule === 'omit' ? without(members, ['amount']) : withNegative(members, originalAmount))),
		),
	);
}

function withNegative(payment: readonly SourceMember[], originalAmount: string | undefined): readonly SourceMember[] {
	if (originalAmount !== undefined && isPositive(originalAmount)) return withValue(payment, 'amount', `-${originalAmount}`);
	return withEdited(payment, 'amount', (amount) => (isPositive(amount) ? `-${amount}` : amount));
}

/** The amount of a pay as it was written; undefined when it is not a number above 0. */
export function payAmountSource(text: string): string | undefined {
	const payment = sourceOf(readMembers(text) ?? [], 'payment');
	const amount = sourceOf(readMembers(payment ?? '') ?? [], 'amount');
	return amount !== undefined && isPositive(amount) ? amount : undefined;
}

/** Of the source text of a value: a number above 0. */
function isPositive(source: string): boolean {
	const value: unknown = JSON.parse(source);
	return typeof value === 'number' && value > 0;
}
