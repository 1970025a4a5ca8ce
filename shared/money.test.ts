import { expect, test } from 'vitest';
import { readAmountMinor } from './money.ts';

test('an amount is a whole number of the smallest unit; a fraction is rounded, because it is only shown', () => {
	expect([5_000, 0, -300, 12.5, 12.4].map(readAmountMinor)).toEqual([5_000, 0, -300, 13, 12]);
});

test('anything else is not known', () => {
	for (const value of ['5000', null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 2 ** 53, {}, [], true, 5n])
		expect(readAmountMinor(value), String(value)).toBeUndefined();
});
