/**
 * The alarm clock of replay: wakes it when the line may be tried again or a rest ends, and looks at the line itself
 * when there is nothing to send. While all is well and nothing waits, no timer runs.
 */
import type { Clock } from '../core/clock.ts';
import type { LinkKeeper } from './link-keeper.ts';
import type { ReplayWire } from './ports.ts';

/** How often the addresses of the machine are looked at while the line is down. */
const lookEveryMs = 2_000;

export interface ProberOptions {
	readonly clock: Clock;
	readonly wire: Pick<ReplayWire, 'probe'>;
	readonly link: LinkKeeper;
	/** Changes when the machine's network does. */
	readonly networkAddresses: () => string;
	/** Sends what may go; answers how many attempts are under way then. */
	readonly send: () => number;
}

export class Prober {
	readonly #options: ProberOptions;
	#isProbing = false;
	#isStopped = false;
	#addresses = '';
	#callOff: () => void = () => undefined;

	constructor(options: ProberOptions) {
		this.#options = options;
		this.#addresses = options.networkAddresses();
	}

	/** Counts as an attempt under way. */
	get isProbing(): boolean {
		return this.#isProbing;
	}

	/** `restEndsAt`: monotonic time of the next end of a delivery's rest, if one matters. */
	setAlarm(underWay: number, restEndsAt: number | undefined): void {
		this.#callOff();
		const { clock, link } = this.#options;
		const probeAt = link.nextProbeAt;
		const next = Math.min(probeAt ?? Number.POSITIVE_INFINITY, restEndsAt ?? Number.POSITIVE_INFINITY);
		// What is under way will look again when it ends.
		if (this.#isStopped || underWay > 0 || !Number.isFinite(next)) return;
		const leftMs = Math.max(0, next - clock.elapsed());
		if (probeAt === undefined || leftMs <= lookEveryMs) this.#callOff = clock.after(leftMs, () => this.probe());
		else this.#callOff = clock.after(lookEveryMs, () => this.#lookAtNetwork(restEndsAt));
	}

	/** A cable was plugged in, or another network joined: that is worth an early look at the line. */
	#lookAtNetwork(restEndsAt: number | undefined): void {
		const addresses = this.#options.networkAddresses();
		if (addresses !== this.#addresses) this.#options.link.wake();
		this.#addresses = addresses;
		this.setAlarm(0, restEndsAt);
	}

	/** Sends what may go; if that is nothing and the line is due for a look, a bare connection tells whether it is back. */
	probe(): void {
		const { wire, link, send } = this.#options;
		const underWay = send();
		const isDue = link.nextProbeAt === undefined || link.permits(0) > 0;
		if (this.#isStopped || this.#isProbing || link.isPaused || underWay > 0 || !isDue) return;
		this.#isProbing = true;
		void wire.probe().then((trouble) => {
			this.#isProbing = false;
			link.observe(trouble === undefined ? { kind: 'connected' } : { kind: 'trouble', trouble });
			send();
		});
	}

	stop(): void {
		this.#isStopped = true;
		this.#callOff();
	}
}
