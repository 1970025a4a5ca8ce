import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Allowance } from './allowance.ts';

test('so much at once, and then so much per second', () => {
	const clock = new FakeClock();
	const allowance = new Allowance(clock, { burst: 3, perSecond: 2 });
	expect([1, 2, 3, 4].map(() => allowance.take())).toEqual([true, true, true, false]);
	expect(allowance.retryAfterSeconds).toBe(1);
	clock.advance(500);
	expect([allowance.take(), allowance.take()]).toEqual([true, false]);
});

test('a slow one says how long to wait', () => {
	const clock = new FakeClock();
	const allowance = new Allowance(clock, { burst: 1, perSecond: 0.1 });
	expect(allowance.take()).toBe(true);
	expect(allowance.retryAfterSeconds).toBe(10);
	clock.advance(9_000);
	expect([allowance.take(), allowance.retryAfterSeconds]).toEqual([false, 1]);
	clock.advance(1_001);
	expect(allowance.take()).toBe(true);
});

test('whatever the pace, never more than the burst and what time has given', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(400), { maxLength: 200 }), (burst, perSecond, pauses) => {
			const clock = new FakeClock();
			const allowance = new Allowance(clock, { burst, perSecond });
			let taken = 0;
			for (const pause of pauses) {
				clock.advance(pause);
				if (allowance.take()) taken += 1;
			}
			expect(taken).toBeLessThanOrEqual(burst + (clock.elapsed() / 1_000) * perSecond + 1e-6);
		}),
	);
});
