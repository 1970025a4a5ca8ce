import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessDayOf, dayAt, rfc3339 } from './instant.ts';

const madrid = 'Europe/Madrid';

describe('the business day', () => {
	test.each([
		['2026-01-15T22:59:59Z', '2026-01-15', 'an hour and a second before midnight UTC, winter time'],
		['2026-01-15T23:00:00Z', '2026-01-16', 'midnight in Madrid, winter time'],
		['2026-07-15T21:59:59Z', '2026-07-15', 'two hours and a second before midnight UTC, summer time'],
		['2026-07-15T22:00:00Z', '2026-07-16', 'midnight in Madrid, summer time'],
		['2026-03-28T22:59:59Z', '2026-03-28', 'the night before summer time begins'],
		['2026-03-28T23:00:00Z', '2026-03-29', 'the day on which summer time begins'],
		['2026-03-29T21:59:59.999Z', '2026-03-29', 'its last moment: that day has 23 hours'],
		['2026-03-29T22:00:00Z', '2026-03-30', 'the day after'],
		['2026-10-24T22:00:00Z', '2026-10-25', 'the day on which summer time ends'],
		['2026-10-25T22:59:59Z', '2026-10-25', 'its last moment: that day has 25 hours'],
		['2026-10-25T23:00:00Z', '2026-10-26', 'the day after'],
		['2026-12-31T23:30:00Z', '2027-01-01', 'the new year'],
		['2026-07-16T00:30:00+02:00', '2026-07-16', 'an offset of the shop itself'],
		['2026-07-16T00:30:00+0200', '2026-07-16', 'an offset without colon'],
		['2026-07-15T20:30:00-05:00', '2026-07-16', 'an offset of somewhere else'],
		['2026-07-16T00:30:00+09:00', '2026-07-15', 'an offset far east'],
		['2026-07-15T23:30:00', '2026-07-15', 'no offset: the time of the shop'],
		['2026-07-15T23:30', '2026-07-15', 'no offset, no seconds'],
		['2026-07-15 23:30:00.123', '2026-07-15', 'a blank in place of the T'],
		['2026-07-15', '2026-07-15', 'a day alone'],
		['2026-07-15t22:30:00z', '2026-07-16', 'small letters'],
	])('of %s is %s: %s', (text, day) => {
		expect(businessDayOf(text, madrid)).toBe(day);
	});

	test.each(['', 'yesterday', '15/07/2026', '2026-7-15', '20260715', '2026-07-15T25', '2026-13-15T10:00:00Z', '2026-07-15T10:00:00Zebra', '1752566400'])(
		'of %j is not known',
		(text) => {
			expect(businessDayOf(text, madrid)).toBeUndefined();
		},
	);

	test('is another one in another zone', () => {
		expect(businessDayOf('2026-07-15T23:30:00Z', 'Atlantic/Canary')).toBe('2026-07-16');
		expect(businessDayOf('2026-07-15T22:30:00Z', 'Atlantic/Canary')).toBe('2026-07-15');
	});

	test('is the same for one moment, whatever offset it is written with', () => {
		const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
		fc.assert(
			fc.property(moment, fc.integer({ min: -12, max: 14 }), (date, hours) => {
				const local = new Date(date.getTime() + hours * 3_600_000).toISOString().slice(0, -1);
				const offset = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
				expect(businessDayOf(local + offset, madrid)).toBe(dayAt(date.getTime(), madrid));
			}),
			{ numRuns: 50 },
		);
	});

	test('of a moment in an unknown zone cannot be told', () => {
		expect(() => dayAt(0, 'Mars/Olympus')).toThrow(RangeError);
	});
});

test('times are written in UTC with milliseconds', () => {
	expect(rfc3339(Date.UTC(2026, 10, 22, 10, 15, 0, 7))).toBe('2026-11-22T10:15:00.007Z');
});
