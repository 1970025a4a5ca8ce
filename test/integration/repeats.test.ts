/** Calls that meet each other: repeats while the outcome is on its way, hanging calls beside others. */
import { beforeAll, expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const deniz = { phoneNumber: '600100203' };
const rounds = Array.from({ length: 8 }, (_, round) => round);
const atOnce = Array.from({ length: 20 });
let shop: Shop;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 3_000 } });
	return () => shop.close();
}, 30_000);

test('repeats of a sale while its outcome is on its way are answered with it', async () => {
	await shop.calmed();
	for (const round of rounds) {
		const replies = await Promise.all(atOnce.map(() => shop.till.sell(`many-${round}`)));
		expect(replies.map((reply) => [reply.status, reply.json.agent?.state])).toEqual(replies.map(() => [200, 'confirmed']));
		expect(replies.filter((reply) => reply.json.agent?.duplicate === false)).toHaveLength(1);
	}
});

test('repeats of a pay while its outcome is on its way are answered with it, and nobody pays twice', async () => {
	await shop.calmed();
	const before = (await shop.service.effects()).totals['pay']?.applied ?? 0;
	const pay = (round: number) => shop.till.post('/v1/payment', { member: deniz, payment: { amount: 1 }, transaction: { transactionId: `paid-${round}` } });
	for (const round of rounds) {
		const replies = await Promise.all(atOnce.map(() => pay(round)));
		expect(replies.map((reply) => [reply.status, reply.json.agent?.state])).toEqual(replies.map(() => [200, 'confirmed']));
	}
	expect((await shop.service.effects()).totals['pay']?.applied).toBe(before + rounds.length);
});

test('a pay that hangs does not hold up the sale of somebody else', async () => {
	await shop.restartAgent();
	await shop.service.faults([{ fault: 'timeout', calls: ['pay'] }]);
	const pay = shop.till.post('/v1/payment', { member: deniz, payment: { amount: 1 } });
	await until(async () => (await shop.deliveries('?call=payment&state=sending')).length === 1, 'the pay hangs');
	expect((await shop.till.sell('beside-pay', { member: ana })).json.agent?.state).toBe('confirmed');
	expect((await pay).status).toBe(504);
});

test('a key that came with a repeat stands for that call', async () => {
	await shop.calmed();
	await shop.till.sell('k-1');
	await shop.till.sell('k-1', {}, { 'idempotency-key': 'K' });
	expect((await shop.till.sell('k-2', {}, { 'idempotency-key': 'K' })).status).toBe(422);
});

test('a cancel that names its transactionId is found by it', async () => {
	await shop.calmed();
	const sale = await shop.till.sell('find-me');
	await shop.till.post('/v1/transaction', { transaction: { action: 'cancel', transactionId: 'find-me', confirmationCode: sale.json.confirmationCode } });
	expect(await shop.deliveries('?transactionId=find-me')).toHaveLength(2);
});

test("a person's word makes live calls worth a try again, once our key is accepted", async () => {
	await shop.calmed();
	await shop.service.faults([{ fault: 'status', status: 401, times: 1 }]);
	expect((await shop.till.post('/v1/member/details', { member: ana })).status).toBe(503);
	expect((await shop.status()).link.state).toBe('misconfigured');
	await shop.manager.post('/agent/v1/replay/send-now', {});
	expect((await shop.till.post('/v1/member/details', { member: ana })).status).toBe(200);
	expect((await shop.status()).link.state).toBe('online');
});
