/** What replay needs from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { DeliveryState } from '../../shared/local-api.ts';
import type { Clock } from '../core/clock.ts';
import type { EndOfWaiting } from '../core/delivery.ts';
import type { Sequence } from '../core/lanes.ts';
import type { LinkTrouble } from '../core/link-trouble.ts';
import type { Log } from '../core/log.ts';
import type { WireResult } from '../core/outcome.ts';
import type { AttemptReport, DeliveryRecord, Settlement } from '../core/records.ts';
import type { ShopRules } from '../core/shop-rules.ts';

/** The durable memory. Promises resolve after the flush; they reject when the disk could not take it. */
export interface ReplayStore {
	startAttempt(start: { sequence: Sequence; at: number; resolvedContent: Uint8Array | undefined }): Promise<Settlement | undefined>;
	endAttempt(end: { report: AttemptReport; at: number; day: string }): Promise<Settlement | undefined>;
	apply(sequence: Sequence, event: EndOfWaiting, at: number): Promise<Settlement | undefined>;
	inState(state: DeliveryState, after: Sequence, limit: number): readonly DeliveryRecord[];
	/** Queued ones that took another's place. */
	displacedInState(state: DeliveryState): readonly DeliveryRecord[];
	bySequence(sequence: Sequence): DeliveryRecord | undefined;
	originalOf(sequence: Sequence): DeliveryRecord | undefined;
	content(sequence: Sequence): Uint8Array | undefined;
	setting(name: string): string | undefined;
	set(name: string, value: string): Promise<void>;
}

export interface OutgoingRequest {
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly connection: 'deliveries' | 'single';
	/** Shorter than the usual limit, milliseconds. */
	readonly timeoutMs?: number;
}

export interface ReplayWire {
	/** Never rejects. */
	send(request: OutgoingRequest): Promise<WireResult>;
	/** A bare connection; undefined when it could be made. Never rejects. */
	probe(): Promise<LinkTrouble | undefined>;
	/** How far this terminal's clock is ahead of the Loyalty API's, as of its last answer. */
	readonly clockOffsetSeconds: number;
}

export interface Sealer {
	seal(purpose: 'content' | 'answer', owner: DeliveryId, text: string): Uint8Array;
	/** Throws when the bytes were tampered with. */
	open(purpose: 'content' | 'answer', owner: DeliveryId, sealed: Uint8Array): string;
}

export interface ReplayPorts {
	readonly clock: Clock;
	/** In [0, 1). */
	readonly random: () => number;
	readonly store: ReplayStore;
	readonly wire: ReplayWire;
	readonly sealer: Sealer;
	/** Of the machine; changes when its network does. */
	readonly networkAddresses: () => string;
	readonly log: Log;
	readonly rules: ShopRules;
	readonly settings: { readonly concurrency: number; readonly timeZone: string; readonly timeoutMs: number };
}
