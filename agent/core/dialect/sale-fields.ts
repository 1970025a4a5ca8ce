import { editElements, editObject, renamed, type SourceMember, withEdited } from '../json-members.ts';

/** [older, newer]: two names for one thing (K12, K13); the times are the nearest the other side has. */
const saleNames = [
	['openTime', 'dateTime'],
	['meansOfPayment', 'payments'],
] as const;
/** Of a line, before and after discounts (K15). */
const lineNames = [
	['grossAmount', 'subtotal'],
	['netAmount', 'total'],
] as const;

/**
 * The body with the names of one side in its `transaction`. A field is renamed only where the wanted one is absent; where
 * both are there, both stay: two times say two different things, and of two lists or amounts nobody here can tell which
 * one is right.
 */
export function withSaleFields(text: string, side: 'newer' | 'older'): string {
	return editObject(text, (body) => withEdited(body, 'transaction', (transaction) => inSale(transaction, side)));
}

function inSale(transaction: string, side: 'newer' | 'older'): string {
	return editObject(transaction, (sale) =>
		withEdited(allRenamed(sale, saleNames, side), 'items', (items) =>
			editElements(items, (line) => editObject(line, (item) => allRenamed(item, lineNames, side))),
		),
	);
}

function allRenamed(members: readonly SourceMember[], names: typeof saleNames | typeof lineNames, side: 'newer' | 'older'): readonly SourceMember[] {
	let all = members;
	for (const [older, newer] of names) all = side === 'newer' ? renamed(all, older, newer) : renamed(all, newer, older);
	return all;
}
