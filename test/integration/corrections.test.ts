/** A manager corrects what was refused: the corrected call takes its place, in the lanes and for later cancels. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../support/decide.ts';
import { ofTransaction, sha256 } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { cancelBody, idOf, type Reply, saleBody } from '../support/till.ts';

const ana = { phoneNumber: '600100200' };
const nobody = { phoneNumber: '699999999' };
const refusing = { fault: 'status', status: 200, code: 'MADE_UP' } as const;
let shop: Shop;
let number = 0;
let id: string;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 4_000 } });
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `corrected-${number}`;
	await shop.service.faults([]);
	await resume();
	await shop.drained();
	await shop.calmed();
});

const pause = () => shop.manager.post('/agent/v1/replay/pause', {});
const resume = () => shop.manager.post('/agent/v1/replay/resume', {});
const cancel = (code: string) => shop.till.post('/v1/transaction', cancelBody(code));
const correct = (delivery: string, body: unknown) => decide(shop.manager, 'correct', delivery, { body });
const saleOf = async () => ofTransaction((await shop.service.effects()).sales, id);
const cancelOf = async (code: string | undefined) => (await shop.service.effects()).cancels.find(({ confirmationCode }) => confirmationCode === code);

/** A sale of a member nobody knows; its register was told `queued`. */
async function refusedSale(): Promise<{ readonly delivery: string; readonly provisional: string }> {
	await pause();
	const sale = await shop.till.sell(id, { member: nobody });
	await resume();
	await shop.reaches(idOf(sale), 'refused');
	return { delivery: idOf(sale), provisional: sale.json.confirmationCode ?? '' };
}

/** Answers the new delivery's id. */
async function corrected(delivery: string, body: unknown = saleBody(id, { member: ana })): Promise<string> {
	const reply = await correct(delivery, body);
	expect([reply.status, reply.json.status]).toEqual([200, 'success']);
	expect(reply.delivery?.id).not.toBe(delivery);
	return reply.delivery?.id ?? '';
}

function expectImpossible(reply: Reply, sentence: RegExp): void {
	expect([reply.status, reply.json.error?.code]).toEqual([409, 'INVALID_STATE']);
	expect(reply.json.error?.message).toMatch(sentence);
}

describe('a corrected sale', () => {
	test('is a new delivery; the refused one says so, and is in nobody’s way', async () => {
		const before = (await shop.status()).deliveries;
		const { delivery } = await refusedSale();
		const newer = await corrected(delivery);
		expect(await shop.reaches(newer, 'confirmed')).toMatchObject({ call: 'transaction', transactionId: id, attempts: 1 });
		const old = await shop.delivery(delivery);
		expect(old).toMatchObject({ state: 'refused', supersededBy: newer, attempts: 1, refusal: { code: '203' } });
		expect(old.decisions).toMatchObject([{ person: 'manager', decision: 'correct' }]);
		expect((await shop.status()).deliveries).toMatchObject({ refused: before.refused, confirmedToday: before.confirmedToday + 1 });
		expect(await saleOf()).toMatchObject({ requests: 2, applied: 1, bodies: [expect.any(String), sha256(saleBody(id, { member: ana }))] });
		expect((await shop.till.sell(id, { member: nobody })).status).toBe(422);
		expect((await shop.till.sell(id, { member: ana })).json.agent).toMatchObject({ deliveryId: newer, duplicate: true });
	});

	test('goes out as the manager wrote it, every digit of it, with the headers of the original', async () => {
		await pause();
		const sale = await shop.till.post('/v1/transaction', saleBody(id, { member: nobody }), { 'x-pos-id': 'POS-42', 'x-branch-id': 'BR-42' });
		await resume();
		await shop.reaches(idOf(sale), 'refused');
		const body = `{ "transaction": {"transactionId":"${id}",\n "totalAmount": 1250, "one":1.0, "big":9007199254740993, "text":"\\u0041" } }`;
		const reply = await shop.manager.post(
			`/agent/v1/deliveries/${idOf(sale)}/correct`,
			`{"body":{"old":1}, "body" : ${body} ,"reason":"the card was mistyped"}`,
		);
		const newer: { readonly delivery: { readonly id: string } } = JSON.parse(reply.text);
		await shop.reaches(newer.delivery.id, 'confirmed');
		const effect = await saleOf();
		expect(effect).toMatchObject({ applied: 1, posId: 'POS-42' });
		expect(effect?.bodies.at(-1)).toBe(sha256(body));
		const whole = await shop.manager.get(`/agent/v1/deliveries/${newer.delivery.id}?include=body`);
		expect(whole.text).toContain(`"body":${body}`);
		expect(whole.json['headers']).toMatchObject({ 'x-pos-id': 'POS-42', 'x-branch-id': 'BR-42' });
	});

	test('belongs to the register that brought it', async () => {
		const { delivery } = await refusedSale();
		const newer = await corrected(delivery);
		await shop.reaches(newer, 'confirmed');
		const own = await shop.till.get(`/agent/v1/deliveries/${newer}`);
		expect([own.status, own.json['state']]).toEqual([200, 'confirmed']);
		expect(own.json).not.toHaveProperty('decisions');
		const listed = await shop.till.get(`/agent/v1/deliveries?transactionId=${id}`);
		expect(listed.text).toContain(newer);
	});

	test('that is refused again can be corrected again; what it replaced cannot be decided about any more', async () => {
		const { delivery } = await refusedSale();
		const second = await corrected(delivery, saleBody(id, { member: { phoneNumber: '698888888' } }));
		await shop.reaches(second, 'refused');
		for (const kind of ['retry', 'withdraw', 'confirm', 'correct'] as const) {
			const reply = await decide(shop.manager, kind, delivery, { body: saleBody(id) });
			expectImpossible(reply, new RegExp(`${second} took its place`));
		}
		const third = await corrected(second);
		await shop.reaches(third, 'confirmed');
		expect(await shop.delivery(second)).toMatchObject({ state: 'refused', supersededBy: third });
	});

	test.each([
		['another kind of call', () => cancelBody('some-code'), 'body.body'],
		['a payment', () => ({ member: ana, payment: { amount: 1 } }), 'body.body.transaction'],
		['without its transactionId', () => ({ transaction: { totalAmount: 1 } }), 'body.body.transaction.transactionId'],
		['an empty object', () => ({}), 'body.body.transaction'],
		['a list', () => [1], 'body.body'],
		['a text', () => 'sale', 'body.body'],
		['nothing', () => undefined, 'body.body'],
	])('cannot be %s', async (_what, body, path) => {
		const { delivery } = await refusedSale();
		const before = await shop.delivery(delivery);
		const reply = await correct(delivery, body());
		expect([reply.status, reply.json.error?.code, reply.json.error?.path]).toEqual([400, 'INVALID_REQUEST', path]);
		expect(await shop.delivery(delivery)).toEqual(before);
	});

	test('cannot take the transactionId of another sale that stands, with the same body or another', async () => {
		const other = await shop.till.sell(`${id}-other`);
		const { delivery } = await refusedSale();
		const before = await shop.delivery(delivery);
		for (const body of [saleBody(`${id}-other`), saleBody(`${id}-other`, { member: ana })]) {
			expectImpossible(await correct(delivery, body), new RegExp(`Delivery ${idOf(other)} was accepted under the same key`));
		}
		expect(await shop.delivery(delivery)).toEqual(before);
		expect((await saleOf())?.requests).toBe(1);
	});

	test('may have another transactionId, which then stands for it', async () => {
		const { delivery } = await refusedSale();
		const newer = await corrected(delivery, saleBody(`${id}-b`, { member: ana }));
		await shop.reaches(newer, 'confirmed');
		const again = await shop.till.sell(`${id}-b`, { member: ana });
		expect(again.json.agent).toMatchObject({ state: 'confirmed', deliveryId: newer, duplicate: true });
	});
});

test('a corrected registration goes before the writes of its member that waited for it', async () => {
	const member = { phoneNumber: `6117770${number}`, email: `late${number}@example.com` };
	await shop.service.faults([{ ...refusing, calls: ['register'], times: 1 }]);
	await pause();
	const registered = await shop.till.post('/v1/member/register', { ...member, firstName: 'Wrong' });
	const sale = await shop.till.sell(id, { member: { phoneNumber: member.phoneNumber } });
	const updated = await shop.till.post('/v1/member/update', { member: { email: member.email }, newMemberData: { firstName: 'Last' } });
	await resume();
	await shop.reaches(idOf(registered), 'refused');
	await shop.till.sell(`${id}-beside`);
	expect((await shop.delivery(idOf(sale))).state).toBe('queued');
	await shop.restartAgent('SIGKILL');
	await corrected(idOf(registered), { ...member, firstName: 'Right' });
	await shop.reaches(idOf(updated), 'confirmed');
	await shop.reaches(idOf(sale), 'confirmed');
	const { registers, sales, updates } = await shop.service.effects();
	const order = [registers.at(-1)?.order, ofTransaction(sales, id)?.order, updates.at(-1)?.order];
	expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
	expect(order).not.toContain(null);
});

test('a corrected pay is sent at once and answered with its outcome', async () => {
	await shop.service.faults([{ ...refusing, calls: ['pay'], times: 1 }]);
	const pay = (amount: number) => ({ member: { phoneNumber: '600100203' }, payment: { amount }, transaction: { transactionId: id } });
	const refused = await shop.till.post('/v1/payment', pay(900));
	expect(refused.json.agent?.state).toBe('refused');
	const reply = await correct(idOf(refused), pay(90));
	expect([reply.status, reply.delivery?.state, reply.delivery?.attempts]).toEqual([200, 'confirmed', 1]);
	expect((await shop.service.effects()).payments.filter(({ transactionId, applied }) => transactionId === id && applied > 0)).toHaveLength(1);
});

describe('a cancel that names the provisional code of a sale that was refused and corrected', () => {
	test('goes out with the real code of the corrected one', async () => {
		const { delivery, provisional } = await refusedSale();
		const { confirmationCode } = await shop.reaches(await corrected(delivery), 'confirmed');
		expect((await cancel(provisional)).json.agent?.state).toBe('confirmed');
		expect(await cancelOf(confirmationCode)).toMatchObject({ applied: 1, bodies: [sha256(cancelBody(confirmationCode))] });
		expect((await saleOf())?.cancelled).toBe(true);
	});

	test('does so after two corrections', async () => {
		const { delivery, provisional } = await refusedSale();
		const second = await corrected(delivery, saleBody(id, { member: { phoneNumber: '698888888' } }));
		await shop.reaches(second, 'refused');
		const { confirmationCode } = await shop.reaches(await corrected(second), 'confirmed');
		expect((await cancel(provisional)).json.agent?.state).toBe('confirmed');
		expect((await cancelOf(confirmationCode))?.applied).toBe(1);
	});

	test('ends both when the corrected one never left', async () => {
		const { delivery, provisional } = await refusedSale();
		await pause();
		const newer = await corrected(delivery);
		expect((await cancel(provisional)).json.agent?.state).toBe('withdrawn');
		expect((await shop.delivery(newer)).state).toBe('withdrawn');
		await resume();
		await shop.calmed();
		expect(await saleOf()).toMatchObject({ requests: 1, applied: 0 });
	});

	test('waits for the corrected one while its outcome is not known, also over a restart', async () => {
		const { delivery, provisional } = await refusedSale();
		await shop.service.faults([{ fault: 'cut', when: 'after', transactionId: id }]);
		const newer = await corrected(delivery);
		await shop.attempted(newer);
		const waiting = await cancel(provisional);
		expect(waiting.json.agent?.state).toBe('queued');
		await shop.restartAgent('SIGKILL');
		expect((await shop.delivery(idOf(waiting))).attempts).toBe(0);
		await shop.service.faults([]);
		await shop.reaches(idOf(waiting), 'confirmed');
		const { confirmationCode } = await shop.delivery(newer);
		expect(await cancelOf(confirmationCode)).toMatchObject({ requests: 1, applied: 1 });
		expect(await saleOf()).toMatchObject({ applied: 1, cancelled: true });
	});

	test('that waited already when the sale was refused goes out after the correction', async () => {
		await shop.service.faults([{ ...refusing, transactionId: id, delayMs: 1_700, times: 1 }]);
		const sale = await shop.till.sell(id);
		const waiting = await cancel(sale.json.confirmationCode ?? '');
		await shop.reaches(idOf(sale), 'refused');
		expect((await shop.delivery(idOf(waiting))).state).toBe('queued');
		const { confirmationCode } = await shop.reaches(await corrected(idOf(sale)), 'confirmed');
		await shop.reaches(idOf(waiting), 'confirmed');
		expect(await cancelOf(confirmationCode)).toMatchObject({ requests: 1, applied: 1, bodies: [sha256(cancelBody(confirmationCode))] });
		expect((await saleOf())?.cancelled).toBe(true);
	});

	test('that waited already goes out, too, when the sale is retried instead', async () => {
		await shop.service.faults([{ ...refusing, transactionId: id, delayMs: 1_700, times: 1 }]);
		const sale = await shop.till.sell(id);
		const waiting = await cancel(sale.json.confirmationCode ?? '');
		await shop.reaches(idOf(sale), 'refused');
		await decide(shop.manager, 'retry', idOf(sale));
		await shop.reaches(idOf(waiting), 'confirmed');
		expect(await saleOf()).toMatchObject({ applied: 1, cancelled: true });
	});

	test('has nothing to cancel while the corrected one is refused, too', async () => {
		const { delivery, provisional } = await refusedSale();
		await shop.reaches(await corrected(delivery, saleBody(id, { member: { phoneNumber: '698888888' } })), 'refused');
		expectImpossible(await cancel(provisional), /refused/);
	});
});

test('a refused cancel cannot be corrected to the code of a sale that has nothing to cancel', async () => {
	const { provisional } = await refusedSale();
	const refused = await cancel('a-mistyped-code');
	expect(refused.json.agent?.state).toBe('refused');
	expectImpossible(await correct(idOf(refused), cancelBody(provisional)), /refused this sale/);
	expectImpossible(await correct(idOf(refused), cancelBody('PENDING-01ARZ3NDEKTSV4RRFFQ69G5FAV')), /not issued by this till/);
	const sale = await shop.till.sell(`${id}-b`);
	const newer = await corrected(idOf(refused), cancelBody(sale.json.confirmationCode));
	await shop.reaches(newer, 'confirmed');
	expect(await cancelOf(sale.json.confirmationCode)).toMatchObject({ applied: 1 });
});
