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
	return { clock, live, failures, applied };
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
