/**
 * Attempts that were started and have not ended. Paced ones count against the window of the line. Those a register waits
 * for have a queue of their own, without a limit: one that hangs must not hold up everybody's sales.
 */
import PQueue from 'p-queue';

export class UnderWay {
	readonly #pacedQueue: PQueue;
	readonly #liveQueue = new PQueue();
	#paced = 0;

	/** `mostPaced`: at once; further ones wait their turn. */
	constructor(mostPaced: number) {
		this.#pacedQueue = new PQueue({ concurrency: mostPaced });
	}

	/** Paced ones that were started and have not ended, those that wait their turn included. */
	get paced(): number {
		return this.#paced;
	}

	/** `attempt` never rejects; `ended` is called behind it. */
	startPaced(attempt: () => Promise<void>, ended: () => void): void {
		this.#paced += 1;
		void this.#pacedQueue.add(attempt).finally(() => {
			this.#paced -= 1;
			ended();
		});
	}

	/** As `startPaced`, for one with a register waiting. */
	startLive(attempt: () => Promise<void>, ended: () => void): void {
		void this.#liveQueue.add(attempt).finally(ended);
	}

	/** Resolves when all have ended. */
	async idle(): Promise<void> {
		await Promise.all([this.#pacedQueue.onIdle(), this.#liveQueue.onIdle()]);
	}
}
