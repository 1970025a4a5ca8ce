/** One snapshot of how things stand, gathered from those who know. */
import type { LinkView, Status } from '../../shared/local-api.ts';
import { dayAt, rfc3339 } from './instant.ts';
import type { Totals } from './records.ts';

export interface StatusSources {
	readonly version: string;
	readonly isSandbox: boolean;
	/** Epoch milliseconds. */
	readonly startedAt: number;
	/** Of the shop. */
	readonly timeZone: string;
	readonly keyProtection: Status['keyProtection'];
	readonly link: { view(): LinkView };
	readonly store: { totals(): Totals; oldestWaitingAt(): number | undefined; confirmedOn(day: string): number };
	readonly disk: { freeMiB(): number };
	readonly wire: { readonly clockOffsetSeconds: number };
}

export function statusAt(now: number, { store, ...sources }: StatusSources): Status {
	const { queued, sending, refusedUnseen, doubtful, waitingAmountMinor } = store.totals();
	const oldestWaitingAt = store.oldestWaitingAt();
	return {
		version: sources.version,
		sandbox: sources.isSandbox,
		startedAt: rfc3339(sources.startedAt),
		link: sources.link.view(),
		deliveries: { queued, sending, refused: refusedUnseen, doubtful, confirmedToday: store.confirmedOn(dayAt(now, sources.timeZone)) },
		waiting: {
			count: queued + sending,
			...(oldestWaitingAt === undefined ? {} : { oldestAt: rfc3339(oldestWaitingAt) }),
			amount: waitingAmountMinor,
		},
		safeToClose: queued + sending + refusedUnseen + doubtful === 0,
		scanners: [],
		disk: { freeMiB: sources.disk.freeMiB() },
		clockOffsetSeconds: sources.wire.clockOffsetSeconds,
		keyProtection: sources.keyProtection,
	};
}
