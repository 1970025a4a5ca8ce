/**
 * Registers that wait for the outcome of a delivery. Once an outcome is about to be stored, its watchers are claimed:
 * from then on they wait for the flush instead of their own time limit, so that an outcome recorded as seen really is
 * what the register is told.
 */
import type { Clock } from '../core/clock.ts';
import type { GoneSignal } from '../core/incoming-call.ts';
import type { Sequence } from '../core/lanes.ts';
import type { DeliveryRecord } from '../core/records.ts';

interface Watcher {
	readonly resolve: (delivery: DeliveryRecord | undefined) => void;
	readonly stopClock: () => void;
}

export class Watchers {
	readonly #clock: Clock;
	readonly #bySequence = new Map<Sequence, Set<Watcher>>();

	#isClosed = false;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Resolves with the delivery once an attempt of it ended, or with undefined when the time is up or the register is gone. */
	watch(sequence: Sequence, withinMs: number, gone: GoneSignal | undefined): Promise<DeliveryRecord | undefined> {
		if (this.#isClosed) return Promise.resolve(undefined);
		return new Promise((resolve) => {
			const giveUp = () => {
				this.#remove(sequence, watcher);
				resolve(undefined);
			};
			const watcher: Watcher = {
				resolve,
				stopClock: () => {
					stopTimer();
					gone?.removeEventListener('abort', giveUp);
				},
			};
			const stopTimer = this.#clock.after(withinMs, giveUp);
			gone?.addEventListener('abort', giveUp, { once: true });
			const watchers = this.#bySequence.get(sequence) ?? new Set();
			this.#bySequence.set(sequence, watchers.add(watcher));
		});
	}

	/** Nobody waits any longer, now or later: each is told what is true by then. */
	close(): void {
		this.#isClosed = true;
		for (const sequence of [...this.#bySequence.keys()]) {
			for (const watcher of this.#claim(sequence)) watcher.resolve(undefined);
		}
	}

	/**
	 * For one attempt: `claim` takes those who wait by now and says whether there are any; `answer` tells them, and whoever
	 * asked while the outcome was being stored.
	 */
	ofAttempt(sequence: Sequence): { readonly claim: () => boolean; readonly answer: (settled: DeliveryRecord | undefined) => void } {
		let claimed: readonly Watcher[] = [];
		return {
			claim: () => {
				claimed = this.#claim(sequence);
				return claimed.length > 0;
			},
			answer: (settled) => {
				for (const watcher of [...claimed, ...this.#claim(sequence)]) watcher.resolve(settled);
			},
		};
	}

	/** Takes all watchers of a delivery; whoever takes them answers them. */
	#claim(sequence: Sequence): readonly Watcher[] {
		const watchers = [...(this.#bySequence.get(sequence) ?? [])];
		this.#bySequence.delete(sequence);
		for (const watcher of watchers) watcher.stopClock();
		return watchers;
	}

	#remove(sequence: Sequence, watcher: Watcher): void {
		watcher.stopClock();
		const watchers = this.#bySequence.get(sequence);
		watchers?.delete(watcher);
		if (watchers?.size === 0) this.#bySequence.delete(sequence);
	}
}
