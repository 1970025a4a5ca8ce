import { expect, test } from 'vitest';
import { at } from '../core/json.ts';
import { ana, aSale, codeOf, openTill, pointsOfAna } from './test-till.ts';

test('a sale awards one point per ten minor units and answers a code', async () => {
	const till = await openTill();
	const answer = await till.post('transaction', aSale('T-1', 5_009));
	expect(answer.body).toEqual({ status: 'success', confirmationCode: expect.any(String) });
	expect((await till.post('member/details', { member: ana })).body).toMatchObject({ member: { points: 2_500, visit: 4, totalSpent: 17_509 } });
	expect(await till.effects('sales', 'T-1')).toMatchObject([
		{
			operation: 'sale',
			branchId: 'BR001',
			posId: 'POS001',
			transactionId: 'T-1',
			member: ana,
			requests: 1,
			applied: 1,
			order: 1,
			confirmationCode: at(answer.body, 'confirmationCode'),
			cancelled: false,
		},
	]);
	await till.set({ minorUnitsPerPoint: 100 });
	await till.post('transaction', aSale('T-2', 5_000));
	expect(await pointsOfAna(till)).toBe(2_550);
});

test('a sale without a member, or with an empty one, is anonymous', async () => {
	const till = await openTill();
	const { transaction } = aSale('T-1');
	expect((await till.post('transaction', { transaction })).body).toMatchObject({ status: 'success' });
	expect((await till.post('transaction', { member: {}, transaction: aSale('T-2').transaction })).body).toMatchObject({ status: 'success' });
	expect(await till.effects('sales')).toMatchObject([{ member: null, applied: 1 }, { applied: 1 }]);
});

test('the same transactionId is the same sale: one award, one code', async () => {
	const till = await openTill();
	const first = await till.post('transaction', aSale('T-1'));
	const again = await till.post('transaction', aSale('T-1'));
	const other = await till.post('transaction', aSale('T-1', 9_000));
	expect(again.body).toEqual(first.body);
	expect(other.body).toEqual(first.body);
	expect(await pointsOfAna(till)).toBe(2_500);
	const [sale] = await till.effects('sales', 'T-1');
	expect(sale).toMatchObject({ requests: 3, applied: 1 });
	const bodies = at(sale, 'bodies');
	expect(bodies).toHaveLength(3);
	expect(Array.isArray(bodies) ? new Set(bodies).size : 0).toBe(2);
});

test('strict refuses another body under a known transactionId, but not another spelling of the same', async () => {
	const till = await openTill();
	await till.set({ strict: true });
	const full = { openTime: '2026-07-01T13:30:00Z', totalTaxAmount: 800, totalGeneralDiscount: 0 };
	const transaction = { ...aSale('T-1').transaction, ...full };
	const first = await till.post('transaction', { member: ana, transaction });
	expect(first.body).toMatchObject({ status: 'success' });
	expect((await till.post('transaction', { transaction, member: ana })).body).toEqual(first.body);
	expect(codeOf(await till.post('transaction', { member: ana, transaction: { ...transaction, totalAmount: 1 } }))).toBe('TRANSACTION_MISMATCH');
});

test('the same transactionId of another terminal or branch is another sale', async () => {
	const till = await openTill();
	const codes = new Set<unknown>();
	for (const headers of [{}, { 'x-pos-id': 'POS002' }, { 'x-branch-id': 'BR002' }]) {
		codes.add(at((await till.post('transaction', aSale('T-1'), headers)).body, 'confirmationCode'));
	}
	expect(codes.size).toBe(3);
	expect(await till.effects('sales', 'T-1')).toHaveLength(3);
});

test('a sale is refused for a stranger and for missing or impossible fields', async () => {
	const till = await openTill();
	const transaction = aSale('T-1').transaction;
	const refusal = async (body: unknown) => codeOf(await till.post('transaction', body));
	expect(await refusal({ member: { phoneNumber: '699999999' }, transaction })).toBe('203');
	expect(await refusal({ transaction: { transactionId: 'T-1', dateTime: '2026-07-01T13:45:00Z' } })).toBe('BAD_REQUEST');
	expect(await refusal({ transaction: { transactionId: 'T-0', totalAmount: 5 } })).toBeUndefined();
	expect(await refusal({ transaction: { ...transaction, totalAmount: 12.5 } })).toBe('1001');
	expect(await refusal({ transaction: { totalAmount: 5 } })).toBe('BAD_REQUEST');
	expect(await refusal({ transaction: { transactionId: 'T-1', openTime: '2026-07-01T13:45:00Z', totalAmount: 5 } })).toBeUndefined();
	await till.set({ strict: true });
	expect(await refusal({ transaction: { ...transaction, transactionId: 'T-2' } })).toBe('BAD_REQUEST');
	const { payments, ...unpaid } = transaction;
	const full = { ...unpaid, transactionId: 'T-3', openTime: '2026-07-01T13:30:00Z', totalTaxAmount: 0, totalGeneralDiscount: 0 };
	expect(await refusal({ transaction: full })).toBe('BAD_REQUEST');
	expect(await refusal({ transaction: { ...full, meansOfPayment: payments } })).toBeUndefined();
});

test('a gift is used up by a sale, wherever and however it is named', async () => {
	const till = await openTill();
	const gifts = async () => at((await till.post('member/details', { member: ana })).body, 'member', 'assets');
	const { transaction } = aSale('T-1');
	const sold = await till.post('transaction', { member: ana, transaction: { ...transaction, usedAssets: [{ code: 'GIFT-1' }] } });
	expect(await gifts()).toEqual([]);
	await till.post('transaction', { transaction: { action: 'cancel', confirmationCode: at(sold.body, 'confirmationCode') } });
	expect(await gifts()).toEqual([]);
	expect((await till.post('transaction', { ...aSale('T-2'), usedAssets: ['GIFT-1'] })).body).toMatchObject({ status: 'success' });
	expect(codeOf(await till.post('transaction', { ...aSale('T-3'), usedAssets: [{ colour: 'red' }] }))).toBe('1001');
	expect(codeOf(await till.post('transaction', { ...aSale('T-3'), usedAssets: 'GIFT-1' }))).toBe('1001');
	await till.set({ strict: true });
	const full = { ...transaction, transactionId: 'T-4', openTime: '2026-07-01T13:30:00Z', totalTaxAmount: 0, totalGeneralDiscount: 0 };
	expect(codeOf(await till.post('transaction', { member: ana, transaction: full, usedAssets: ['GIFT-1'] }))).toBe('ASSET_NOT_REDEEMABLE');
});

test('a cancel, nested or flat, takes the points back once and leaves payments alone', async () => {
	const till = await openTill();
	const confirmationCode = at((await till.post('transaction', aSale('T-1'))).body, 'confirmationCode');
	expect((await till.post('transaction', { action: 'cancel', confirmationCode })).body).toEqual({ status: 'success' });
	expect((await till.post('member/details', { member: ana })).body).toMatchObject({ member: { points: 2_000, visit: 3, totalSpent: 12_500 } });
	const again = { member: ana, transaction: { confirmationCode } };
	expect(codeOf(await till.post('transaction', again))).toBe('ALREADY_CANCELLED');
	await till.set({ cancelAgainSucceeds: true });
	expect((await till.post('transaction', again)).body).toEqual({ status: 'success' });
	expect(await pointsOfAna(till)).toBe(2_000);
	expect(await till.effects('sales', 'T-1')).toMatchObject([{ cancelled: true, applied: 1 }]);
	expect(await till.effects('cancels', 'T-1')).toMatchObject([{ operation: 'cancelSale', confirmationCode, requests: 3, applied: 1, order: 2 }]);
});

test('a cancel of an unknown code is refused', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('transaction', { transaction: { confirmationCode: 'ABC123' } }))).toBe('CONFIRMATION_NOT_FOUND');
	expect(codeOf(await till.post('transaction', { action: 'cancel' }))).toBe('BAD_REQUEST');
});
