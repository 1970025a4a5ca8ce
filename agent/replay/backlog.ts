/**
 * What waited when the agent started, loaded a portion at a time in the order accepted: sending begins with the first
 * portion, and the doors stay responsive with a million rows behind it.
 */
import type { Sequence } from '../core/lanes.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { ReplayStore } from './ports.ts';

const portion = 1_000;

export interface BacklogOptions {
	readonly store: Pick<ReplayStore, 'inState' | 'displacedInState' | 'bySequence'>;
	/** Called with each delivery that was there when the agent started. */
	readonly found: (delivery: DeliveryRecord) => void;
	/** Called at the end with those that a person retried or corrected while all this was being loaded. */
	readonly decided: (delivery: DeliveryRecord) => void;
}

export class Backlog {
	readonly #options: BacklogOptions;
	/** Only at the end it is known who stands ahead of them. */
	readonly #decided = new Set<Sequence>();
	#isLoaded = false;
	#isStopped = false;

	constructor(options: BacklogOptions) {
		this.#options = options;
	}

	/** Until then, what is accepted is not placed by whoever accepted it: it is found here, in its order. */
	get isLoaded(): boolean {
		return this.#isLoaded;
	}

	/** A person retried or corrected this one before all is loaded: it is placed at the end. */
	postpone(sequence: Sequence): void {
		this.#decided.add(sequence);
	}

	/** Those that hold others up come first: nobody may overtake them. `progressed` is called after each portion. */
	load(progressed: () => void): void {
		for (const state of ['refused', 'doubtful'] as const) {
			for (let after: Sequence = 0, rows = this.#rows(state, after); rows.length > 0; rows = this.#rows(state, after)) {
				for (const delivery of rows) if (delivery.supersededBy === undefined) this.#find(delivery);
				after = rows.at(-1)?.sequence ?? after;
			}
		}
		// So do those that took a place further ahead than their own.
		for (const delivery of this.#options.store.displacedInState('queued')) this.#find(delivery);
		this.#loadQueued(0, progressed);
	}

	stop(): void {
		this.#isStopped = true;
	}

	#loadQueued(after: Sequence, progressed: () => void): void {
		if (this.#isStopped) return;
		const rows = this.#rows('queued', after);
		for (const delivery of rows) this.#find(delivery);
		const last = rows.at(-1);
		this.#isLoaded = last === undefined;
		if (this.#isLoaded) this.#placeDecided();
		progressed();
		if (last !== undefined) setImmediate(() => this.#loadQueued(last.sequence, progressed));
	}

	#find(delivery: DeliveryRecord): void {
		if (!this.#decided.has(delivery.sequence)) this.#options.found(delivery);
	}

	#placeDecided(): void {
		for (const sequence of this.#decided) {
			const delivery = this.#options.store.bySequence(sequence);
			if (delivery?.state === 'queued') this.#options.decided(delivery);
		}
		this.#decided.clear();
	}

	#rows(state: 'queued' | 'refused' | 'doubtful', after: Sequence): readonly DeliveryRecord[] {
		return this.#options.store.inState(state, after, portion);
	}
}
