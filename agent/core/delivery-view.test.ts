import { describe, expect, test } from 'vitest';
import { isDeliveryId } from '../../shared/ids.ts';
import { DeliveryView, deliveryStates } from '../../shared/local-api.ts';
import { parserFor } from '../../shared/validate.ts';
import { operationNames } from './calls/operation.ts';
import { operations } from './calls/table.ts';
import { viewAttempt, viewDelivery, viewPayJournal } from './delivery-view.ts';
import type { AttemptRecord, DeliveryRecord } from './records.ts';

function idOf(text: string) {
	if (!isDeliveryId(text)) throw new Error(`${text} is no delivery id`);
	return text;
}

const id = idOf('01JABCDEFGHJKMNPQRSTVWXYZ0');
const laterId = idOf('01JABCDEFGHJKMNPQRSTVWXYZ1');
const at = Date.UTC(2026, 10, 22, 10, 15);

const record = (about: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
	...{ sequence: 1, place: 1, id, operation: 'sale', state: 'queued', tokenId: 't', acceptedAt: at, endedAt: undefined, transactionId: undefined },
	...{ amountMinor: 5_000, lanes: [123_456], cancelLane: 99, confirmationCode: undefined, refusalCode: undefined, lastOutcome: undefined },
	...{ supersededBy: undefined, flags: [], reason: 'accepted', attempts: 0, unknownOutcomes: 0 },
	...about,
});

describe('a delivery as it is shown', () => {
	test('has what is known and leaves out what is not', () => {
		expect(viewDelivery(record(), undefined)).toEqual({ id, call: 'transaction', state: 'queued', acceptedAt: '2026-11-22T10:15:00.000Z', attempts: 0 });
	});

	test('has everything that local-api.md names, where there is something to say', () => {
		const full = record({ transactionId: 'T-1', lastOutcome: 'unknown:timeout', confirmationCode: 'ABC', supersededBy: laterId, attempts: 3 });
		expect(viewDelivery(full, '2026-11-22T10:16:00.000Z')).toEqual({
			...{ id, call: 'transaction', state: 'queued', transactionId: 'T-1', acceptedAt: '2026-11-22T10:15:00.000Z', attempts: 3 },
			...{ nextAttemptAt: '2026-11-22T10:16:00.000Z', lastOutcome: 'unknown:timeout', confirmationCode: 'ABC', supersededBy: laterId },
		});
	});

	test('says why it was refused in words of the agent, with advice, for codes known and unknown', () => {
		for (const code of ['203', '204', '407', '1001', '4001012', 'BAD_REQUEST', 'MEMBER_NOT_FOUND', 'HTTP_400', 'constructor', '__proto__']) {
			const { refusal } = viewDelivery(record({ state: 'refused', refusalCode: code }), undefined);
			expect(refusal, code).toEqual({ code, message: expect.stringMatching(/\w+.*\.$/), advice: expect.stringMatching(/\w+.*\.$/) });
		}
		expect(viewDelivery(record({ state: 'refused', refusalCode: '204' }), undefined).refusal?.message).toContain('already');
	});

	test('has a next attempt only while it waits, and a reason of withdrawal only once withdrawn', () => {
		for (const state of deliveryStates) {
			const view = viewDelivery(record({ state, reason: 'withdrawnByPerson' }), '2026-11-22T10:16:00.000Z');
			expect([state, 'nextAttemptAt' in view, 'withdrawnReason' in view]).toEqual([state, state === 'queued', state === 'withdrawn']);
		}
	});

	test('fits its schema in every state, for every operation, and shows neither lanes nor keys nor amounts', () => {
		const parse = parserFor(DeliveryView);
		for (const operation of operationNames) {
			for (const state of deliveryStates) {
				const view = viewDelivery(record({ operation, state, refusalCode: '203' }), undefined);
				expect(parse(view)).toEqual({ ok: true, value: view });
				expect(view.call).toBe(operations[operation].call);
				expect(Object.keys(view).filter((key) => !Object.hasOwn(DeliveryView.properties, key))).toEqual([]);
			}
		}
	});
});

describe('an attempt as it is shown', () => {
	const attempt = (about: Partial<AttemptRecord>): AttemptRecord => ({
		...{ number: 1, startedAt: at, outcome: undefined, trouble: undefined, httpStatus: undefined, durationMs: undefined },
		...about,
	});
	const startedAt = '2026-11-22T10:15:00.000Z';

	test('under way has only its beginning', () => {
		expect(viewAttempt(attempt({}))).toEqual({ startedAt });
	});

	test('that was refused has the code, any other trouble is a reason', () => {
		expect(viewAttempt(attempt({ outcome: 'refused', trouble: '203', httpStatus: 200, durationMs: 12 }))).toEqual({
			...{ startedAt, outcome: 'refused', code: '203', httpStatus: 200, durationMs: 12 },
		});
		expect(viewAttempt(attempt({ outcome: 'unknown', trouble: 'timeout', durationMs: 0 }))).toEqual({
			startedAt,
			outcome: 'unknown',
			reason: 'timeout',
			durationMs: 0,
		});
	});
});

describe('the journal of an unclear pay', () => {
	const doubtful = record({ operation: 'pay', state: 'doubtful', attempts: 1, unknownOutcomes: 1 });
	const before = { points: 200, credit: 5, seenAt: at - 1_000, paidSince: true as const };
	const after = { points: 100, seenAt: at + 9_000 };

	test('shows both looks with their times, and nothing that is for the agent alone', () => {
		expect(viewPayJournal(doubtful, before, after, at)).toEqual({
			before: { points: 200, credit: 5, seenAt: '2026-11-22T10:14:59.000Z' },
			after: { points: 100, seenAt: '2026-11-22T10:15:09.000Z' },
			advice: expect.stringContaining('tells little'),
		});
		expect(viewPayJournal(doubtful, undefined, undefined, at)).toEqual({ advice: expect.stringContaining('not known') });
	});

	test('leaves out a look from before the last try: it says nothing about that one', () => {
		expect(viewPayJournal(doubtful, before, after, at + 9_001)).toEqual({ before: expect.anything(), advice: expect.stringContaining('not known') });
	});

	test('is there for pays that are or were unclear only', () => {
		expect(viewPayJournal(record({ operation: 'pay', state: 'confirmed' }), before, after, at)).toBeUndefined();
		expect(viewPayJournal(record({ operation: 'sale', state: 'doubtful', unknownOutcomes: 1 }), before, after, at)).toBeUndefined();
		const settled = viewPayJournal(record({ operation: 'pay', state: 'confirmed', unknownOutcomes: 1 }), before, after, at);
		expect(settled?.advice).toMatch(/nothing to decide/);
	});
});
