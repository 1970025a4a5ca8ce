import { editElements, editObject, withEdited } from '../json-members.ts';

/** The body with the amounts in `appliedDeals`, beside the `transaction` and inside it (K17), of one sign (K14). Zero has none. */
export function withDiscountSign(text: string, sign: 'positive' | 'negative'): string {
	const inDeals = (deals: string) => editElements(deals, (deal) => editObject(deal, (discount) => withEdited(discount, 'amount', signed)));
	const signed = (amount: string) => withSign(amount, sign);
	return editObject(text, (body) =>
		withEdited(withEdited(body, 'appliedDeals', inDeals), 'transaction', (transaction) =>
			editObject(transaction, (sale) => withEdited(sale, 'appliedDeals', inDeals)),
		),
	);
}

/** Digits stay as they were written. What is no number is left alone. */
function withSign(source: string, sign: 'positive' | 'negative'): string {
	const value: unknown = JSON.parse(source);
	if (typeof value !== 'number' || value === 0) return source;
	const digits = source.replace('-', (minus, at: number) => (at === 0 ? '' : minus));
	return sign === 'negative' ? `-${digits}` : digits;
}
