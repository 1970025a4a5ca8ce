import { expect, test } from 'vitest';
import { clockOffsetSeconds } from './clock-offset.ts';

const date = 'Sun, 22 Nov 2026 10:15:00 GMT';
const theirs = Date.UTC(2026, 10, 22, 10, 15);

test.each([
	[0, 0],
	[999, 0],
	[1_000, 0],
	[1_600, 2],
	[-1_000, 0],
	[-61_000, -61],
	[3_600_000, 3_600],
])('a till %i ms ahead is ahead by %i s', (aheadMs, seconds) => {
	expect(clockOffsetSeconds(date, theirs + aheadMs)).toBe(seconds);
});

test('a header that is no date says nothing', () => {
	expect(clockOffsetSeconds('soon', theirs)).toBeUndefined();
});
