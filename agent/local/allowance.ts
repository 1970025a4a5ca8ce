/** How often something may happen: so much at once, and then so much per second. */
import type { Clock } from '../core/clock.ts';

export class Allowance {
	readonly #clock: Clock;
	readonly #burst: number;
	readonly #perSecond: number;
	#left: number;
	#filledAt: number;

	constructor(clock: Clock, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
		this.#clock = clock;
		this.#burst = burst;
		this.#perSecond = perSecond;
		this.#left = burst;
		this.#filledAt = clock.elapsed();
	}

	/** Takes one, if there is one left. */
	take(): boolean {
		this.#fill();
		if (this.#left < 1) return false;
		this.#left -= 1;
		return true;
	}

	/** After which there is one again; at least 1. */
	get retryAfterSeconds(): number {
		this.#fill();
		return Math.max(1, Math.ceil((1 - this.#left) / this.#perSecond));
	}

	#fill(): void {
		const now = this.#clock.elapsed();
		this.#left = Math.min(this.#burst, this.#left + ((now - this.#filledAt) / 1_000) * this.#perSecond);
		this.#filledAt = now;
	}
}
