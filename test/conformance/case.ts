/** One case of the suite, as data: a call in a situation, and what the register, the agent and the loyalty service must show. */
import type { DeliveryState, LinkStateName } from '../../shared/local-api.ts';
import type { FaultRule, SandboxSettings } from '../../shared/sandbox-schema.ts';
import type { CallKind } from './calls.ts';

/**
 * The agents the cases run on, by their time limits. patient: no limit that matters. hasty: an attempt has 500 ms. brisk: a
 * register waits 40 ms for the outcome of a write. wired: patient, with a TLS line that can be spoilt. nowhere: the name
 * of its loyalty service cannot be looked up.
 */
export type StationKind = 'patient' | 'hasty' | 'brisk' | 'wired' | 'nowhere';

/** What the TLS line of a wired station can be; foreign: somebody else answers 200, with JSON of their own. */
export type LineState = 'good' | 'refused' | 'cut' | 'stranger' | 'old' | 'foreign';

export interface Told {
	/** HTTP status. */
	readonly status: number;
	/** `agent.state`. */
	readonly state: 'confirmed' | 'queued' | 'refused' | 'doubtful' | 'withdrawn' | 'none';
	/** Of an error, in either envelope. */
	readonly code?: string;
	/** `status` in the envelope. */
	readonly word?: 'success' | 'ok' | 'error';
	/** Where the confirmation code stands. */
	readonly codeIn?: 'top' | 'data';
	readonly duplicate?: boolean;
	/** Whether the answer carries Retry-After. */
	readonly retryAfter?: boolean;
}

export interface Expected {
	readonly told: Told;
	/** After the register was told, before anything is tried again. */
	readonly link: { readonly state: LinkStateName; readonly reason: string };
	/** What becomes of the delivery once the fault is over. Reads have none. */
	readonly delivery?: {
		readonly state: DeliveryState;
		/** Outcome of each attempt, as kind:reason. */
		readonly outcomes: readonly string[];
		/** Only the first and the last outcome count: between them there may be more tries. */
		readonly orMore?: true;
	};
	/** What the loyalty service saw and did; all requests must have been byte-identical. */
	readonly effects: { readonly requests: number; readonly orMore?: true; readonly applied: number };
}

export interface Case {
	readonly group: string;
	readonly name: string;
	readonly station: StationKind;
	readonly call: CallKind;
	readonly settings?: Partial<SandboxSettings>;
	/** Played for this call, in this order; each is used up by its `times`. */
	readonly faults?: readonly FaultRule[];
	readonly line?: Exclude<LineState, 'good'>;
	/** A person has paused sending; resumed once the register was told. */
	readonly paused?: true;
	readonly idempotencyKey?: true;
	readonly expected: Expected;
	/** The same call is made directly as well, with ids of its own: status and shape must be the same. */
	readonly likeDirect?: true;
	/** The very same call is made again, once the first has come to its end and the line is good; then `effects` holds for both. */
	readonly again?: Told;
	/** It is made at once, whatever the line is. */
	readonly againAtOnce?: true;
}
