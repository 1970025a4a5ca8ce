/** What the main thread and the writing thread say to each other. Everything here survives a structured clone. */

import type { DeliveryState } from '../../shared/local-api.ts';
import type { OperationName } from '../core/calls/operation.ts';
import type { EndOfWaiting } from '../core/delivery.ts';
import type { Sequence } from '../core/lanes.ts';
import type { Acceptance, AcceptObstacle, AttemptReport, Correction, Decision, DecisionResult, NewDelivery, Settlement } from '../core/records.ts';
import type { ShopRules } from '../core/shop-rules.ts';

export interface AttemptStart {
	readonly sequence: Sequence;
	readonly at: number;
	/** Of a cancel: headers and body with the real code in place of the provisional one, sealed; given at its first attempt. */
	readonly resolvedContent: Uint8Array | undefined;
}

export interface AttemptEnd {
	readonly report: AttemptReport;
	readonly at: number;
	/** The shop's business day, for the daily count. */
	readonly day: string;
}

export interface EraseOrder {
	/** Bodies of deliveries that ended before this moment are erased. */
	readonly bodiesBefore: number;
	/** Deliveries that ended before this moment are forgotten, keys and all. */
	readonly keysBefore: number;
	/** Names of members last seen before this moment are forgotten. */
	readonly lastKnownBefore: number;
	/** At most this many of each in one transaction. */
	readonly limit: number;
}

/** One row of work for the writing thread; commands that arrive during a flush share the next one. */
export type Command =
	| { readonly type: 'accept'; readonly delivery: NewDelivery; readonly obstacle: AcceptObstacle | undefined }
	| { readonly type: 'startAttempt'; readonly start: AttemptStart }
	| { readonly type: 'endAttempt'; readonly end: AttemptEnd }
	| {
			readonly type: 'apply';
			readonly sequence: Sequence;
			readonly event: EndOfWaiting;
			readonly at: number;
	  }
	| { readonly type: 'decide'; readonly decision: Decision }
	| { readonly type: 'correct'; readonly delivery: NewDelivery; readonly correction: Correction }
	| { readonly type: 'remember'; readonly known: readonly Known[]; readonly at: number }
	| { readonly type: 'noteBalance'; readonly sequence: Sequence; readonly sealed: Uint8Array }
	| { readonly type: 'recover'; readonly at: number }
	| { readonly type: 'set'; readonly name: string; readonly value: string }
	| { readonly type: 'erase'; readonly order: EraseOrder };

/** What is last known of a member, under the keyed hash of one identifier; no value: forget it. */
export interface Known {
	readonly member: string;
	readonly sealed: Uint8Array | undefined;
}

/** Results by command type. `undefined` for a compare-and-set that found another state. */
export interface Results {
	accept: Acceptance;
	startAttempt: Settlement | undefined;
	endAttempt: Settlement | undefined;
	apply: Settlement | undefined;
	decide: DecisionResult;
	correct: DecisionResult;
	remember: Record<never, never>;
	noteBalance: Record<never, never>;
	recover: { readonly lost: number };
	set: Record<never, never>;
	erase: { readonly bodies: number; readonly deliveries: number; readonly members: number };
}

/** One change of one delivery, for the counts kept in memory. */
export interface StateChange {
	readonly sequence: Sequence;
	readonly operation: OperationName;
	readonly amountMinor: number;
	readonly from: DeliveryState | undefined;
	readonly to: DeliveryState;
	/** Of a refusal: a register was told before this. */
	readonly seen: boolean;
	/** A refusal nobody had seen needs nobody any more. */
	readonly nowSeen?: true;
}

export interface Request {
	readonly number: number;
	readonly command: Command;
}

export type Reply =
	| { readonly number: number; readonly ok: true; readonly result: Results[keyof Results]; readonly changes: readonly StateChange[] }
	| { readonly number: number; readonly ok: false; readonly failure: Failure };

export interface Failure {
	/** `storage`: the disk could not take it, nothing was written. `bug`: a mistake in the program. */
	readonly kind: 'storage' | 'bug';
	/** Of `storage` the code of SQLite, of `bug` what `errorWords` says. */
	readonly message: string;
}

/** `ledger-replaced`: it does not go on from its head; "lanekeeper ledger verify" says more. `ledger-unreadable`: its last line cannot be read. `head-not-kept`: the disk did not take the head. */
export type LedgerTrouble = 'ledger-replaced' | 'ledger-unreadable' | 'head-not-kept';

export type ThreadMessage =
	| { readonly type: 'ready' }
	/** Something is wrong with the ledger or its head; work goes on. */
	| { readonly type: 'trouble'; readonly trouble: LedgerTrouble }
	| { readonly type: 'cannotOpen'; readonly failure: Failure | { readonly kind: 'newer'; readonly message: string } }
	| { readonly type: 'replies'; readonly replies: readonly Reply[] };

export interface ThreadOptions {
	readonly file: string;
	readonly rules: ShopRules;
	/** Binds the lines of the ledger; 32 bytes. */
	readonly ledgerKey: Uint8Array;
}

/** What the writing thread is told: work, to keep the head of the ledger now, or to end. */
export type Order = Request | 'keepHead' | 'close';
