/** Every fault of the sandbox for every call: the table "Without an error envelope", and what only looks like an answer. */
import type { FaultRule } from '../../../shared/sandbox-schema.ts';
import { type EveryCall, everyCall } from '../calls.ts';
import type { Case, Expected, StationKind } from '../case.ts';
import { documentedCode, isNotSent, kindOf, queued, refuses, reportsFault, staysUnclear, succeeds, type Trouble } from './expectations.ts';

interface FaultRow {
	readonly name: string;
	readonly fault: FaultRule;
	readonly station?: StationKind;
	readonly expected: (call: EveryCall) => Expected;
}

const failing = (reason: string): Trouble => ({ state: 'failing', reason });
const misconfigured = (reason: string): Trouble => ({ state: 'misconfigured', reason });

/** A fault that leaves open what happened. */
const unclear = (name: string, fault: FaultRule, link: Trouble, tookEffect = false, station: StationKind = 'patient'): FaultRow => ({
	name,
	fault,
	station,
	expected: (call) => staysUnclear(call, link, tookEffect, station === 'hasty'),
});

const status = (code: number, envelope: boolean, more: Partial<FaultRule> = {}): FaultRule => ({ fault: 'status', status: code, envelope, ...more });
const words = (envelope: boolean) => (envelope ? 'with an envelope' : 'without an envelope');
const both = [true, false] as const;

const brokenLine: readonly FaultRow[] = [
	unclear('cut before the effect', { fault: 'cut' }, failing('reset')),
	unclear('cut after the effect', { fault: 'cut', when: 'after' }, failing('reset'), true),
	unclear('timeout before the effect', { fault: 'timeout' }, failing('timeout'), false, 'hasty'),
	unclear('timeout after the effect', { fault: 'timeout', when: 'after' }, failing('timeout'), true, 'hasty'),
	unclear('answer too slow, byte by byte', { fault: 'trickle' }, failing('timeout'), true, 'hasty'),
	unclear('half an answer', { fault: 'truncated' }, failing('unreadable-answer'), true),
];

const strangeAnswers: readonly FaultRow[] = [
	unclear('200, a web page', { fault: 'html' }, misconfigured('captive-portal')),
	unclear('302, a web page', { fault: 'html', status: 302 }, misconfigured('captive-portal')),
	unclear('200, empty', { fault: 'empty' }, failing('unreadable-answer')),
	unclear('204, empty', { fault: 'empty', status: 204 }, failing('unreadable-answer')),
	...[404, 405, 413, 415].map((code) => unclear(`${code} without an envelope`, status(code, false), misconfigured('wrong-address'))),
];

const serverError = failing('server-error');
const serverFaults: readonly FaultRow[] = [
	...[408, 425, 500, 502, 503, 504].flatMap((code): FaultRow[] => [
		{ name: `${code} with an envelope`, fault: status(code, true), expected: (call) => reportsFault(call, serverError, false, code) },
		unclear(`${code} without an envelope`, status(code, false), serverError),
	]),
	unclear('503 after the effect', status(503, false, { when: 'after' }), serverError, true),
];

const turnedAway: readonly FaultRow[] = [
	[401, misconfigured('key-refused')] as const,
	[403, misconfigured('key-refused')] as const,
	[407, misconfigured('proxy-refused')] as const,
	[429, failing('rate-limited')] as const,
].flatMap(([code, link]) =>
	both.map((envelope) => ({ name: `${code} ${words(envelope)}`, fault: status(code, envelope), expected: (call: EveryCall) => isNotSent(call, link, true) })),
);

const refusals: readonly FaultRow[] = [
	...[400, 402, 406, 409, 410, 422].map((code) => ({
		name: `${code} without an envelope`,
		fault: status(code, false),
		expected: (call: EveryCall) => refuses(call, code, `HTTP_${code}`),
	})),
	...[404, 413, 422].map((code) => ({
		name: `${code} with an envelope`,
		fault: status(code, true, { code: 'NO_SUCH_THING' }),
		expected: (call: EveryCall) => refuses(call, code, 'NO_SUCH_THING'),
	})),
];

const late = (call: EveryCall): Expected => {
	const inTime = succeeds(call, codeIn(call));
	return kindOf[call] === 'write' ? { ...inTime, told: queued } : inTime;
};
const codeIn = (call: EveryCall) => {
	const place = documentedCode[call];
	return place === undefined ? {} : { codeIn: place };
};

const slowAnswers: readonly FaultRow[] = [
	{ name: 'answer a little late', fault: { fault: 'latency', delayMs: 50 }, expected: (call) => succeeds(call, codeIn(call)) },
	{ name: 'answer byte by byte', fault: { fault: 'trickle', delayMs: 0 }, expected: (call) => succeeds(call, codeIn(call)) },
	{ name: 'answer later than a register waits', station: 'brisk', fault: { fault: 'latency', delayMs: 250 }, expected: late },
];

const rows = [...brokenLine, ...strangeAnswers, ...serverFaults, ...turnedAway, ...refusals, ...slowAnswers];

export const faultCases: readonly Case[] = rows.flatMap(({ name, fault, station = 'patient', expected }) =>
	everyCall.map((call): Case => ({ group: 'faults', name: `${call}: ${name}`, station, call, faults: [{ ...fault, times: 1 }], expected: expected(call) })),
);
