import { describe, expect, test } from 'vitest';
import { deliveryIdFromBytes } from '../../shared/ids.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { Watchers } from './watchers.ts';

const outcome: DeliveryRecord = {
	...{ sequence: 1, place: 1, id: deliveryIdFromBytes(new Uint8Array(16)), operation: 'sale', state: 'confirmed', tokenId: 't', acceptedAt: 0, endedAt: 1 },
	...{ transactionId: 'T-1', amountMinor: 100, lanes: [], cancelLane: undefined, confirmationCode: 'C', refusalCode: undefined, lastOutcome: 'confirmed' },
	...{ supersededBy: undefined, flags: [], reason: 'confirmed', attempts: 1, unknownOutcomes: 0 },
};

function scene() {
	const clock = new FakeClock();
	return { clock, watchers: new Watchers(clock) };
}

describe('a register that waits', () => {
	test('is told the outcome of the attempt, and counts as told', async () => {
		const { clock, watchers } = scene();
		const waiting = watchers.watch(1, 1_500, undefined);
		const { claim, answer } = watchers.ofAttempt(1);
		expect(claim()).toBe(true);
		answer(outcome);
		expect(await waiting).toBe(outcome);
		expect(clock.pending).toBe(0);
	});

	test('gives up when its time is over, and does not count as told', async () => {
		const { clock, watchers } = scene();
		const waiting = watchers.watch(1, 1_500, undefined);
		clock.advance(1_500);
		expect(await waiting).toBeUndefined();
		expect(watchers.ofAttempt(1).claim()).toBe(false);
	});

	test('waits past its time once it was claimed: what is recorded as seen is what it is told', async () => {
		const { clock, watchers } = scene();
		const waiting = watchers.watch(1, 1_500, undefined);
		const { claim, answer } = watchers.ofAttempt(1);
		claim();
		clock.advance(60_000);
		answer(outcome);
		expect(await waiting).toBe(outcome);
	});

	test('is told, too, when it asks while the outcome is being stored', async () => {
		const { watchers } = scene();
		const { claim, answer } = watchers.ofAttempt(1);
		expect(claim()).toBe(false);
		const late = watchers.watch(1, 1_500, undefined);
		answer(outcome);
		expect(await late).toBe(outcome);
	});

	test('is let go when its connection is gone, and when the agent stops', async () => {
		const { watchers } = scene();
		const gone = new AbortController();
		const first = watchers.watch(1, 1_500, gone.signal);
		gone.abort();
		expect(await first).toBeUndefined();
		const second = watchers.watch(1, 1_500, undefined);
		watchers.close();
		expect([await second, await watchers.watch(1, 1_500, undefined)]).toEqual([undefined, undefined]);
	});
});
