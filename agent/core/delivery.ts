/**
 * The life of a delivery.
 *
 * queued     flushed to disk; no attempt under way
 * sending    an attempt was recorded and flushed before its first byte left
 * confirmed  the Loyalty API has it; final
 * refused    the Loyalty API said no; waits for a person if no register saw it
 * doubtful   sent, no usable answer, not safe to repeat; waits for a person
 * withdrawn  ended without the Loyalty API: by a named person, by a cancel before it left, or a pay that was certainly not sent; final
 *
 * Pure: (delivery, event) → the next state and why. Whoever applies it does so with one compare-and-set and one ledger line.
 */
import type { DeliveryState } from '../../shared/local-api.ts';
import type { Operation } from './calls/operation.ts';
import type { AttemptOutcome } from './outcome.ts';
import type { ShopRules } from './shop-rules.ts';

/** The part of a delivery that decides. */
export interface DeliveryFacts {
	readonly state: DeliveryState;
	/** Attempts started so far, one under way included. */
	readonly attempts: number;
	/** Those that left open whether the Loyalty API has it. While this is 0 it has certainly done nothing for this delivery. */
	readonly unknownOutcomes: number;
}

export type DeliveryEvent =
	| { readonly type: 'attemptStarted' }
	| { readonly type: 'attemptEnded'; readonly outcome: AttemptOutcome }
	/** The answer was a success, but its confirmation code belongs to another sale already. */
	| { readonly type: 'codeGivenTwice' }
	/** Found as `sending` at start-up: the process that sent it is gone. */
	| { readonly type: 'attemptLost' }
	/** The register was answered, or the agent restarted, before the first attempt of a delivery that must not go later. */
	| { readonly type: 'tooLate' }
	/** A cancel met its sale before it ever left; said of both. */
	| { readonly type: 'cancelledBeforeSending' }
	/** Of a cancel: what it cancels was confirmed without a code, so it cannot be sent and needs a person. */
	| { readonly type: 'originalWithoutCode' }
	/** What it refers to will never have a code. */
	| { readonly type: 'originalWithdrawn' }
	| { readonly type: 'retried' }
	| { readonly type: 'withdrawnByPerson' }
	| { readonly type: 'confirmedByPerson' };

/** What ends a delivery that waits, without an attempt of it and without a person. */
export type EndOfWaiting = Extract<DeliveryEvent, { readonly type: 'tooLate' | 'originalWithoutCode' }>;

/** Why a state was entered: the ledger's reason code. */
export type ChangeReason = DeliveryEvent['type'] | AttemptOutcome['kind'] | 'alreadyDone' | 'refusedAfterUnknown';

export interface Change {
	readonly state: DeliveryState;
	readonly reason: ChangeReason;
	readonly unknownOutcomes: number;
}

type PlainEvent = Exclude<DeliveryEvent['type'], 'attemptEnded' | 'attemptLost'>;

/** Events whose effect hangs on the state alone, or on whether the delivery ever left. */
const plainChanges: Readonly<
	Record<PlainEvent, { readonly from: readonly DeliveryState[]; readonly to: (facts: DeliveryFacts) => DeliveryState | undefined }>
> = {
	attemptStarted: { from: ['queued'], to: () => 'sending' },
	codeGivenTwice: { from: ['sending'], to: () => 'doubtful' },
	tooLate: { from: ['queued'], to: (facts) => (neverLeft(facts) ? 'withdrawn' : 'doubtful') },
	cancelledBeforeSending: { from: ['queued'], to: (facts) => (neverLeft(facts) ? 'withdrawn' : undefined) },
	originalWithoutCode: { from: ['queued'], to: () => 'doubtful' },
	originalWithdrawn: { from: ['queued'], to: (facts) => (neverLeft(facts) ? 'withdrawn' : 'doubtful') },
	retried: { from: ['refused', 'doubtful'], to: () => 'queued' },
	withdrawnByPerson: { from: ['refused', 'doubtful', 'queued'], to: () => 'withdrawn' },
	confirmedByPerson: { from: ['doubtful'], to: () => 'confirmed' },
};

/** Undefined: the event is not possible in this state. */
export function nextState(operation: Operation, facts: DeliveryFacts, event: DeliveryEvent, rules: ShopRules): Change | undefined {
	if (event.type === 'attemptEnded' || event.type === 'attemptLost') {
		if (facts.state !== 'sending') return undefined;
		return event.type === 'attemptEnded' ? afterAttempt(operation, facts, event.outcome, rules) : afterLoss(operation, facts, rules);
	}
	const { from, to } = plainChanges[event.type];
	const state = from.includes(facts.state) ? to(facts) : undefined;
	if (state === undefined) return undefined;
	// Whether the Loyalty API has this sale is as open as after no answer at all.
	const unknownOutcomes = facts.unknownOutcomes + (event.type === 'codeGivenTwice' ? 1 : 0);
	return { state, reason: event.type, unknownOutcomes };
}

/** Every attempt so far was certainly not sent. A delivery whose attempt is under way does not count. */
export function neverLeft(facts: DeliveryFacts): boolean {
	return facts.state !== 'sending' && facts.unknownOutcomes === 0;
}

export function isFinal(state: DeliveryState): boolean {
	return state === 'confirmed' || state === 'refused' || state === 'withdrawn';
}

export function isWaiting(state: DeliveryState): boolean {
	return state === 'queued' || state === 'sending';
}

function afterAttempt(operation: Operation, facts: DeliveryFacts, outcome: AttemptOutcome, rules: ShopRules): Change {
	const { unknownOutcomes } = facts;
	switch (outcome.kind) {
		case 'confirmed':
			return { state: 'confirmed', reason: 'confirmed', unknownOutcomes };
		case 'refused': {
			if (unknownOutcomes === 0) return { state: 'refused', reason: 'refused', unknownOutcomes };
			const meaning = operation.refusedAfterUnknown(outcome.refusal.code, rules);
			if (meaning === 'confirmed') return { state: 'confirmed', reason: 'alreadyDone', unknownOutcomes };
			return { state: meaning, reason: 'refusedAfterUnknown', unknownOutcomes };
		}
		case 'notSent':
			if (operation.kind !== 'pay') return { state: 'queued', reason: 'notSent', unknownOutcomes };
			// A pay is never sent after its answer, and its answer is due now; a repeat of an unclear one still has its time.
			if (unknownOutcomes === 0) return { state: 'withdrawn', reason: 'notSent', unknownOutcomes };
			return { state: held(operation, rules), reason: 'notSent', unknownOutcomes };
		case 'unknown':
			return { state: held(operation, rules), reason: 'unknown', unknownOutcomes: unknownOutcomes + 1 };
	}
}

/** As after no answer; but the register that waited for a pay is gone, so that nobody would learn of a repeat. */
function afterLoss(operation: Operation, facts: DeliveryFacts, rules: ShopRules): Change {
	const state = operation.kind === 'pay' ? 'doubtful' : held(operation, rules);
	return { state, reason: 'attemptLost', unknownOutcomes: facts.unknownOutcomes + 1 };
}

function held(operation: Operation, rules: ShopRules): 'queued' | 'doubtful' {
	return operation.onUnknown(rules) === 'repeat' ? 'queued' : 'doubtful';
}
