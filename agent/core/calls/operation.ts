/**
 * What a register can ask for. The Loyalty API has seven calls; two of them (`transaction`, `payment`) carry two
 * operations each, which have nothing in common but their path. Rules belong to operations.
 */

import type { Parsed } from '../../../shared/validate.ts';
import type { JsonObject } from '../json.ts';
import type { ShopRules } from '../shop-rules.ts';

export const callNames = ['member.register', 'member.update', 'member.details', 'member.shortCode', 'transaction', 'payment', 'event'] as const;
/** JSON-RPC name of a call; the HTTP path is in the table. */
export type CallName = (typeof callNames)[number];

export const operationNames = ['register', 'update', 'details', 'shortCode', 'sale', 'cancelSale', 'pay', 'cancelPay', 'event'] as const;
export type OperationName = (typeof operationNames)[number];

/** The few fields the agent looks at. Everything else in a body is opaque. */
export interface Peek {
	/** Every identifier of the member concerned, as [field, value]. */
	readonly identifiers: readonly (readonly [field: string, value: string])[];
	readonly transactionId?: string;
	/** Of a cancel: the code of what is cancelled. */
	readonly confirmationCode?: string;
	/** Of a sale: its total, minor units. */
	readonly amountMinor?: number;
	/** Of a sale: `dateTime`, else `openTime`, as written. */
	readonly soldAt?: string;
}

/** What natural keys are made of besides the body. */
export interface KeyContext {
	readonly branchId: string;
	readonly posId: string;
	/** The business day, where transaction ids start again each day. */
	readonly day?: string;
}

/**
 * A natural key says "this is the same call as before". `personal` ones are hashed before they are stored.
 *
 * `until`: how long the key stands for its delivery: `kept` — until refused or withdrawn; `open` — until final;
 * `spent` — as `kept`, but also given free by an accepted cancel, and not in the way of another body that brings its
 * own Idempotency-Key.
 */
export interface NaturalKey {
	readonly text: string;
	readonly personal: boolean;
	readonly until: 'kept' | 'open' | 'spent';
}

export interface Operation {
	readonly name: OperationName;
	readonly call: CallName;
	/** `write`: queued while the link is down. `pay`: recorded like a write, but never sent after its answer. `read`: live only, not recorded. */
	readonly kind: 'write' | 'pay' | 'read';
	readonly parse: (body: unknown) => Parsed<unknown>;
	readonly peek: (body: JsonObject) => Peek;
	readonly naturalKeys: (peek: Peek, context: KeyContext) => readonly NaturalKey[];
	/** After "sent, no usable answer": `repeat` the same bytes, or `hold` for a person. */
	readonly onUnknown: (rules: ShopRules) => 'repeat' | 'hold';
	/**
	 * What a refusal means after an earlier try with unknown outcome; `code` is the Loyalty API's. On a first try a
	 * refusal is always just that.
	 */
	readonly refusedAfterUnknown: (code: string, rules: ShopRules) => 'confirmed' | 'refused' | 'doubtful';
	/** Which later deliveries wait while this one is refused or doubtful: those of its member, those that cancel it, none. */
	readonly holdsUp: (state: 'refused' | 'doubtful', refusalCode: string | undefined) => 'member' | 'cancel' | 'nothing';
	/** Whose outcome a cancel waits for. */
	readonly cancels?: 'sale' | 'pay';
	/** The envelope, without the agent object, that stands in for the Loyalty API's answer while the delivery waits. */
	readonly queuedAnswer: (provisionalCode: string, body: JsonObject, peek: Peek) => JsonObject;
}
