/** Keeps the state of the line up to date, and says when and how much may be sent. */

import type { LinkView } from '../../shared/local-api.ts';
import type { Clock } from '../core/clock.ts';
import { isClockWrong } from '../core/clock-offset.ts';
import { type Link, newLink, type Observation, observe, permits, takesLiveCalls, tryNow, wake } from '../core/link.ts';
import { linkView } from '../core/link-view.ts';
import type { Log } from '../core/log.ts';

export interface LinkKeeperOptions {
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	/** Most attempts under way at once. */
	readonly widestWindow: number;
	/** Epoch milliseconds, if a person holds everything back since then. */
	readonly pausedSince: number | undefined;
	/** How far this terminal's clock is ahead of the Loyalty API's, as of its last answer. */
	readonly clockOffsetSeconds: () => number;
	/** Called when the line has come back. */
	readonly onBack: () => void;
}

export class LinkKeeper {
	readonly #options: LinkKeeperOptions;
	readonly #clock: Clock;
	#link: Link;
	#pausedSince: number | undefined;
	/** Monotonic time of the last answer of the Loyalty API. */
	#lastAnswerAt = Number.NEGATIVE_INFINITY;
	#isClockWrong = false;

	constructor(options: LinkKeeperOptions) {
		this.#options = options;
		this.#clock = options.clock;
		this.#pausedSince = options.pausedSince;
		this.#link = newLink(options.clock.now());
	}

	get isPaused(): boolean {
		return this.#pausedSince !== undefined;
	}

	get isOnline(): boolean {
		return !this.isPaused && this.#link.state === 'online';
	}

	get takesLiveCalls(): boolean {
		return !this.isPaused && takesLiveCalls(this.#link, this.#clock.elapsed());
	}

	/** How long the service still asks for peace, milliseconds. */
	get quietMs(): number {
		return Math.max(0, this.#link.quietUntil - this.#clock.elapsed());
	}

	get lastAnswerAt(): number {
		return this.#lastAnswerAt;
	}

	/** Monotonic time of the next probe; undefined while none is due by itself. */
	get nextProbeAt(): number | undefined {
		return this.isPaused || this.#link.state === 'online' ? undefined : this.#link.nextProbeAt;
	}

	view(): LinkView {
		return linkView({ link: this.#link, pausedSince: this.#pausedSince, clockOffsetSeconds: this.#options.clockOffsetSeconds() });
	}

	permits(underWay: number): number {
		return this.isPaused ? 0 : permits(this.#link, underWay, this.#clock.elapsed());
	}

	observe(observation: Observation): void {
		const before = this.#link;
		const { random, widestWindow, log, onBack } = this.#options;
		const moment = { elapsed: this.#clock.elapsed(), now: this.#clock.now(), random: random(), widestWindow };
		if (observation.kind === 'answered') this.#lastAnswerAt = moment.elapsed;
		this.#link = observe(before, observation, moment);
		const { state, trouble } = this.#link;
		if (before.state !== state || before.trouble !== trouble) {
			const { reason } = this.view();
			log[state === 'online' ? 'info' : 'warn']('link.changed', { link: state, reason });
		}
		this.#lookAtClock();
		if (before.state !== 'online' && state === 'online') onBack();
	}

	/** Said once when it begins and once when it ends, not with every answer. */
	#lookAtClock(): void {
		const offsetSeconds = this.#options.clockOffsetSeconds();
		const isWrong = isClockWrong(offsetSeconds);
		if (isWrong === this.#isClockWrong) return;
		this.#isClockWrong = isWrong;
		const { log } = this.#options;
		if (isWrong) log.warn('clock.wrong', { offsetSeconds });
		else log.info('clock.right');
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
