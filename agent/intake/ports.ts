/** What intake needs from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { LinkStateName } from '../../shared/local-api.ts';
import type { Clock } from '../core/clock.ts';
import type { Sequence } from '../core/lanes.ts';
import type { AttemptOutcome, WireResult } from '../core/outcome.ts';
import type { Acceptance, AcceptObstacle, AttemptRecord, DeliveryRecord, NewDelivery, Totals } from '../core/records.ts';

export interface IntakeStore {
	/** Resolves after the flush. `obstacle`: what keeps a new call out at the moment; a full disk comes back as one, too. */
	accept(delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Promise<Acceptance>;
	answer(sequence: Sequence): Uint8Array | undefined;
	attempts(sequence: Sequence): readonly AttemptRecord[];
	totals(): Totals;
	oldestWaitingAt(): number | undefined;
}

export interface IntakeReplay {
	watch(sequence: Sequence, withinMs: number, signal?: AbortSignal): Promise<DeliveryRecord | undefined>;
	tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined>;
	observe(outcome: AttemptOutcome, retryAfterMs: number | undefined): void;
	/** Under way or next to go. */
	isTrying(sequence: Sequence): boolean;
	takesLiveCalls(): boolean;
	link(): { readonly state: LinkStateName };
}

export interface IntakeWire {
	send(request: {
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: Uint8Array;
		readonly freshConnection: boolean;
		readonly signal?: AbortSignal;
	}): Promise<WireResult>;
}

export interface IntakeVault {
	seal(purpose: 'content', owner: DeliveryId, plain: Uint8Array): Uint8Array;
	open(purpose: 'answer', owner: DeliveryId, sealed: Uint8Array): Uint8Array;
	fingerprint(text: string): Uint8Array;
	lookupKey(text: string): string;
	laneKey(text: string): number;
}

export interface IntakeSettings {
	readonly isSandbox: boolean;
	readonly replyWithinMs: number;
	readonly queuedStatus: number;
	readonly timeoutMs: number;
	readonly maxWaiting: number;
	readonly transactionIdScope: 'forever' | 'day';
	readonly timeZone: string;
	/** Sent where the register sends none. */
	readonly headers: { readonly 'x-source-type': string; readonly 'x-source-name': string; readonly 'x-branch-id': string; readonly 'x-pos-id': string };
}

export interface IntakePorts {
	readonly clock: Clock;
	readonly store: IntakeStore;
	readonly replay: IntakeReplay;
	readonly wire: IntakeWire;
	readonly vault: IntakeVault;
	/** Whether the disk is above its floor. */
	readonly hasDiskSpace: () => boolean;
	readonly settings: IntakeSettings;
}
