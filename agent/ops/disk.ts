/** Free disk space, looked at when somebody asks and the last look is not fresh: an idle agent reads nothing. */
import { statfsSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';

const freshForMs = 1_000;
const bytesPerMiB = 1024 * 1024;

export class Disk {
	readonly #directory: string;
	readonly #floorMiB: number;
	readonly #clock: Clock;
	#freeMiB = Number.POSITIVE_INFINITY;
	#lookedAt = Number.NEGATIVE_INFINITY;

	/** `floorMiB`: below it nothing new is accepted. */
	constructor(directory: string, floorMiB: number, clock: Clock) {
		this.#directory = directory;
		this.#floorMiB = floorMiB;
		this.#clock = clock;
	}

	hasSpace(): boolean {
		return this.freeMiB() >= this.#floorMiB;
	}

	/** Whole MiB that this user can still write. */
	freeMiB(): number {
		const now = this.#clock.elapsed();
		if (now - this.#lookedAt > freshForMs) {
			const { bavail, bsize } = statfsSync(this.#directory);
			this.#freeMiB = Math.floor((bavail * bsize) / bytesPerMiB);
			this.#lookedAt = now;
		}
		return this.#freeMiB;
	}
}
