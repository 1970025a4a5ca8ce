/** The very same call again, after the first has come to its end: once is once. */
import type { Case, Told } from '../case.ts';
import { doubtful, isNotSent, refuses, staysUnclear, succeeds, waits } from './expectations.ts';

const group = 'repeats';
const station = 'patient';
const known: Told = { status: 200, state: 'confirmed', duplicate: true };
const newOne: Told = { status: 200, state: 'confirmed', duplicate: false };
const keyRefused = { state: 'misconfigured', reason: 'key-refused' } as const;
const reset = { state: 'failing', reason: 'reset' } as const;

const after = (one: Omit<Case, 'group' | 'station'>, effects: Case['expected']['effects']): Case => ({
	group,
	station,
	...one,
	expected: { ...one.expected, effects },
});

/** `status`: HTTP status of a business refusal. */
export function repeatCases(status: 200 | 400): readonly Case[] {
	const refuseOnce = [{ fault: 'status', status, envelope: true, code: '9999', times: 1 }] as const;
	const cutAfter = [{ fault: 'cut', when: 'after', times: 1 }] as const;
	return [
		...(['sale', 'cancelSale', 'pay', 'cancelPay'] as const).map((call) =>
			after({ name: `${call}: once confirmed`, call, expected: succeeds(call), again: known }, { requests: 1, applied: 1 }),
		),
		...(['update', 'event', 'register'] as const).map((call) =>
			after({ name: `${call}: once confirmed, with a key`, call, idempotencyKey: true, expected: succeeds(call), again: known }, { requests: 1, applied: 1 }),
		),
		...(['update', 'event'] as const).map((call) =>
			after({ name: `${call}: without a key each counts`, call, expected: succeeds(call), again: newOne }, { requests: 2, applied: 2 }),
		),
		after(
			{
				name: 'register: the service answers for itself',
				call: 'register',
				expected: succeeds('register'),
				again: { status, state: 'refused', code: '204', duplicate: false },
			},
			{ requests: 2, applied: 1 },
		),
		...(['sale', 'cancelSale', 'pay', 'cancelPay', 'register'] as const).map((call) =>
			after(
				{ name: `${call}: after a refusal it is new`, call, faults: refuseOnce, expected: refuses(call, status, '9999'), again: newOne },
				{ requests: 2, applied: 1 },
			),
		),
		after(
			{ name: 'sale: after a lost answer', call: 'sale', faults: cutAfter, expected: staysUnclear('sale', reset, true), again: known },
			{ requests: 2, applied: 1 },
		),
		...(['cancelSale', 'cancelPay'] as const).map((call) =>
			after(
				{
					name: `${call}: doubtful stays doubtful`,
					call,
					faults: cutAfter,
					expected: staysUnclear(call, reset, true),
					again: { ...doubtful, duplicate: true },
				},
				{ requests: 2, applied: 1 },
			),
		),
		after(
			{
				name: 'pay: doubtful is never sent again',
				call: 'pay',
				faults: cutAfter,
				expected: staysUnclear('pay', reset, true),
				again: { ...doubtful, duplicate: true },
			},
			{ requests: 1, applied: 1 },
		),
		after(
			{
				name: 'pay: withdrawn is free again',
				call: 'pay',
				faults: [{ fault: 'status', status: 401, times: 1 }],
				expected: isNotSent('pay', keyRefused, true),
				again: newOne,
			},
			{ requests: 2, applied: 1 },
		),
		after(
			{ name: 'sale: queued while paused', call: 'sale', paused: true, expected: waits('sale', { state: 'paused', reason: 'paused-by-person' }), again: known },
			{ requests: 1, applied: 1 },
		),
		after(
			{
				name: 'details: not tried while the service asks for peace',
				call: 'details',
				faults: [{ fault: 'status', status: 429, retryAfterSeconds: 30, times: 1 }],
				expected: isNotSent('details', { state: 'failing', reason: 'rate-limited' }, true),
				again: { status: 503, state: 'none', code: 'AGENT_OFFLINE', retryAfter: true },
				againAtOnce: true,
			},
			{ requests: 1, applied: 0 },
		),
	];
}
