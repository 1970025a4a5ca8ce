/** What the service refuses by itself, in both error envelopes and with each of its words for an unknown member. */
import type { SandboxSettings } from '../../../shared/sandbox-schema.ts';
import type { CallKind, EveryCall } from '../calls.ts';
import type { Case } from '../case.ts';
import { refuses } from './expectations.ts';

const strangers: readonly (readonly [CallKind, EveryCall])[] = [
	['updateStranger', 'update'],
	['detailsStranger', 'details'],
	['getCodeStranger', 'getCode'],
	['saleStranger', 'sale'],
	['payStranger', 'pay'],
	['eventStranger', 'event'],
];

const others: readonly (readonly [CallKind, EveryCall, string, Partial<SandboxSettings>?])[] = [
	['registerTwice', 'register', '204'],
	['registerBadBirthday', 'register', '1001'],
	['registerPhoneOnly', 'register', 'BAD_REQUEST', { strict: true }],
	['updateEmptyText', 'update', '1001'],
	['verifyWrongCode', 'verifyCode', 'SHORT_CODE_INVALID'],
	['saleOtherTwin', 'sale', 'TRANSACTION_MISMATCH', { strict: true }],
	['saleGiftUnknown', 'sale', 'ASSET_NOT_REDEEMABLE', { strict: true }],
	['payTooMuch', 'pay', '407'],
	['payWithoutSale', 'pay', 'BAD_REQUEST', { strict: true }],
	['cancelSaleUnknown', 'cancelSale', 'CONFIRMATION_NOT_FOUND'],
	['cancelSaleTwice', 'cancelSale', 'ALREADY_CANCELLED'],
	['cancelPayUnknown', 'cancelPay', 'CONFIRMATION_NOT_FOUND'],
	['cancelPayTwice', 'cancelPay', 'ALREADY_CANCELLED'],
	['eventWithoutTime', 'event', 'BAD_REQUEST', { strict: true }],
];

/** `status`: HTTP status of a business refusal. */
export function refusalCases(status: 200 | 400): readonly Case[] {
	return (['error', 'errors'] as const).flatMap((errorEnvelope) => {
		const refusal = (call: CallKind, as: EveryCall, code: string, settings: Partial<SandboxSettings> = {}): Case => ({
			group: 'refusals',
			name: `${call}: ${code}, errorEnvelope ${errorEnvelope}`,
			station: 'patient',
			call,
			settings: { errorEnvelope, ...settings },
			likeDirect: true,
			expected: refuses(as, status, code),
		});
		return [
			...(['203', '4001012', 'MEMBER_NOT_FOUND'] as const).flatMap((memberNotFoundCode) =>
				strangers.map(([call, as]) => refusal(call, as, memberNotFoundCode, { memberNotFoundCode })),
			),
			...others.map(([call, as, code, settings]) => refusal(call, as, code, settings)),
		];
	});
}
