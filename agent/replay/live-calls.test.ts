import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { StorageError } from '../core/storage-error.ts';
import { LiveCalls } from './live-calls.ts';

function scene(disk: { isFull: boolean }) {
	const clock = new FakeClock();
	const over: number[] = [];
	const failures: unknown[] = [];
	const applied: number[] = [];
	const live = new LiveCalls({
		clock,
		store: {
			apply: (sequence) => {
				if (disk.isFull) return Promise.reject(new StorageError('SQLITE_FULL'));
				applied.push(sequence);
				return Promise.resolve(undefined);
			},
			bySequence: () => undefined,
		},
		timeoutMs: 8_000,
		againAfterMs: 1_000,
		onOver: (sequence) => void over.push(sequence),
		onFailure: (error) => void failures.push(error),
	});
	return { clock, live, failures, applied, over };
}

test('a pay may start while a quarter of its time is left', () => {
	const { clock, live } = scene({ isFull: false });
	live.add(1);
	clock.advance(6_000);
	expect(live.startable()).toEqual([{ sequence: 1, leftMs: 2_000 }]);
	clock.advance(1);
	expect(live.startable()).toEqual([]);
});

test('a pay whose register is answered is never started, also while the disk does not take its end', async () => {
	const disk = { isFull: true };
	const { clock, live, failures, applied } = scene(disk);
	live.add(1);
	await live.tooLate(1);
	expect(live.startable()).toEqual([]);
	expect(failures).toHaveLength(1);
	disk.isFull = false;
	clock.advance(1_000);
	expect(applied).toEqual([1]);
	expect(clock.pending).toBe(0);
});

test('a pay under way is not started a second time, and its end is not taken from it', async () => {
	const { clock, live, over, applied } = scene({ isFull: false });
	live.add(1);
	live.add(2);
	live.started(1);
	expect(live.startable()).toEqual([{ sequence: 2, leftMs: 8_000 }]);
	expect(await live.tooLate(1)).toBeUndefined();
	// The store decides: what is under way is not "queued", so the event is not possible there.
	expect([applied, over]).toEqual([[1], []]);
	live.again(1, () => undefined);
	clock.advance(500);
	expect(live.startable().map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test('an unclear pay is due again after a pause, with what is left of its time, and whoever starts it is woken', () => {
	const { clock, live } = scene({ isFull: false });
	const woken: number[] = [];
	live.add(1);
	live.started(1);
	clock.advance(1_000);
	live.again(1, () => void woken.push(clock.elapsed()));
	expect(live.startable()).toEqual([]);
	clock.advance(499);
	expect([live.startable(), woken]).toEqual([[], []]);
	clock.advance(1);
	expect(woken).toEqual([1_500]);
	expect(live.startable()).toEqual([{ sequence: 1, leftMs: 6_500 }]);
	live.started(1);
	expect(live.startable()).toEqual([]);
});

test('an unclear pay is not repeated with less than a quarter of its time left', () => {
	const { clock, live } = scene({ isFull: false });
	live.add(1);
	live.started(1);
	clock.advance(5_501);
	live.again(1, () => undefined);
	clock.advance(500);
	expect(live.startable()).toEqual([]);
});

test('an unclear pay whose register is answered meanwhile is not repeated, also while the disk does not take its end', async () => {
	const disk = { isFull: true };
	const { clock, live, applied } = scene(disk);
	live.add(1);
	live.started(1);
	live.again(1, () => undefined);
	await live.tooLate(1);
	clock.advance(500);
	expect([live.startable(), applied]).toEqual([[], []]);
	disk.isFull = false;
	clock.advance(500);
	expect([live.startable(), applied]).toEqual([[], [1]]);
});

test('what is over is not due again, and what is no pay never is', () => {
	const { clock, live } = scene({ isFull: false });
	live.add(1);
	live.started(1);
	live.forget(1);
	live.started(1);
	for (const sequence of [1, 2]) live.again(sequence, () => undefined);
	expect(clock.pending).toBe(0);
	clock.advance(1_000);
	expect(live.startable()).toEqual([]);
});
