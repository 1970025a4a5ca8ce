/** A line on which nothing arrives where it should: the first two rows of the table "Without an error envelope", and a person who pauses. */

import { type EveryCall, everyCall } from '../calls.ts';
import type { Case, LineState } from '../case.ts';
import { isNotSent, kindOf, staysUnclear, type Trouble, waits } from './expectations.ts';

const lines: readonly (readonly [string, Exclude<LineState, 'good'>, Trouble])[] = [
	['connection refused', 'refused', { state: 'offline', reason: 'connection-refused' }],
	['cut while the secure connection is made', 'cut', { state: 'offline', reason: 'tls-cut' }],
	['certificate of a stranger', 'stranger', { state: 'misconfigured', reason: 'certificate' }],
	['TLS too old', 'old', { state: 'misconfigured', reason: 'tls-version' }],
];
const noName: Trouble = { state: 'offline', reason: 'name-lookup' };

/** It was sent, but not to the service: that sees only what is sent once the line is good. */
function foreign(call: EveryCall): Case {
	const unclear = staysUnclear(call, { state: 'failing', reason: 'unreadable-answer' }, false);
	const { requests, applied } = unclear.effects;
	return {
		group: 'connections',
		name: `${call}: somebody else answers 200, with JSON of their own`,
		station: 'wired',
		call,
		line: 'foreign',
		expected: { ...unclear, effects: { requests: requests - 1, applied } },
	};
}

function nameless(call: EveryCall): Case {
	const found = isNotSent(call, noName, false);
	const isWrite = kindOf[call] === 'write';
	return {
		group: 'connections',
		name: `${call}: the name cannot be looked up`,
		station: 'nowhere',
		call,
		expected: {
			...found,
			...(isWrite ? { delivery: { state: 'queued', outcomes: ['notSent:name-lookup'], orMore: true } } : {}),
			...(kindOf[call] === 'pay' ? { delivery: { state: 'withdrawn', outcomes: [] } } : {}),
			effects: { requests: 0, applied: 0 },
		},
	};
}

export const connectionCases: readonly Case[] = [
	...lines.flatMap(([name, line, trouble]) =>
		everyCall.map(
			(call): Case => ({ group: 'connections', name: `${call}: ${name}`, station: 'wired', call, line, expected: isNotSent(call, trouble, false) }),
		),
	),
	...everyCall.map(foreign),
	...everyCall.map(nameless),
	...everyCall.map(
		(call): Case => ({
			group: 'paused',
			name: call,
			station: 'patient',
			call,
			paused: true,
			expected: waits(call, { state: 'paused', reason: 'paused-by-person' }),
		}),
	),
];
