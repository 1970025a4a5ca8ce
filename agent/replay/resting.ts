/**
 * Deliveries that failed by themselves. A server fault slows the line, not the delivery; but one delivery that keeps
 * failing while others succeed rests on its own, so that it holds up only what depends on it.
 */
import type { Clock } from '../core/clock.ts';
import type { Sequence } from '../core/lanes.ts';
import { type LinkTrouble, troubleCatalogue } from '../core/link-trouble.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { deliveryDelayMs } from '../core/pacing.ts';

interface Rest {
	readonly failures: number;
	readonly failedAt: number;
	/** Monotonic. */
	readonly until: number;
	/** The line was proven good after an earlier failure of this delivery: the fault is its own. */
	readonly isOwnFault: boolean;
}

export class Resting {
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #rests = new Map<Sequence, Rest>();

	constructor(clock: Clock, random: () => number) {
		this.#clock = clock;
		this.#random = random;
	}

	/** Notes how an attempt went, and says whose the fault is if it failed. `lastAnswerAt`: monotonic, of any call. */
	note(sequence: Sequence, outcome: AttemptOutcome, lastAnswerAt: number): 'line' | 'delivery' {
		if (outcome.kind === 'confirmed' || outcome.kind === 'refused' || !canBeOneDeliverys(outcome.trouble)) return 'line';
		const before = this.#rests.get(sequence);
		// The same trouble again, although others went through in between.
		const isOwnFault = before !== undefined && lastAnswerAt > before.failedAt;
		const failures = (before?.failures ?? 0) + 1;
		const failedAt = this.#clock.elapsed();
		this.#rests.set(sequence, { failures, failedAt, until: failedAt + deliveryDelayMs(failures, this.#random()), isOwnFault });
		return isOwnFault ? 'delivery' : 'line';
	}

	/** Whether it failed although the service was reached. */
	has(sequence: Sequence): boolean {
		return this.#rests.has(sequence);
	}

	isDue(sequence: Sequence): boolean {
		const rest = this.#rests.get(sequence);
		return rest === undefined || rest.until <= this.#clock.elapsed();
	}

	/** Monotonic time at which this one is tried next; undefined: as soon as the line allows. */
	until(sequence: Sequence): number | undefined {
		return this.#rests.get(sequence)?.until;
	}

	/** The earliest end of a rest that still lasts. */
	nextDueAt(): number | undefined {
		const now = this.#clock.elapsed();
		let earliest: number | undefined;
		for (const { until } of this.#rests.values()) {
			if (until > now && (earliest === undefined || until < earliest)) earliest = until;
		}
		return earliest;
	}

	/** The line is back: all are due at once but those whose fault is their own. */
	lineIsBack(): void {
		for (const [sequence, rest] of this.#rests) {
			if (!rest.isOwnFault) this.#rests.set(sequence, { ...rest, until: 0 });
		}
	}

	/** A person asked for everything now. */
	wakeAll(): void {
		for (const [sequence, rest] of this.#rests) this.#rests.set(sequence, { ...rest, until: 0 });
	}

	forget(sequence: Sequence): void {
		this.#rests.delete(sequence);
	}
}

/**
 * Trouble of a service that was reached and could be about one call; what concerns the way there never is.
 * `proxy-refused` is missing here: as an answer (407) it could be about one call, and as the proxy's own it is never
 * noted, because the service was not reached.
 */
function canBeOneDeliverys(trouble: LinkTrouble): boolean {
	return troubleCatalogue[trouble].state !== 'offline' && !ofTheWay.has(trouble);
}

const ofTheWay: ReadonlySet<LinkTrouble> = new Set(['rate-limited', 'certificate', 'certificate-date', 'tls-version', 'proxy-forbidden']);
