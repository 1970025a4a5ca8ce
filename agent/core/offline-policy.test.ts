import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OfflineRule } from '../../shared/settings-schema.ts';
import { giftsUsed, judgeOffline, type OfflineFacts, type WaitingSum } from './offline-policy.ts';

const minute = 60_000;
const nothing: WaitingSum = { count: 0, amountMinor: 0, oldestAt: undefined };
const none: OfflineFacts = {
	operation: 'sale',
	amountMinor: 0,
	gifts: 0,
	now: 1_000 * minute,
	waiting: () => nothing,
	waitingOfMember: () => nothing,
};
const rule = (limit: OfflineRule['limit'], per: OfflineRule['per'], above: number, more: Partial<OfflineRule> = {}): OfflineRule => ({
	...{ name: 'the-rule', operations: ['sale'], limit, per, above, action: 'flag' },
	...more,
});
const isPassed = (tried: OfflineRule, facts: Partial<OfflineFacts>) => judgeOffline([tried], { ...none, ...facts }).flags.length === 1;

describe('a rule about', () => {
	const waiting = () => ({ count: 3, amountMinor: 700, oldestAt: 990 * minute });
	const neverAsked = () => {
		throw new Error('nobody should ask for this');
	};

	test('the amount of a call looks at this call alone', () => {
		const facts = { amountMinor: 301, waiting: neverAsked, waitingOfMember: neverAsked };
		expect([isPassed(rule('amount', 'call', 300), facts), isPassed(rule('amount', 'call', 301), facts)]).toEqual([true, false]);
	});

	test('the amount of a member adds what waits of the same member', () => {
		const facts = { amountMinor: 301, waiting: neverAsked, waitingOfMember: waiting };
		expect([isPassed(rule('amount', 'member', 1_000), facts), isPassed(rule('amount', 'member', 1_001), facts)]).toEqual([true, false]);
	});

	test('the count includes this call, of everybody or of the member', () => {
		expect([isPassed(rule('count', 'call', 3), { waiting }), isPassed(rule('count', 'call', 4), { waiting })]).toEqual([true, false]);
		const facts = { waiting: neverAsked, waitingOfMember: waiting };
		expect([isPassed(rule('count', 'member', 3), facts), isPassed(rule('count', 'member', 4), facts)]).toEqual([true, false]);
		expect([isPassed(rule('count', 'call', 0), {}), isPassed(rule('count', 'call', 1), {})]).toEqual([true, false]);
	});

	test('the age looks at the oldest, in minutes; with nothing waiting there is none', () => {
		expect([isPassed(rule('age', 'call', 9), { waiting }), isPassed(rule('age', 'call', 10), { waiting })]).toEqual([true, false]);
		expect([isPassed(rule('age', 'member', 9), { waitingOfMember: waiting }), isPassed(rule('age', 'member', 0), {})]).toEqual([true, false]);
		expect(isPassed(rule('age', 'call', 0), {})).toBe(false);
	});

	test('gifts looks at this call', () => {
		expect([isPassed(rule('gifts', 'call', 0), { gifts: 1 }), isPassed(rule('gifts', 'call', 1), { gifts: 1 })]).toEqual([true, false]);
	});

	test('some operations is not even measured for others, and sums up its own', () => {
		const asked: (readonly string[])[] = [];
		const waitingOf = (operations: readonly string[]) => {
			asked.push(operations);
			return nothing;
		};
		judgeOffline([rule('count', 'call', 0, { operations: ['register', 'update'] })], { ...none, waiting: neverAsked });
		judgeOffline([rule('count', 'call', 0, { operations: ['sale', 'event'] })], { ...none, waiting: waitingOf });
		expect(asked).toEqual([['sale', 'event']]);
	});
});

const anyRule: fc.Arbitrary<OfflineRule> = fc.record({
	name: fc.stringMatching(/^[a-z0-9]{1,8}$/),
	operations: fc.uniqueArray(fc.constantFrom('sale', 'cancelSale', 'cancelPay', 'register', 'update', 'event'), { minLength: 1 }),
	limit: fc.constantFrom('amount', 'count', 'age', 'gifts'),
	per: fc.constantFrom('call', 'member'),
	above: fc.nat(50),
	action: fc.constantFrom('flag', 'refuse'),
});
const anySum: fc.Arbitrary<WaitingSum> = fc.record({
	count: fc.nat(50),
	amountMinor: fc.nat(50),
	oldestAt: fc.option(fc.nat(60 * minute), { nil: undefined }),
});
const anyFacts: fc.Arbitrary<OfflineFacts> = fc
	.record({ operation: anyRule.chain(({ operations }) => fc.constantFrom(...operations)), amountMinor: fc.nat(50), gifts: fc.nat(5), all: anySum, own: anySum })
	.map(({ all, own, ...facts }) => ({ ...facts, now: 60 * minute, waiting: () => all, waitingOfMember: () => own }));

describe('whatever the rules are,', () => {
	test('a call is refused only by a rule that says so, is for it, and is passed; the first one is named', () => {
		fc.assert(
			fc.property(fc.array(anyRule), anyFacts, (rules, facts) => {
				const { flags, refusedBy } = judgeOffline(rules, facts);
				const each = rules.filter((one) => judgeOffline([one], facts).flags.length === 1);
				expect(flags).toEqual(each.map(({ name }) => name));
				expect(refusedBy).toBe(each.find(({ action }) => action === 'refuse')?.name);
				expect(each.every(({ operations }) => operations.some((name) => name === facts.operation))).toBe(true);
			}),
		);
	});

	test('a higher limit lets no less through', () => {
		fc.assert(
			fc.property(anyRule, anyFacts, fc.nat(100), (one, facts, more) => {
				if (isPassed({ ...one, above: one.above + more }, facts)) expect(isPassed(one, facts)).toBe(true);
			}),
		);
	});

	test('without rules nothing happens', () => {
		fc.assert(
			fc.property(anyFacts, (facts) => {
				expect(judgeOffline([], facts)).toEqual({ flags: [], refusedBy: undefined });
			}),
		);
	});
});

describe('gifts in a sale', () => {
	test.each<[string, Record<string, unknown>, number]>([
		['beside the transaction', { usedAssets: ['GIFT-1'] }, 1],
		['inside it', { transaction: { usedAssets: [{ key: 'GIFT-1' }, 'GIFT-2'] } }, 2],
		['in both places', { usedAssets: ['GIFT-1'], transaction: { usedAssets: ['GIFT-2'] } }, 2],
		['nowhere', { transaction: {} }, 0],
		['as empty lists', { usedAssets: [], transaction: { usedAssets: [] } }, 0],
		['as something else', { usedAssets: 'GIFT-1', transaction: { usedAssets: { length: 3 } } }, 0],
	])('%s are counted (K17)', (_where, body, count) => {
		expect(giftsUsed(body)).toBe(count);
	});
});
