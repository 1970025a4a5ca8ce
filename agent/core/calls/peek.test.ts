import { describe, expect, test } from 'vitest';
import { isPayCancel, isSaleCancel, peekCancel, peekMember, peekPay, peekSale } from './peek.ts';

const member = { phoneNumber: '600100200' };

describe('a transaction body', () => {
	test.each([
		['says so inside', { transaction: { action: 'cancel', confirmationCode: 'A' } }],
		['says so at top level', { action: 'cancel', confirmationCode: 'A' }],
		['says so and has lines', { transaction: { action: 'cancel', confirmationCode: 'A', items: [{}] } }],
		['says so, its code forgotten', { transaction: { action: 'cancel' } }],
		['has a code and no lines, inside', { transaction: { confirmationCode: 'A' } }],
		['has a code and no lines, at top level', { confirmationCode: 'A', transaction: { transactionId: 'T' } }],
	])('is a cancel when it %s', (_why, body) => {
		expect(isSaleCancel({ member, ...body })).toBe(true);
	});

	test.each([
		['has no code', { transaction: { transactionId: 'T', totalAmount: 100 } }],
		['has lines, even none in them', { transaction: { transactionId: 'T', confirmationCode: 'A', items: [] } }],
		['has lines at top level', { confirmationCode: 'A', items: [{}] }],
		['has an empty code', { transaction: { transactionId: 'T', confirmationCode: '' } }],
		['has lines that are returned', { transaction: { transactionId: 'T', items: [{ action: 'cancel' }] } }],
		['is empty', {}],
		['is of the wrong shape', { transaction: 'cancel' }],
	])('is a sale when it %s', (_why, body) => {
		expect(isSaleCancel({ member, ...body })).toBe(false);
	});
});

describe('a payment body', () => {
	test.each([
		['says so inside', { payment: { action: 'cancel', confirmationCode: 'A' } }],
		['says so at top level', { action: 'cancel', confirmationCode: 'A' }],
		['has a code inside and says nothing', { payment: { confirmationCode: 'A', amount: -300 } }],
		['has a code at top level and says nothing', { confirmationCode: 'A' }],
	])('is a cancel when it %s', (_why, body) => {
		expect(isPayCancel({ member, ...body })).toBe(true);
	});

	test.each([
		['says so', { payment: { action: 'pay', amount: 300 } }],
		['says so, with a code', { payment: { action: 'pay', amount: 300, confirmationCode: 'A' } }],
		['says so inside, whatever stands outside', { action: 'cancel', payment: { action: 'pay', amount: 300 } }],
		['says nothing and has no code', { payment: { amount: 300 } }],
		['says something unheard of', { payment: { action: 'reserve', amount: 300, confirmationCode: 'A' } }],
	])('is a pay when it %s', (_why, body) => {
		expect(isPayCancel({ member, ...body })).toBe(false);
	});
});

describe('the member', () => {
	const anas = { phoneNumber: ' 600100200 ', email: 'Ana@Example.com', membershipKey: 'k-1', externalId: '2900001234567' };

	test('is known by all four identifiers, blanks around them gone and e-mail in small letters', () => {
		expect(peekMember({ member: anas }, ['member']).identifiers).toEqual([
			['phoneNumber', '600100200'],
			['email', 'ana@example.com'],
			['membershipKey', 'k-1'],
			['externalId', '2900001234567'],
		]);
	});

	test('is known from every place that is named, and from no other', () => {
		const body = { member: { email: 'a@b.c' }, newMemberData: { phoneNumber: '1' }, externalId: 'flat' };
		expect(peekMember(body, ['member'], ['newMemberData'], []).identifiers).toEqual([
			['email', 'a@b.c'],
			['phoneNumber', '1'],
			['externalId', 'flat'],
		]);
		expect(peekMember(body).identifiers).toEqual([]);
	});

	test('is not known by what is empty, no text, or in the wrong shape', () => {
		for (const odd of [{ phoneNumber: '  ' }, { phoneNumber: '' }, { phoneNumber: 600100200 }, { phoneNumber: null }, [], 'x', null, undefined]) {
			expect(peekMember({ member: odd }, ['member']).identifiers, JSON.stringify(odd)).toEqual([]);
		}
	});
});

describe('what is seen of a sale', () => {
	test('is its id, its member, its total, and when it was finished rather than opened', () => {
		const transaction = { transactionId: 'T-1', totalAmount: 5_000, dateTime: '2026-07-01T13:45:00Z', openTime: '2026-07-01T13:30:00Z' };
		expect(peekSale({ member, transaction })).toEqual({
			identifiers: [['phoneNumber', '600100200']],
			transactionId: 'T-1',
			amountMinor: 5_000,
			soldAt: '2026-07-01T13:45:00Z',
		});
		expect(peekSale({ transaction: { ...transaction, dateTime: '' } }).soldAt).toBe('2026-07-01T13:30:00Z');
	});

	test('is nothing where there is nothing usable', () => {
		expect(peekSale({ transaction: { transactionId: 7, totalAmount: '5000', dateTime: 5 } })).toEqual({ identifiers: [] });
		expect(peekSale({})).toEqual({ identifiers: [] });
	});
});

describe('what is seen of a cancel', () => {
	test('is its code, inside before outside, and its sale', () => {
		expect(peekCancel({ member, transaction: { confirmationCode: 'in', transactionId: 'T' }, confirmationCode: 'out' }, 'transaction')).toEqual({
			identifiers: [['phoneNumber', '600100200']],
			transactionId: 'T',
			confirmationCode: 'in',
		});
		expect(peekCancel({ confirmationCode: 'out', transaction: { confirmationCode: 'other' } }, 'payment').confirmationCode).toBe('out');
		expect(peekCancel({}, 'payment')).toEqual({ identifiers: [] });
	});
});

test('what is seen of a pay is its member and its sale', () => {
	expect(peekPay({ member, payment: { amount: 300 }, transaction: { transactionId: 'T', totalAmount: 300 } })).toEqual({
		identifiers: [['phoneNumber', '600100200']],
		transactionId: 'T',
	});
});

describe('a cancel with two different codes', () => {
	const provisional = 'PENDING-01JABCDEFGHJKMNPQRSTVWXYZ0';

	test.each([
		[{ transaction: { confirmationCode: 'REAL' }, confirmationCode: provisional }, provisional],
		[{ transaction: { confirmationCode: provisional }, confirmationCode: 'REAL' }, provisional],
		[{ transaction: { confirmationCode: 'A' }, confirmationCode: 'B' }, 'A'],
	])('names the provisional one, which must not leave, otherwise the inner one: %j', (body, code) => {
		expect(peekCancel(body, 'transaction').confirmationCode).toBe(code);
	});
});
