/** Every way the service can write a success, for every call: passed on as it came, and its code found. */
import type { SandboxSettings } from '../../../shared/sandbox-schema.ts';
import { type CallKind, type EveryCall, everyCall } from '../calls.ts';
import type { Case, Told } from '../case.ts';
import { documentedCode, succeeds } from './expectations.ts';

function success(settings: Partial<SandboxSettings>, call: EveryCall, told: Partial<Told> = {}, as: CallKind = call): Case {
	const named = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`);
	return {
		group: 'success envelopes',
		name: `${as}: ${named.join(', ')}`,
		station: 'patient',
		call: as,
		settings,
		likeDirect: true,
		expected: succeeds(call, told),
	};
}

/** Calls whose success has a confirmation code. */
const withCode = everyCall.filter((call) => documentedCode[call] !== undefined);

function codeIn(call: EveryCall, place: 'documented' | 'flat' | 'data'): Partial<Told> {
	const documented = documentedCode[call];
	if (documented === undefined) return {};
	return { codeIn: place === 'documented' ? documented : place === 'flat' ? 'top' : 'data' };
}

const shapes = (['documented', 'flat', 'data', 'ok'] as const).flatMap((successEnvelope) =>
	everyCall.map((call) =>
		success({ successEnvelope }, call, {
			word: successEnvelope === 'ok' ? 'ok' : 'success',
			...codeIn(call, successEnvelope === 'ok' ? 'flat' : successEnvelope),
		}),
	),
);

const registers = (['registerFlat', 'registerPhoneOnly', 'register'] as const).flatMap((as) =>
	(['data', 'flat'] as const).map((registerAnswer) => success({ registerAnswer }, 'register', {}, as)),
);

const codes = withCode.flatMap((call) =>
	(['documented', 'flat', 'data'] as const).map((confirmationCodePlace) => success({ confirmationCodePlace }, call, codeIn(call, confirmationCodePlace))),
);

const others: readonly Case[] = [
	...everyCall.map((call) => success({ strict: true }, call, codeIn(call, 'documented'))),
	...everyCall.map((call) => success({ errorEnvelope: 'errors' }, call, codeIn(call, 'documented'))),
	success({ comoPartial: true }, 'pay', codeIn('pay', 'documented')),
	success({ comoPartial: true }, 'pay', codeIn('pay', 'documented'), 'payTooMuch'),
	success({ payWith: 'credit' }, 'pay', codeIn('pay', 'documented'), 'payCredit'),
	success({ cancelAgainSucceeds: true }, 'cancelSale'),
	success({ successEnvelope: 'documented' }, 'details', {}, 'detailsWithBasket'),
	success({ successEnvelope: 'ok' }, 'details', { word: 'ok' }, 'detailsWithBasket'),
	...(['cancelSaleTwice', 'cancelPayTwice'] as const).map((as): Case => {
		const call = as === 'cancelSaleTwice' ? 'cancelSale' : 'cancelPay';
		const again = success({ cancelAgainSucceeds: true }, call, {}, as);
		return { ...again, expected: { ...again.expected, effects: { requests: 1, applied: 0 } } };
	}),
	...(['cancelSale', 'cancelPay'] as const).map((call): Case => {
		const link = { state: 'failing', reason: 'reset' } as const;
		return {
			group: 'success envelopes',
			name: `${call}: cancelAgainSucceeds true, cut after the effect`,
			station: 'patient',
			call,
			settings: { cancelAgainSucceeds: true },
			faults: [{ fault: 'cut', when: 'after', times: 1 }],
			expected: {
				told: { status: 202, state: 'queued' },
				link,
				delivery: { state: 'confirmed', outcomes: ['unknown:reset', 'confirmed'] },
				effects: { requests: 2, applied: 1 },
			},
		};
	}),
];

export const envelopeCases: readonly Case[] = [...shapes, ...registers, ...codes, ...others];
