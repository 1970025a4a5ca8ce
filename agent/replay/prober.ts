/**
 * The alarm clock of replay: wakes it when the line may be tried again or a rest ends, and looks at the line itself
 * when there is nothing to send. While all is well and nothing waits, no timer runs.
 */
import type { Clock } from '../core/clock.ts';
import type { LinkKeeper } from './link-keeper.ts';
import type { ReplayWire } from './ports.ts';

export class Prober {
	readonly #clock: Clock;
	readonly #wire: Pick<ReplayWire, 'probe'>;
	readonly #link: LinkKeeper;
	/** Sends what may go; answers how many attempts are under way then. */
	readonly #send: () => number;
	#isProbing = false;
	#isStopped = false;
	#callOff: () => void = () => undefined;

	constructor(clock: Clock, wire: Pick<ReplayWire, 'probe'>, link: LinkKeeper, send: () => number) {
		this.#clock = clock;
		this.#wire = wire;
		this.#link = link;
		this.#send = send;
	}

	/** Counts as an attempt under way. */
	get isProbing(): boolean {
		return this.#isProbing;
	}

	/** `restEndsAt`: monotonic time of the next end of a delivery's rest, if one matters. */
	setAlarm(underWay: number, restEndsAt: number | undefined): void {
		this.#callOff();
		const next = Math.min(this.#link.nextProbeAt ?? Number.POSITIVE_INFINITY, restEndsAt ?? Number.POSITIVE_INFINITY);
		// What is under way will look again when it ends.
		if (this.#isStopped || underWay > 0 || !Number.isFinite(next)) return;
		this.#callOff = this.#clock.after(Math.max(0, next - this.#clock.elapsed()), () => this.probe());
	}

	/** Sends what may go; if that is nothing and the line is due for a look, a bare connection tells whether it is back. */
	probe(): void {
		const underWay = this.#send();
		const isDue = this.#link.nextProbeAt === undefined || this.#link.permits(0) > 0;
		if (this.#isStopped || this.#isProbing || this.#link.isPaused || underWay > 0 || !isDue) return;
		this.#isProbing = true;
		void this.#wire.probe().then((trouble) => {
			this.#isProbing = false;
			this.#link.observe(trouble === undefined ? { kind: 'connected' } : { kind: 'trouble', trouble });
			this.#send();
		});
	}

	stop(): void {
		this.#isStopped = true;
		this.#callOff();
	}
}
