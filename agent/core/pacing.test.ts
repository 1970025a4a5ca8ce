import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryDelayMs, probeDelayMs } from './pacing.ts';

const failures = fc.integer({ min: 1, max: 100_000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a probe is never over 30 s away, and never at once', () => {
	fc.assert(
		fc.property(failures, chance, (count, random) => {
			const delay = probeDelayMs(count, random);
			expect(delay).toBeGreaterThanOrEqual(500);
			expect(delay).toBeLessThanOrEqual(30_000);
		}),
	);
});

test('probes come after 1, 2, 4, 8, 16 and then every 30 s, less up to half of it by chance', () => {
	expect([1, 2, 3, 4, 5, 6, 7, 1_000].map((count) => probeDelayMs(count, 1 - Number.EPSILON))).toEqual([
		1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
	]);
	expect([1, 2, 6].map((count) => probeDelayMs(count, 0))).toEqual([500, 1_000, 15_000]);
});

test('a delivery that fails by itself is tried after 2 s, 10 s, 50 s and so on, at most 15 minutes', () => {
	expect([1, 2, 3, 4, 5, 6, 1_000].map((count) => deliveryDelayMs(count, 1 - Number.EPSILON))).toEqual([
		2_000, 10_000, 50_000, 250_000, 900_000, 900_000, 900_000,
	]);
	fc.assert(
		fc.property(failures, chance, (count, random) => {
			const delay = deliveryDelayMs(count, random);
			expect(delay).toBeGreaterThanOrEqual(1_000);
			expect(delay).toBeLessThanOrEqual(15 * 60_000);
		}),
	);
});

test('more failures never mean a shorter pause, and chance spreads the tills over half of it', () => {
	fc.assert(
		fc.property(failures, chance, (count, random) => {
			for (const delayMs of [probeDelayMs, deliveryDelayMs]) {
				expect(delayMs(count + 1, random)).toBeGreaterThanOrEqual(delayMs(count, random));
				expect(delayMs(count, 1 - Number.EPSILON)).toBe(2 * delayMs(count, 0));
			}
		}),
	);
});
