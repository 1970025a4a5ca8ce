/** When to try again. Jitter keeps ten thousand tills from coming back in step. */

/** `random` is in [0, 1). Half the delay is fixed, half is chance, so that the delay never collapses to nothing. */
function withJitter(delayMs: number, random: number): number {
	return Math.round(delayMs / 2 + (delayMs / 2) * random);
}

const probe = { firstMs: 1_000, longestMs: 30_000 } as const;

/** Delay before the next probe of a link that failed `failures` times in a row (1 or more); never over 30 s. */
export function probeDelayMs(failures: number, random: number): number {
	return withJitter(Math.min(probe.longestMs, probe.firstMs * 2 ** Math.min(failures - 1, 10)), random);
}

const single = { firstMs: 2_000, factor: 5, longestMs: 15 * 60_000 } as const;

/** Delay before the next try of one delivery that keeps failing while others succeed: about 2 s, 10 s, 50 s … 15 min. */
export function deliveryDelayMs(failures: number, random: number): number {
	return withJitter(Math.min(single.longestMs, single.firstMs * single.factor ** Math.min(failures - 1, 10)), random);
}
