/** One snapshot of how things stand, from what the rooms know. */
import type { LinkView, Status } from '../../shared/local-api.ts';
import { rfc3339 } from './instant.ts';
import type { Totals } from './records.ts';

export interface StatusFacts {
	readonly version: string;
	readonly isSandbox: boolean;
	readonly startedAt: number;
	readonly link: LinkView;
	readonly totals: Totals;
	readonly oldestWaitingAt: number | undefined;
	readonly confirmedToday: number;
	readonly freeMiB: number;
	readonly clockOffsetSeconds: number;
	readonly keyProtection: Status['keyProtection'];
}

export function statusOf(facts: StatusFacts): Status {
	const { queued, sending, refusedUnseen, doubtful, waitingAmountMinor } = facts.totals;
	return {
		version: facts.version,
		sandbox: facts.isSandbox,
		startedAt: rfc3339(facts.startedAt),
		link: facts.link,
		deliveries: { queued, sending, refused: refusedUnseen, doubtful, confirmedToday: facts.confirmedToday },
		waiting: {
			count: queued + sending,
			...(facts.oldestWaitingAt === undefined ? {} : { oldestAt: rfc3339(facts.oldestWaitingAt) }),
			amount: waitingAmountMinor,
		},
		safeToClose: queued + sending + refusedUnseen + doubtful === 0,
		scanners: [],
		disk: { freeMiB: facts.freeMiB },
		clockOffsetSeconds: facts.clockOffsetSeconds,
		keyProtection: facts.keyProtection,
	};
}
