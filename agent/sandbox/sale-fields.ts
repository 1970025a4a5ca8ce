import { at, type JsonObject } from '../core/json.ts';
import type { Refusal } from './answer.ts';
import { invalidInput, missingField } from './refusals.ts';

/**
 * What a sale must bring besides its id: a whole `totalAmount`, and nothing else (K16). `isStrict` asks for all fields
 * the reference page marks as required, both times among them (K12), in either dialect (K13).
 */
export function refuseSaleFields(body: JsonObject, isStrict: boolean): Refusal | undefined {
	const field = (name: string) => at(body, 'transaction', name);
	const total = field('totalAmount');
	if (total === undefined) return missingField('transaction.totalAmount');
	if (!Number.isSafeInteger(total)) return invalidInput('transaction.totalAmount', 'must be a whole number of minor units');
	if (!isStrict) return undefined;
	const missing = ['openTime', 'dateTime', 'totalTaxAmount', 'totalGeneralDiscount', 'items'].find((name) => field(name) === undefined);
	if (missing !== undefined) return missingField(`transaction.${missing}`);
	return field('payments') === undefined && field('meansOfPayment') === undefined ? missingField('transaction.meansOfPayment') : undefined;
}
