/** Once a night: what is past its time is erased, a portion at a time so that nobody waits behind it. */
import { schedule } from 'node-cron';
import type { Clock } from '../core/clock.ts';
import { errorWords } from '../core/error-words.ts';
import type { Log } from '../core/log.ts';

const dayMs = 24 * 60 * 60_000;
const portion = 500;
/** At 3:40, when shops are closed; of the shop's own time. */
const nightly = '40 3 * * *';

export interface Erasing {
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
	return () => void task.destroy();
}

/** Erases everything that is past its time. Never rejects: tomorrow is another night. */
export async function eraseOld({ clock, log, store, ...keep }: HousekeepingOptions): Promise<void> {
	const before = (days: number) => clock.now() - days * dayMs;
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
		log.info('storage.erased', { count });
	} catch (error) {
		log.error('storage.failed', { error: errorWords(error) });
	}
}
