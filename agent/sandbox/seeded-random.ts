/** Chance that repeats: the same seed gives the same row of numbers. Never for codes, which must differ after a restart. */
export type Random = () => number;

/** Numbers in [0, 1) by the mulberry32 generator; `seed` counts modulo 2^32. */
export function seededRandom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
