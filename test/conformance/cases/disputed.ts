/** Both sides of what the documentation disputes about requests: sent as the register wrote it, and taken or refused as the service says. */

import type { CallKind, EveryCall } from '../calls.ts';
import type { Case } from '../case.ts';
import { refuses, succeeds } from './expectations.ts';

/** The matter, the call that takes this side, and what a strict service says to it, if that is no. */
const sides: readonly (readonly [string, CallKind, EveryCall, string?])[] = [
	['K1 register wrapped', 'register', 'register'],
	['K1 register flat', 'registerFlat', 'register'],
	['K2 register with a phone only', 'registerPhoneOnly', 'register', 'BAD_REQUEST'],
	['K2 register with an e-mail only', 'registerEmailOnly', 'register', 'BAD_REQUEST'],
	['K6 pay without its sale', 'payWithoutSale', 'pay', 'BAD_REQUEST'],
	['K6 pay without an action', 'payWithoutAction', 'pay'],
	['K7 no amount in the cancel of a pay', 'cancelPay', 'cancelPay'],
	['K7 negative amount in the cancel of a pay', 'cancelPayNegative', 'cancelPay'],
	['K7 another amount in the cancel of a pay', 'cancelPayOtherAmount', 'cancelPay', '1001'],
	['cancel of a pay at top level', 'cancelPayTopLevel', 'cancelPay'],
	['cancel of a sale nested', 'cancelSale', 'cancelSale'],
	['cancel of a sale at top level', 'cancelSaleTopLevel', 'cancelSale'],
	['cancel of a sale by its code alone', 'cancelSaleByCode', 'cancelSale'],
	['K12, K13, K15 both dialects', 'sale', 'sale'],
	['K12, K13, K15 newer dialect', 'saleNewer', 'sale', 'BAD_REQUEST'],
	['K12, K13, K15 older dialect', 'saleOlder', 'sale', 'BAD_REQUEST'],
	['K16 the least a sale can have', 'saleLeast', 'sale', 'BAD_REQUEST'],
	['sale without a member', 'saleOfNobody', 'sale'],
	['K14 positive discounts', 'saleDeals', 'sale'],
	['K17 gifts beside the sale', 'saleGiftBeside', 'sale'],
	['K17 gifts inside the sale', 'saleGiftInside', 'sale'],
	['K18 gift as an object', 'saleGiftAsObject', 'sale'],
	['K19 empty lists', 'saleEmptyLists', 'sale'],
	['K20 two identifiers for a short code', 'sendCodeTwoIdentifiers', 'sendCode', '1001'],
	['K24 member in a register', 'registerWithMember', 'register'],
	['K25 sale in details', 'detailsWithBasket', 'details'],
	['K25 sale in an event', 'eventWithSale', 'event'],
	['event without a member', 'eventOfNobody', 'event'],
	['event without its time', 'eventWithoutTime', 'event', 'BAD_REQUEST'],
];

/** What even a lenient service refuses. */
const refused: readonly (readonly [string, CallKind])[] = [
	['K19 empty text', 'saleEmptyText'],
	['K19 null', 'saleNull'],
];

/** `status`: HTTP status of a business refusal. */
export function disputedCases(status: 200 | 400): readonly Case[] {
	const group = 'disputed requests';
	const station = 'patient';
	return [
		...sides.flatMap(([name, call, as, strictCode]): Case[] => [
			{ group, name: `${name}, lenient`, station, call, expected: succeeds(as) },
			{
				group,
				name: `${name}, strict`,
				station,
				call,
				settings: { strict: true },
				expected: strictCode === undefined ? succeeds(as) : refuses(as, status, strictCode),
			},
		]),
		...refused.map(([name, call]): Case => ({ group, name, station, call, expected: refuses('sale', status, '1001') })),
	];
}
