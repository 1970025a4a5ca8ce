/**
 * The side a shop's provider takes where the Loyalty API's pages contradict each other (docs/disputed.md). A body is put
 * into the dialect once, when it is accepted, and every attempt sends that text.
 */
import type { Settings } from '../../../shared/settings-schema.ts';
import type { OperationName } from '../calls/operation.ts';
import { withDiscountSign } from './discount-sign.ts';
import { withPayCancelAmount } from './pay-cancel-amount.ts';
import { inRegisterShape } from './register-body.ts';
import { inSaleCancelShape } from './sale-cancel-body.ts';
import { withSaleFields } from './sale-fields.ts';

export type Dialect = Settings['dialect'];

/**
 * The body as it is sent. `text` is a body of that operation that was read as a JSON object; with every rule `as-sent`
 * it is given back as it is. Whatever a rule does not name keeps its source text. `originalAmount`: for a pay's cancel,
 * the amount of that pay as it was written (minor units), where it is known. A text in the dialect already stays as it is.
 */
export function inDialect(operation: OperationName, text: string, dialect: Dialect, originalAmount?: string): string {
	switch (operation) {
		case 'register':
			return dialect.registerBody === 'as-sent' ? text : inRegisterShape(text, dialect.registerBody);
		case 'cancelSale':
			return dialect.saleCancelBody === 'as-sent' ? text : inSaleCancelShape(text, dialect.saleCancelBody);
		case 'cancelPay':
			return dialect.payCancelAmount === 'as-sent' ? text : withPayCancelAmount(text, dialect.payCancelAmount, originalAmount);
		case 'sale':
		case 'pay':
		case 'details':
		case 'event':
			return withSaleRules(text, dialect);
		case 'update':
		case 'shortCode':
			return text;
	}
}

/** Of everything that may hold a `transaction` (K25). */
function withSaleRules(text: string, { saleFields, discountSign }: Dialect): string {
	const named = saleFields === 'as-sent' ? text : withSaleFields(text, saleFields);
	return discountSign === 'as-sent' ? named : withDiscountSign(named, discountSign);
}
