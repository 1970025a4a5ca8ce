/** What intake needs from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { LinkStateName } from '../../shared/local-api.ts';
import type { Settings } from '../../shared/settings-schema.ts';
import type { OperationName } from '../core/calls/operation.ts';
import type { Clock } from '../core/clock.ts';
import type { GoneSignal } from '../core/incoming-call.ts';
import type { LaneKey, Sequence } from '../core/lanes.ts';
import type { Log } from '../core/log.ts';
import type { WaitingSum } from '../core/offline-policy.ts';
import type { AttemptOutcome, WireResult } from '../core/outcome.ts';
import type {
	Acceptance,
	AcceptObstacle,
	AttemptRecord,
	Correction,
	Decision,
	DecisionResult,
	DeliveryRecord,
	NewDelivery,
	Settlement,
	Totals,
} from '../core/records.ts';

export interface IntakeStore {
	/** Resolves after the flush. `obstacle`: what keeps a new call out at the moment; a full disk comes back as one, too. */
	accept(delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Promise<Acceptance>;
	/** As `accept`, but of what a person decides; both reject with StorageError when the disk cannot take it. */
	decide(decision: Decision): Promise<DecisionResult>;
	correct(delivery: NewDelivery, correction: Correction): Promise<DecisionResult>;
	find(id: DeliveryId): DeliveryRecord | undefined;
	bySequence(sequence: Sequence): DeliveryRecord | undefined;
	inState(state: 'doubtful', after: Sequence, limit: number): readonly DeliveryRecord[];
	/** The pay that was answered with this code of the Loyalty API. */
	payByCode(code: string): DeliveryRecord | undefined;
	/** Headers and body, sealed; undefined once erased. */
	content(sequence: Sequence): Uint8Array | undefined;
	answer(sequence: Sequence): Uint8Array | undefined;
	attempts(sequence: Sequence): readonly AttemptRecord[];
	totals(): Totals;
	waitingOf(operations: readonly OperationName[]): WaitingSum;
	/** Under a keyed hash; no value: forget it. */
	remember(known: readonly { readonly member: string; readonly sealed: Uint8Array | undefined }[], at: number): Promise<void>;
	lastKnown(member: string): { readonly seenAt: number; readonly sealed: Uint8Array } | undefined;
	noteBalance(sequence: Sequence, sealed: Uint8Array): Promise<void>;
	payBalance(sequence: Sequence): { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined };
	oldestWaitingAt(): number | undefined;
}

export interface IntakeReplay {
	watch(sequence: Sequence, withinMs: number, gone?: GoneSignal): Promise<DeliveryRecord | undefined>;
	tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined>;
	observe(outcome: AttemptOutcome, retryAfterMs: number | undefined): void;
	/** Under way or next to go. */
	isTrying(sequence: Sequence): boolean;
	decided(settlement: Settlement): void;
	/** Those that wait or are under way in any of these lanes. */
	waitingIn(lanes: readonly LaneKey[]): readonly Sequence[];
	readonly link: {
		readonly takesLiveCalls: boolean;
		readonly isOnline: boolean;
		readonly quietMs: number;
		view(): { readonly state: LinkStateName; readonly sentence: string };
	};
}

export interface IntakeWire {
	send(request: {
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: string;
		readonly connection: 'questions';
	}): Promise<WireResult>;
}

export interface IntakeVault {
	seal(purpose: 'content' | 'reason' | 'member' | 'balance', owner: string, text: string): Uint8Array;
	/** Throws when the bytes were tampered with. */
	open(purpose: 'answer' | 'content' | 'member' | 'balance', owner: string, sealed: Uint8Array): string;
	fingerprint(text: string): Uint8Array;
	lookupKey(text: string): string;
	laneKey(text: string): number;
}

export interface IntakePorts {
	readonly clock: Clock;
	readonly log: Log;
	readonly store: IntakeStore;
	readonly replay: IntakeReplay;
	readonly wire: IntakeWire;
	readonly vault: IntakeVault;
	readonly disk: { hasSpace(): boolean };
	readonly isSandbox: boolean;
	readonly settings: Settings;
}
