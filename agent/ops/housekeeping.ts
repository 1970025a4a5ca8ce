/**
 * Once a night, or soon after a start where the nights were missed: what is past its time is erased, a portion at a time
 * so that nobody waits behind it.
 */
import { schedule } from 'node-cron';
import type { Clock } from '../core/clock.ts';
import { errorWords } from '../core/error-words.ts';
import { daysBefore } from '../core/instant.ts';
import type { Log } from '../core/log.ts';

const portion = 500;
/** Name under which the store keeps when everything was last erased, epoch milliseconds. */
const erasedAt = 'erasedAt';
/** A till that is off at night is on by day: this long after a start it has time. */
const afterStartMs = 60_000;
/** At 3:40, when shops are closed; of the shop's own time. */
const nightly = '40 3 * * *';

export interface Erasing {
	setting(name: string): string | undefined;
	set(name: string, value: string): Promise<void>;
	erase(order: {
		readonly bodiesBefore: number;
		readonly keysBefore: number;
		readonly lastKnownBefore: number;
		readonly limit: number;
	}): Promise<{ readonly bodies: number; readonly deliveries: number; readonly members: number }>;
}

export interface HousekeepingOptions {
	readonly clock: Clock;
	readonly log: Log;
	readonly store: Erasing;
	readonly timeZone: string;
	readonly keepConfirmedDays: number;
	readonly keepKeysDays: number;
	readonly keepLastKnownDays: number;
}

/** The returned function ends it. */
export function scheduleHousekeeping(options: HousekeepingOptions): () => void {
	const task = schedule(nightly, () => void eraseOld(options), { timezone: options.timeZone, noOverlap: true });
	const callOff = options.clock.after(afterStartMs, () => {
		if (isOverdue(options)) void eraseOld(options);
	});
	return () => {
		callOff();
		void task.destroy();
	};
}

/** Nothing was erased for a day and more; a clock that was set back does not put it off for ever. */
function isOverdue({ clock, store }: HousekeepingOptions): boolean {
	const last = Number(store.setting(erasedAt) ?? 0);
	return last < daysBefore(clock.now(), 1) || last > clock.now();
}

/** Erases everything that is past its time. Never rejects: tomorrow is another night. */
export async function eraseOld({ clock, log, store, ...keep }: HousekeepingOptions): Promise<void> {
	const before = (days: number) => daysBefore(clock.now(), days);
	const order = {
		bodiesBefore: before(keep.keepConfirmedDays),
		keysBefore: before(keep.keepKeysDays),
		lastKnownBefore: before(keep.keepLastKnownDays),
		limit: portion,
	};
	let count = 0;
	try {
		for (let erased = portion; erased >= portion; ) {
			const { bodies, deliveries, members } = await store.erase(order);
			erased = Math.max(bodies, deliveries, members);
			count += bodies + deliveries + members;
		}
		await store.set(erasedAt, String(clock.now()));
		log.info('storage.erased', { count });
	} catch (error) {
		log.error('storage.failed', { error: errorWords(error) });
	}
}
