/** Who stands in which lanes, and who of them goes next: the lanes, those a register waits for, and those that rest. */
import type { OperationName } from '../core/calls/operation.ts';
import { operations } from '../core/calls/table.ts';
import { heldLanes } from '../core/held-lanes.ts';
import { type LaneKey, Lanes, type Sequence } from '../core/lanes.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { ShopRules } from '../core/shop-rules.ts';
import type { Resting } from './resting.ts';

export class LineUp {
	readonly #lanes = new Lanes();
	/** Of those in the lanes, all that is kept in memory besides: there can be a million. */
	readonly #operations = new Map<Sequence, OperationName>();
	/** Just accepted and ready: a register waits for these, so they go before the backlog. */
	readonly #fresh = new Set<Sequence>();
	readonly #resting: Resting;
	readonly #rules: ShopRules;

	constructor(resting: Resting, rules: ShopRules) {
		this.#resting = resting;
		this.#rules = rules;
	}

	has(sequence: Sequence): boolean {
		return this.#lanes.has(sequence);
	}

	isGoing(sequence: Sequence): boolean {
		return this.#lanes.isGoing(sequence);
	}

	/** Under way, or next to go because a register waits for it. */
	isTrying(sequence: Sequence): boolean {
		return this.#fresh.has(sequence) || this.#lanes.isGoing(sequence);
	}

	/** Those that wait or are under way in any of these lanes. */
	waitingIn(lanes: readonly LaneKey[]): readonly Sequence[] {
		return [...new Set(lanes.flatMap((lane) => this.#lanes.inLane(lane)))];
	}

	/** Puts a delivery in its lanes as its state wants it: waiting, in the way of others, or not at all. */
	place(delivery: DeliveryRecord): void {
		const { sequence, place, state, lanes } = delivery;
		if (state === 'queued') {
			this.#operations.set(sequence, delivery.operation);
			this.#lanes.add(sequence, lanes, 'waiting', place);
		} else {
			this.leave(sequence);
			this.#lanes.settle(sequence, heldLanes(delivery), place);
		}
	}

	/** A register waits for its real outcome: if nobody is ahead of it, it goes before the backlog. */
	hurry(sequence: Sequence): void {
		if (this.#lanes.isReady(sequence)) this.#fresh.add(sequence);
	}

	/** One that went is due again. */
	putBack(sequence: Sequence): void {
		this.#lanes.putBack(sequence);
	}

	leave(sequence: Sequence): void {
		this.#operations.delete(sequence);
		this.#fresh.delete(sequence);
		this.#resting.forget(sequence);
		this.#lanes.remove(sequence);
	}

	/** Takes this very delivery if it is ready. */
	takeThis(sequence: Sequence): boolean {
		return this.#lanes.takeThis(sequence);
	}

	/** The next to go while the line is good: first those a register waits for, then the oldest that is ready and due. */
	takeNext(): Sequence | undefined {
		for (const sequence of this.#fresh) {
			this.#fresh.delete(sequence);
			if (this.#lanes.takeThis(sequence)) return sequence;
		}
		return this.#lanes.take((sequence) => this.#isPaced(sequence) && this.#resting.isDue(sequence));
	}

	/** The one to try a bad line with: also one that rests, and never one that cannot be repeated. */
	takeProbe(): Sequence | undefined {
		const mayGo = (sequence: Sequence) => this.#isPaced(sequence) && this.#isRepeatable(sequence);
		// One that never failed tells most about the line; one that did may itself be what is wrong.
		return (
			this.#lanes.take((sequence) => mayGo(sequence) && !this.#resting.has(sequence)) ??
			this.#lanes.take((sequence) => mayGo(sequence) && this.#resting.isDue(sequence)) ??
			this.#lanes.take(mayGo)
		);
	}

	/** Pays are started by whoever keeps their time. */
	#isPaced(sequence: Sequence): boolean {
		const name = this.#operations.get(sequence);
		return name !== undefined && operations[name].kind !== 'pay';
	}

	#isRepeatable(sequence: Sequence): boolean {
		const name = this.#operations.get(sequence);
		return name !== undefined && operations[name].onUnknown(this.#rules) === 'repeat';
	}
}
