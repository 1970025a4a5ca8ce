import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Balance } from '../../shared/member-memo.ts';
import { adviceAbout, compareBalances, type Finding, findingOf, settlingMs, takesPlaceOf } from './pay-journal.ts';

const amount = fc.integer({ min: -1_000, max: 1_000 });
const balance: fc.Arbitrary<Balance> = fc.record({ points: amount, credit: amount }, { requiredKeys: [] });
const mirrored = { lower: 'higher', higher: 'lower', same: 'same', unknown: 'unknown' } as const;

describe('of two balances', () => {
	test.each<[Balance | undefined, Balance | undefined, string]>([
		[{ points: 200 }, { points: 100 }, 'lower'],
		[{ points: 200 }, { points: 200 }, 'same'],
		[{ points: 200 }, { points: 201 }, 'higher'],
		[{ points: 200, credit: 50 }, { points: 200, credit: 40 }, 'lower'],
		[{ points: 200, credit: 50 }, { points: 210, credit: 50 }, 'higher'],
		[{ points: 200, credit: 50 }, { points: 100, credit: 60 }, 'unknown'],
		[{ points: 200, credit: 50 }, { points: 100 }, 'lower'],
		[{ points: 200 }, { credit: 200 }, 'unknown'],
		[{}, {}, 'unknown'],
		[undefined, { points: 1 }, 'unknown'],
		[{ points: 1 }, undefined, 'unknown'],
	])('%o and %o is said: %s', (before, after, found) => {
		expect(compareBalances(before, after)).toBe(found);
	});

	test('what is said turns around when they are exchanged, and one with itself is never more or less', () => {
		fc.assert(
			fc.property(balance, balance, (before, after) => {
				expect(compareBalances(after, before)).toBe(mirrored[compareBalances(before, after)]);
				expect(compareBalances(before, before)).toBe(Object.keys(before).length === 0 ? 'unknown' : 'same');
			}),
		);
	});

	test('a pay of either is seen as lower', () => {
		fc.assert(
			fc.property(amount, amount, fc.integer({ min: 1, max: 500 }), fc.boolean(), (points, credit, paid, isPoints) => {
				const after = isPoints ? { points: points - paid, credit } : { points, credit: credit - paid };
				expect(compareBalances({ points, credit }, after)).toBe('lower');
			}),
		);
	});
});

describe('a balance before', () => {
	const hour = 60 * 60_000;
	const after = { points: 100, seenAt: 11 * hour };
	test('is trusted for an hour', () => {
		expect(findingOf({ points: 200, seenAt: 9 * hour }, after, 10 * hour)).toBe('lower');
		expect(findingOf({ points: 200, seenAt: 9 * hour - 1 }, after, 10 * hour)).toBe('stale');
		expect(findingOf({ points: 100, seenAt: 0 }, after, 10 * hour)).toBe('stale');
	});

	test('is not trusted after another pay', () => {
		expect(findingOf({ points: 200, seenAt: 10 * hour, paidSince: true }, after, 10 * hour)).toBe('stale');
	});

	test('says as little as none when there is none after', () => {
		expect(findingOf({ points: 200, seenAt: 0 }, undefined, 10 * hour)).toBe('unknown');
		expect(findingOf(undefined, after, 10 * hour)).toBe('unknown');
	});
});

test('every finding has an advice of its own, and only two of them lean to a side', () => {
	const findings: Finding[] = ['lower', 'same', 'higher', 'unknown', 'stale'];
	const all = findings.map(adviceAbout);
	expect(new Set(all).size).toBe(findings.length);
	expect(all.filter((text) => text.includes('probably'))).toEqual([adviceAbout('lower'), adviceAbout('same')]);
	expect(adviceAbout('lower')).toMatch(/probably taken.*confirm/);
	expect(adviceAbout('same')).toMatch(/probably not taken.*withdraw/);
	expect(adviceAbout('unknown')).toMatch(/none after it yet, wait.*ask the loyalty provider/);
});

test('a look that came early gives way to a later one, a later one stays', () => {
	expect(takesPlaceOf(undefined, 5)).toBe(true);
	expect(takesPlaceOf({ seenAt: 1_000 }, 1_000)).toBe(true);
	expect(takesPlaceOf({ seenAt: 1_000 + settlingMs - 1 }, 1_000)).toBe(true);
	expect(takesPlaceOf({ seenAt: 1_000 + settlingMs }, 1_000)).toBe(false);
});
