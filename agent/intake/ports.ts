/** What intake needs from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { LinkStateName } from '../../shared/local-api.ts';
import type { Settings } from '../../shared/settings-schema.ts';
import type { Clock } from '../core/clock.ts';
import type { GoneSignal } from '../core/incoming-call.ts';
import type { Sequence } from '../core/lanes.ts';
import type { Log } from '../core/log.ts';
import type { AttemptOutcome, WireResult } from '../core/outcome.ts';
import type { Acceptance, AcceptObstacle, AttemptRecord, DeliveryRecord, NewDelivery, Totals } from '../core/records.ts';

export interface IntakeStore {
	/** Resolves after the flush. `obstacle`: what keeps a new call out at the moment; a full disk comes back as one, too. */
	accept(delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Promise<Acceptance>;
	find(id: DeliveryId): DeliveryRecord | undefined;
	/** The pay that was answered with this code of the Loyalty API. */
	payByCode(code: string): DeliveryRecord | undefined;
	/** Headers and body, sealed; undefined once erased. */
	content(sequence: Sequence): Uint8Array | undefined;
	answer(sequence: Sequence): Uint8Array | undefined;
	attempts(sequence: Sequence): readonly AttemptRecord[];
	totals(): Totals;
	oldestWaitingAt(): number | undefined;
}

export interface IntakeReplay {
	watch(sequence: Sequence, withinMs: number, gone?: GoneSignal): Promise<DeliveryRecord | undefined>;
	tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined>;
	observe(outcome: AttemptOutcome, retryAfterMs: number | undefined): void;
	/** Under way or next to go. */
	isTrying(sequence: Sequence): boolean;
	readonly link: { readonly takesLiveCalls: boolean; view(): { readonly state: LinkStateName; readonly sentence: string } };
}

export interface IntakeWire {
	send(request: {
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: Uint8Array;
		readonly connection: 'questions';
	}): Promise<WireResult>;
}

export interface IntakeVault {
	seal(purpose: 'content', owner: DeliveryId, plain: Uint8Array): Uint8Array;
	/** Throws when the bytes were tampered with. */
	open(purpose: 'content' | 'answer', owner: DeliveryId, sealed: Uint8Array): Uint8Array;
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
