/** What rooms tell each other about deliveries: the shapes in which they are accepted, loaded and settled. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { DeliveryState } from '../../shared/local-api.ts';
import type { AmountMinor } from '../../shared/money.ts';
import type { CallName, OperationName } from './calls/operation.ts';
import type { DeliveryFacts } from './delivery.ts';
import type { KeyKind } from './idempotency.ts';
import type { LaneKey, Sequence } from './lanes.ts';
import type { AttemptOutcome } from './outcome.ts';

/** A call as it is frozen at acceptance. */
export interface NewDelivery {
	readonly id: DeliveryId;
	readonly operation: OperationName;
	/** Id of the token that brought it. */
	readonly tokenId: string;
	readonly acceptedAt: number;
	readonly transactionId: string | undefined;
	/** Of a sale. */
	readonly amountMinor: AmountMinor | undefined;
	/** Of a cancel: the code it names, real or provisional. */
	readonly cancelledCode: string | undefined;
	readonly lanes: readonly LaneKey[];
	/** The lane that only a cancel of this delivery shares with it. */
	readonly cancelLane: LaneKey | undefined;
	readonly keys: readonly StoredKey[];
	/** Keyed hash of the canonical body: equal means the same body. */
	readonly fingerprint: Uint8Array;
	/** Headers and body, sealed. */
	readonly sealedContent: Uint8Array;
	/** Names of the shop's offline rules it went past. */
	readonly flags: readonly string[];
	/** Of a pay: the member's balance as it was last seen before, sealed. */
	readonly sealedBalance: Uint8Array | undefined;
}

export interface StoredKey {
	readonly text: string;
	readonly kind: KeyKind;
}

/** A delivery without its body. */
export interface DeliveryRecord extends DeliveryFacts {
	readonly sequence: Sequence;
	/** Where it stands in its lanes: its own sequence, or that of the delivery whose place it took. */
	readonly place: Sequence;
	readonly id: DeliveryId;
	readonly operation: OperationName;
	readonly tokenId: string;
	readonly acceptedAt: number;
	readonly endedAt: number | undefined;
	readonly transactionId: string | undefined;
	readonly amountMinor: AmountMinor | undefined;
	readonly lanes: readonly LaneKey[];
	readonly cancelLane: LaneKey | undefined;
	readonly confirmationCode: string | undefined;
	readonly refusalCode: string | undefined;
	/** Of the last attempt: its outcome, and the trouble if it had one. */
	readonly lastOutcome: string | undefined;
	readonly supersededBy: DeliveryId | undefined;
	/** Names of the shop's offline rules it went past. */
	readonly flags: readonly string[];
	/** Why the present state was entered. */
	readonly reason: string | undefined;
}

export type Acceptance =
	| {
			readonly kind: 'accepted';
			readonly delivery: DeliveryRecord;
			/** Others that are over with it: a sale that its cancel met unsent, a refused delivery whose place it took. */
			readonly alsoEnded: readonly Sequence[];
	  }
	| { readonly kind: 'duplicate'; readonly delivery: DeliveryRecord }
	| { readonly kind: 'mismatch'; readonly delivery: DeliveryRecord }
	| { readonly kind: 'impossibleCancel'; readonly why: CancelObstacle }
	/** The call is new, and nothing new is accepted at the moment. */
	| { readonly kind: 'notAccepted'; readonly obstacle: AcceptObstacle };

/** Why nothing new is accepted. A repeat of what was accepted is answered all the same. */
export type AcceptObstacle = { readonly code: 'QUEUE_FULL' | 'STORAGE_FULL' } | { readonly code: 'OFFLINE_POLICY'; readonly rule: string };

/** Why a cancel cannot be accepted. */
export type CancelObstacle = 'unknownHere' | 'notASale' | 'refused' | 'withdrawn' | 'noCode';

/** How one attempt ended, for the record. */
export interface AttemptReport {
	readonly sequence: Sequence;
	readonly outcome: AttemptOutcome;
	readonly httpStatus: number | undefined;
	readonly durationMs: number;
	/** The Loyalty API's answer as it came, sealed. */
	readonly sealedAnswer: Uint8Array | undefined;
	/** A register waits for this very outcome. */
	readonly seen: boolean;
}

/** What became of deliveries in one step; the first is the one that was asked about. */
export interface Settlement {
	readonly delivery: DeliveryRecord;
	readonly alsoEnded: readonly Sequence[];
}

/** What a person decides about one delivery, and why, in their own words. */
export interface Decision {
	readonly type: 'retried' | 'withdrawnByPerson' | 'confirmedByPerson';
	readonly sequence: Sequence;
	readonly at: number;
	/** Of the shop, for the daily count. */
	readonly day: string;
	/** Name of the token that was used. */
	readonly person: string;
	readonly sealedReason: Uint8Array;
	/** What the Loyalty API gave, where a person found it out. */
	readonly confirmationCode: string | undefined;
}

export const decisionReasons = ['retried', 'withdrawnByPerson', 'confirmedByPerson', 'corrected'] as const;

/** A decision as it is shown. */
export interface DecisionRecord {
	readonly at: number;
	readonly person: string;
	/** The ledger's reason: the event, or `corrected`. */
	readonly what: (typeof decisionReasons)[number];
	/** Undefined once erased. */
	readonly sealedReason: Uint8Array | undefined;
}

/** As a decision; the corrected call is accepted as a new delivery in the place of the old one. */
export type Correction = Pick<Decision, 'sequence' | 'at' | 'person' | 'sealedReason'>;

export type DecisionResult =
	| { readonly kind: 'done'; readonly settlement: Settlement }
	/** Nothing was changed. `delivery`: the one that is in the way, or the one asked about. */
	| { readonly kind: 'impossible'; readonly why: 'state' | 'superseded' | 'codeTaken' | 'keyTaken'; readonly delivery: DeliveryRecord }
	| { readonly kind: 'impossibleCancel'; readonly why: CancelObstacle };

/** Filters of a listing; newest first. */
export interface DeliveryQuery {
	readonly states?: readonly DeliveryState[];
	readonly call?: CallName;
	readonly transactionId?: string;
	/** Only deliveries brought by this token. */
	readonly tokenId?: string;
	readonly before?: Sequence;
	readonly limit: number;
}

export interface AttemptRecord {
	readonly number: number;
	readonly startedAt: number;
	readonly outcome: AttemptOutcome['kind'] | undefined;
	readonly trouble: string | undefined;
	readonly httpStatus: number | undefined;
	readonly durationMs: number | undefined;
}

/** Counts kept while running; refused counts those that no register saw. */
export interface Totals {
	readonly queued: number;
	readonly sending: number;
	readonly refusedUnseen: number;
	readonly doubtful: number;
	/** Sum of the waiting sales. */
	readonly waitingAmountMinor: AmountMinor;
}
