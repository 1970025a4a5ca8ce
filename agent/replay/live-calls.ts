/**
 * Pays. They wait in their lanes like all others, but are not paced, because a register stands waiting; and they are
 * never sent after their answer: whoever answers first ends them here.
 */
import type { Clock } from '../core/clock.ts';
import type { Sequence } from '../core/lanes.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { ReplayStore } from './ports.ts';

/** Share of its time limit that a pay needs to be started. */
const leastShare = 0.25;

export interface LiveCallsOptions {
	readonly clock: Clock;
	readonly store: Pick<ReplayStore, 'apply' | 'bySequence'>;
	/** How long a register waits, milliseconds. */
	readonly timeoutMs: number;
	/** Pause after the disk did not take the end of one. */
	readonly againAfterMs: number;
	readonly onOver: (sequence: Sequence) => void;
	readonly onFailure: (error: unknown) => void;
}

export class LiveCalls {
	readonly #options: LiveCallsOptions;
	/** Monotonic deadlines of those that were not started. */
	readonly #deadlines = new Map<Sequence, number>();

	constructor(options: LiveCallsOptions) {
		this.#options = options;
	}

	add(sequence: Sequence): void {
		this.#deadlines.set(sequence, this.#options.clock.elapsed() + this.#options.timeoutMs);
	}

	/** It was started, or is over. */
	forget(sequence: Sequence): void {
		this.#deadlines.delete(sequence);
	}

	/** Those with enough time left: with less, an attempt would mostly end in doubt; unsent it ends in "nothing was charged". */
	startable(): readonly { readonly sequence: Sequence; readonly leftMs: number }[] {
		const { clock, timeoutMs } = this.#options;
		return [...this.#deadlines]
			.map(([sequence, deadline]) => ({ sequence, leftMs: deadline - clock.elapsed() }))
			.filter(({ leftMs }) => leftMs >= timeoutMs * leastShare);
	}

	/**
	 * Ends a pay whose register is about to be answered, if it has not started; from then on nothing starts it, also when
	 * the disk does not take the record at once. Undefined: it is on its way, or over. Never rejects.
	 */
	async tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined> {
		const { clock, store, againAfterMs, onOver, onFailure } = this.#options;
		const wasWaiting = this.#deadlines.delete(sequence);
		try {
			const settlement = await store.apply(sequence, { type: 'tooLate' }, clock.now());
			if (settlement !== undefined) onOver(sequence);
			return settlement?.delivery;
		} catch (error) {
			onFailure(error);
			clock.after(againAfterMs, () => void this.tooLate(sequence));
			const delivery = wasWaiting ? store.bySequence(sequence) : undefined;
			return delivery === undefined ? undefined : { ...delivery, state: 'withdrawn' };
		}
	}
}
