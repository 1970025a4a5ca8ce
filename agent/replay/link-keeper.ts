/** Keeps the state of the line up to date, and says when and how much may be sent. */

import type { LinkView } from '../../shared/local-api.ts';
import type { Clock } from '../core/clock.ts';
import { rfc3339 } from '../core/instant.ts';
import { type Link, newLink, type Observation, observe, permits, takesLiveCalls, tryNow, wake } from '../core/link.ts';
import { troubleCatalogue } from '../core/link-trouble.ts';
import type { Log } from '../core/log.ts';

export class LinkKeeper {
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #log: Log;
	readonly #widestWindow: number;
	#link: Link;
	/** Epoch milliseconds since when a person holds everything back. */
	#pausedSince: number | undefined;
	/** Monotonic time of the last answer of the Loyalty API. */
	#lastAnswerAt = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock, random: () => number, log: Log, widestWindow: number, pausedSince: number | undefined) {
		this.#clock = clock;
		this.#random = random;
		this.#log = log;
		this.#widestWindow = widestWindow;
		this.#pausedSince = pausedSince;
		this.#link = newLink(clock.now());
	}

	get isPaused(): boolean {
		return this.#pausedSince !== undefined;
	}

	get isOnline(): boolean {
		return !this.isPaused && this.#link.state === 'online';
	}

	/** Known to be no use to a register that waits for the real outcome. */
	get isDown(): boolean {
		return !this.isOnline;
	}

	get takesLiveCalls(): boolean {
		return !this.isPaused && takesLiveCalls(this.#link);
	}

	get lastAnswerAt(): number {
		return this.#lastAnswerAt;
	}

	/** Monotonic time of the next probe; undefined while none is due by itself. */
	get nextProbeAt(): number | undefined {
		return this.isPaused || this.#link.state === 'online' ? undefined : this.#link.nextProbeAt;
	}

	view(): LinkView {
		if (this.#pausedSince !== undefined) {
			return { state: 'paused', reason: 'paused-by-person', sentence: 'Sending is paused by a person.', since: rfc3339(this.#pausedSince) };
		}
		const { state, trouble, since } = this.#link;
		if (trouble === undefined) return { state, reason: 'ok', sentence: 'The loyalty service is reached.', since: rfc3339(since) };
		return { state, reason: trouble, sentence: troubleCatalogue[trouble].sentence, since: rfc3339(since) };
	}

	permits(underWay: number): number {
		return this.isPaused ? 0 : permits(this.#link, underWay, this.#clock.elapsed());
	}

	/** True when the line came back with this. */
	observe(observation: Observation): boolean {
		const before = this.#link;
		const moment = { elapsed: this.#clock.elapsed(), now: this.#clock.now(), random: this.#random(), widestWindow: this.#widestWindow };
		if (observation.kind === 'answered') this.#lastAnswerAt = moment.elapsed;
		this.#link = observe(before, observation, moment);
		if (before.state !== this.#link.state || before.trouble !== this.#link.trouble) {
			const { state, reason, sentence } = this.view();
			this.#log[state === 'online' ? 'info' : 'warn']('link.changed', { link: state, reason, sentence });
		}
		return before.state !== 'online' && this.#link.state === 'online';
	}

	/** Something new waits to be sent. */
	wake(): void {
		this.#link = wake(this.#link, this.#clock.elapsed());
	}

	tryNow(): void {
		this.#link = tryNow(this.#link, this.#clock.elapsed());
	}

	pause(): void {
		this.#pausedSince ??= this.#clock.now();
	}

	resume(): void {
		this.#pausedSince = undefined;
		this.tryNow();
	}
}
