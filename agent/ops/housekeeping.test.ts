import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { type Erasing, scheduleHousekeeping } from './housekeeping.ts';

const silentLog = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** A store that counts how often it was told to erase. */
function counting(lastErasedAt: number | undefined) {
	const settings = new Map(lastErasedAt === undefined ? [] : [['erasedAt', String(lastErasedAt)]]);
	let erased = 0;
	const store: Erasing = {
		setting: (name) => settings.get(name),
		set: async (name, value) => void settings.set(name, value),
		erase: async () => {
			erased += 1;
			return { bodies: 0, deliveries: 0, members: 0 };
		},
	};
	return { store, settings, erased: () => erased };
}

function started(clock: FakeClock, store: Erasing): void {
	const keep = { keepConfirmedDays: 30, keepKeysDays: 400, keepLastKnownDays: 30 };
	onTestFinished(scheduleHousekeeping({ clock, log: silentLog, store, timeZone: 'Europe/Madrid', ...keep }));
}

test('a till that was off at night erases a minute after its start, once', async () => {
	const clock = new FakeClock();
	const { store, settings, erased } = counting(clock.now() - 2 * 24 * 60 * 60_000);
	started(clock, store);
	clock.advance(59_000);
	expect(erased()).toBe(0);
	clock.advance(2_000);
	await until(() => settings.get('erasedAt') === String(clock.now()), 'it is noted');
	started(clock, store);
	clock.advance(61_000);
	expect(erased()).toBe(1);
});

test('so does one that never did, and one whose clock was far ahead before', () => {
	for (const last of [undefined, new FakeClock().now() + 400 * 24 * 60 * 60_000]) {
		const clock = new FakeClock();
		const { store, erased } = counting(last);
		started(clock, store);
		clock.advance(61_000);
		expect(erased()).toBe(1);
	}
});

test('a start that was ended in time erases nothing any more', () => {
	const clock = new FakeClock();
	const { store, erased } = counting(undefined);
	const keep = { keepConfirmedDays: 30, keepKeysDays: 400, keepLastKnownDays: 30 };
	scheduleHousekeeping({ clock, log: silentLog, store, timeZone: 'Europe/Madrid', ...keep })();
	clock.advance(120_000);
	expect(erased()).toBe(0);
});
