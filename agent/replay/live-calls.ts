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
/** Pause before an unclear pay is repeated, where the shop's rules allow that. */
const againAfterMs = 500;

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
	/** Those that are not over; times are monotonic. */
	readonly #calls = new Map<Sequence, { readonly deadline: number; readonly startAt: number | 'underWay' }>();

	constructor(options: LiveCallsOptions) {
		this.#options = options;
	}

	add(sequence: Sequence): void {
		const now = this.#options.clock.elapsed();
		this.#calls.set(sequence, { deadline: now + this.#options.timeoutMs, startAt: now });
	}

	started(sequence: Sequence): void {
		const call = this.#calls.get(sequence);
		if (call !== undefined) this.#calls.set(sequence, { ...call, startAt: 'underWay' });
	}

	/** It may be repeated while its register still waits; `wake` is called when that is due. */
	again(sequence: Sequence, wake: () => void): void {
		const { clock } = this.#options;
		const call = this.#calls.get(sequence);
		if (call === undefined) return;
		this.#calls.set(sequence, { ...call, startAt: clock.elapsed() + againAfterMs });
		clock.after(againAfterMs, wake);
	}

	/** It is over. */
	forget(sequence: Sequence): void {
		this.#calls.delete(sequence);
	}

	/** Those with enough time left: with less, an attempt would mostly end in doubt; unsent it ends in "nothing was charged". */
	startable(): readonly { readonly sequence: Sequence; readonly leftMs: number }[] {
		const { clock, timeoutMs } = this.#options;
		const now = clock.elapsed();
		return [...this.#calls]
			.filter(([, { startAt }]) => startAt !== 'underWay' && startAt <= now)
			.map(([sequence, { deadline }]) => ({ sequence, leftMs: deadline - now }))
			.filter(({ leftMs }) => leftMs >= timeoutMs * leastShare);
	}

	/**
	 * Ends a pay whose register is about to be answered, if it has not started; from then on nothing starts it, also when
	 * the disk does not take the record at once. Undefined: it is on its way, or over. Never rejects.
	 */
	async tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined> {
		const { clock, store, againAfterMs, onOver, onFailure } = this.#options;
		const call = this.#calls.get(sequence);
		const wasWaiting = call !== undefined && call.startAt !== 'underWay';
		if (wasWaiting) this.#calls.delete(sequence);
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
