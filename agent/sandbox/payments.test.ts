import { expect, test } from 'vitest';
import { at } from '../core/json.ts';
import { ana, codeOf, openTill, pointsOfAna } from './test-till.ts';

const luis = { phoneNumber: '600100201' };
const aPay = (amount: number, member: object = ana) => ({ member, payment: { action: 'pay', amount }, transaction: { transactionId: 'T-1' } });

test('a pay takes points and answers code and balance; its cancel gives them back once', async () => {
	const till = await openTill();
	const paid = await till.post('payment', aPay(300));
	const confirmationCode = at(paid.body, 'data', 'confirmationCode');
	expect(paid.body).toEqual({ status: 'success', data: { confirmationCode: expect.any(String), newBalance: { points: 1_700, credit: 0 } } });
	expect(await till.effects('payments', 'T-1')).toMatchObject([{ operation: 'pay', applied: 1, order: 1, confirmationCode, cancelled: false }]);
	const cancel = { member: ana, payment: { action: 'cancel', confirmationCode } };
	expect((await till.post('payment', cancel)).body).toEqual({ status: 'success', data: { confirmationCode, newBalance: { points: 2_000, credit: 0 } } });
	expect(codeOf(await till.post('payment', cancel))).toBe('ALREADY_CANCELLED');
	await till.set({ cancelAgainSucceeds: true });
	expect((await till.post('payment', cancel)).body).toMatchObject({ status: 'success', data: { newBalance: { points: 2_000 } } });
	expect(await till.effects('payments', 'T-1')).toMatchObject([{ cancelled: true }]);
	expect(await till.effects('cancels', 'T-1')).toMatchObject([{ operation: 'cancelPay', confirmationCode, applied: 1 }]);
});

test('the same pay twice is two payments', async () => {
	const till = await openTill();
	await till.post('payment', aPay(300));
	await till.post('payment', aPay(300));
	expect(await pointsOfAna(till)).toBe(1_400);
	expect(await till.effects('payments')).toMatchObject([{ requests: 2, applied: 2 }]);
});

test('a pay above the balance is refused whole, or taken in part by comoPartial', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('payment', aPay(2_001)))).toBe('407');
	expect(await pointsOfAna(till)).toBe(2_000);
	await till.set({ comoPartial: true });
	expect((await till.post('payment', aPay(2_001))).body).toMatchObject({ data: { newBalance: { points: 0 }, payments: [{ type: 'POINTS', amount: 2_000 }] } });
	expect(codeOf(await till.post('payment', aPay(1)))).toBe('407');
});

test('payWith takes credit instead of points', async () => {
	const till = await openTill();
	await till.set({ payWith: 'credit' });
	expect((await till.post('payment', aPay(1_000, luis))).body).toMatchObject({ data: { newBalance: { points: 150, credit: 4_000 } } });
});

test('a pay is refused for a stranger, for nothing, for less than nothing, for fractions, and in strict without its sale', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('payment', aPay(300, { phoneNumber: '699999999' })))).toBe('203');
	for (const amount of [0, -300, 1.5]) expect([amount, codeOf(await till.post('payment', aPay(amount)))]).toEqual([amount, '1001']);
	expect(codeOf(await till.post('payment', { member: ana, payment: { action: 'pay' } }))).toBe('BAD_REQUEST');
	expect((await till.post('payment', { member: ana, payment: { amount: 1 } })).body).toMatchObject({ status: 'success' });
	await till.set({ strict: true });
	expect(codeOf(await till.post('payment', { member: ana, payment: { amount: 1 } }))).toBe('BAD_REQUEST');
});

test('a cancel is refused for an unknown code, and in strict for an amount other than the negative', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('payment', { action: 'cancel', confirmationCode: 'ABC123' }))).toBe('CONFIRMATION_NOT_FOUND');
	expect(codeOf(await till.post('payment', { payment: { action: 'cancel' } }))).toBe('BAD_REQUEST');
	await till.set({ strict: true });
	const confirmationCode = at((await till.post('payment', aPay(300))).body, 'data', 'confirmationCode');
	expect(codeOf(await till.post('payment', { payment: { action: 'cancel', confirmationCode, amount: 300 } }))).toBe('1001');
	expect((await till.post('payment', { payment: { action: 'cancel', confirmationCode, amount: -300 } })).body).toMatchObject({ status: 'success' });
});
