/**
 * What waited when the agent started, loaded a portion at a time in the order accepted: sending begins with the first
 * portion, and the doors stay responsive with a million rows behind it.
 */
import type { Sequence } from '../core/lanes.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { ReplayStore } from './ports.ts';

const portion = 1_000;

export class Backlog {
	readonly #store: Pick<ReplayStore, 'inState' | 'displacedInState'>;
	readonly #place: (delivery: DeliveryRecord) => void;
	#isLoaded = false;
	#isStopped = false;

	constructor(store: Pick<ReplayStore, 'inState' | 'displacedInState'>, place: (delivery: DeliveryRecord) => void) {
		this.#store = store;
		this.#place = place;
	}

	/** Until then, what is accepted is not placed by whoever accepted it: it is found here, in its order. */
	get isLoaded(): boolean {
		return this.#isLoaded;
	}

	/** Those that hold others up come first: nobody may overtake them. `progressed` is called after each portion. */
	load(progressed: () => void): void {
		for (const state of ['refused', 'doubtful'] as const) {
			for (let after: Sequence = 0, rows = this.#rows(state, after); rows.length > 0; rows = this.#rows(state, after)) {
				for (const delivery of rows) if (delivery.supersededBy === undefined) this.#place(delivery);
				after = rows.at(-1)?.sequence ?? after;
			}
		}
		// So do those that took a place further ahead than their own.
		for (const delivery of this.#store.displacedInState('queued')) this.#place(delivery);
		this.#loadQueued(0, progressed);
	}

	stop(): void {
		this.#isStopped = true;
	}

	#loadQueued(after: Sequence, progressed: () => void): void {
		if (this.#isStopped) return;
		const rows = this.#rows('queued', after);
		for (const delivery of rows) this.#place(delivery);
		const last = rows.at(-1);
		this.#isLoaded = last === undefined;
		progressed();
		if (last !== undefined) setImmediate(() => this.#loadQueued(last.sequence, progressed));
	}

	#rows(state: 'queued' | 'refused' | 'doubtful', after: Sequence): readonly DeliveryRecord[] {
		return this.#store.inState(state, after, portion);
	}
}
