import { expect, test } from 'vitest';
import { clockOffsetSeconds, isClockWrong, offsetInWords } from './clock-offset.ts';

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

test('a clock is wrong beyond a minute, either way', () => {
	expect([-61, -60, 0, 60, 61].map(isClockWrong)).toEqual([true, false, false, false, true]);
});

test.each([
	[61, '1 minute ahead'],
	[-180, '3 minutes behind'],
	[3_600, '60 minutes ahead'],
	[-7_200, '2 hours behind'],
	[86_400, '24 hours ahead'],
	[2 * 86_400, '2 days ahead'],
	[-400 * 86_400, '400 days behind'],
])('%i s is %s', (seconds, words) => {
	expect(offsetInWords(seconds)).toBe(words);
});
