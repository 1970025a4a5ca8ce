/** A clock that stands still until it is told to go on. */
import type { Clock } from '../../agent/core/clock.ts';

export class FakeClock implements Clock {
	#elapsed = 0;
	#timers: { readonly at: number; readonly task: () => void }[] = [];

	now(): number {
		return 1_700_000_000_000 + this.#elapsed;
	}

	elapsed(): number {
		return this.#elapsed;
	}

	after(delayMs: number, task: () => void): () => void {
		const timer = { at: this.#elapsed + delayMs, task };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** How many timers run. */
	get pending(): number {
		return this.#timers.length;
	}

	/** Lets time pass; what falls due on the way runs in its order. */
	advance(ms: number): void {
		const end = this.#elapsed + ms;
		for (;;) {
			const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (next === undefined) break;
			this.#timers = this.#timers.filter((timer) => timer !== next);
			this.#elapsed = Math.max(this.#elapsed, next.at);
			next.task();
		}
		this.#elapsed = end;
	}
}
