/** A manager retries, withdraws and confirms what did not go by itself. Corrections and what is wrong with a request have files of their own. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DecisionKind, DeliveryView } from '../../shared/local-api.ts';
import { decide } from '../support/decide.ts';
import { ofTransaction, sha256 } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { cancelBody, idOf, saleBody } from '../support/till.ts';
import { until } from '../support/until.ts';

const deniz = { phoneNumber: '600100203' };
const refusing = { fault: 'status', status: 200, code: 'MADE_UP' } as const;
let shop: Shop;
let number = 0;
let id: string;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 2_000 } });
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `decided-${number}`;
	await shop.service.faults([]);
	await resume();
	await shop.drained();
	await shop.calmed();
});

const pause = () => shop.manager.post('/agent/v1/replay/pause', {});
const resume = () => shop.manager.post('/agent/v1/replay/resume', {});
const payBody = () => ({ member: deniz, payment: { amount: 100 }, transaction: { transactionId: id } });
const pay = () => shop.till.post('/v1/payment', payBody());
const saleOf = async () => ofTransaction((await shop.service.effects()).sales, id);
const payOf = async () => ofTransaction((await shop.service.effects()).payments, id);
const counts = async () => (await shop.status()).deliveries;
const act = (kind: DecisionKind, delivery: string, more?: Record<string, unknown>) => decide(shop.manager, kind, delivery, more);

/** Refused while nobody looked: the register was told `queued`. */
async function refusedLate(): Promise<string> {
	await pause();
	const delivery = idOf(await shop.till.sell(id));
	await shop.service.faults([{ ...refusing, transactionId: id, times: 1 }]);
	await resume();
	await shop.reaches(delivery, 'refused');
	return delivery;
}

async function doubtfulPay(): Promise<string> {
	await shop.service.faults([{ fault: 'cut', when: 'before', calls: ['pay'], times: 1 }]);
	const reply = await pay();
	expect([reply.status, reply.json.agent?.state]).toEqual([504, 'doubtful']);
	return idOf(reply);
}

async function doubtfulCancel(): Promise<string> {
	const sale = await shop.till.sell(id);
	await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['cancelSale'], times: 1 }]);
	const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode ?? ''));
	await shop.reaches(idOf(cancel), 'doubtful');
	return idOf(cancel);
}

describe('retry', () => {
	test.each([200, 400])('sends a refused sale again with the very same bytes, refused before with HTTP %i', async (status) => {
		await shop.service.faults([{ ...refusing, status, transactionId: id, times: 1 }]);
		const body = `{ "transaction": {"transactionId":"${id}", "totalAmount":1250, "n":1.0, "big":12345678901234567890} }`;
		const reply = await shop.till.post('/v1/transaction', body, { 'x-pos-id': 'POS-7' });
		expect(reply.json.agent?.state).toBe('refused');
		const delivery = idOf(reply);
		expect(await shop.delivery(delivery)).toMatchObject({ attempts: 1, refusal: { code: 'MADE_UP' } });
		const retried = await act('retry', delivery);
		expect([retried.status, retried.json.status, retried.delivery?.id, retried.delivery?.state]).toEqual([200, 'success', delivery, 'queued']);
		expect(retried.delivery).not.toHaveProperty('refusal');
		const after = await shop.reaches(delivery, 'confirmed');
		expect(after).toMatchObject({ attempts: 2, lastOutcome: 'confirmed', confirmationCode: expect.any(String) });
		expect(after).not.toHaveProperty('refusal');
		expect(after.attemptLog.map(({ outcome }) => outcome)).toEqual(['refused', 'confirmed']);
		expect(await saleOf()).toMatchObject({ requests: 2, applied: 1, bodies: [sha256(body), sha256(body)] });
		expect((await shop.till.post('/v1/transaction', body, { 'x-pos-id': 'POS-7' })).json).toMatchObject({
			confirmationCode: after.confirmationCode,
			agent: { state: 'confirmed', duplicate: true },
		});
	});

	test('takes a refusal that no register saw out of the count, and puts it back when it is refused again', async () => {
		const before = await counts();
		const delivery = await refusedLate();
		expect((await counts()).refused).toBe(before.refused + 1);
		await shop.service.faults([{ ...refusing, code: 'MADE_UP_2', transactionId: id, times: 1 }]);
		await pause();
		await act('retry', delivery);
		expect(await counts()).toMatchObject({ refused: before.refused, queued: 1 });
		await resume();
		const after = await shop.reaches(delivery, 'refused');
		expect(after).toMatchObject({ attempts: 2, refusal: { code: 'MADE_UP_2' } });
		expect((await counts()).refused).toBe(before.refused + 1);
		await act('retry', delivery);
		await shop.reaches(delivery, 'confirmed');
		expect(await counts()).toMatchObject({ refused: before.refused, confirmedToday: before.confirmedToday + 1 });
	});

	test('sends a doubtful pay, and answers with what became of it', async () => {
		const delivery = await doubtfulPay();
		const retried = await act('retry', delivery);
		expect([retried.status, retried.delivery?.state, retried.delivery?.attempts]).toEqual([200, 'confirmed', 2]);
		expect(await payOf()).toMatchObject({ requests: 2, applied: 1, bodies: [sha256(payBody()), sha256(payBody())] });
		const again = await pay();
		expect(again.json.agent).toMatchObject({ state: 'confirmed', duplicate: true });
		expect(again.text).toContain(retried.delivery?.confirmationCode);
	});

	test('of a doubtful pay that is refused now leaves it doubtful: the first try has perhaps worked', async () => {
		const delivery = await doubtfulPay();
		await shop.service.faults([{ ...refusing, calls: ['pay'], times: 1 }]);
		const retried = await act('retry', delivery);
		expect([retried.status, retried.delivery?.state, retried.delivery?.attempts]).toEqual([200, 'doubtful', 2]);
		expect(retried.delivery?.doubt?.advice).toMatch(/Do not charge again/);
	});

	test('of a doubtful pay leaves it doubtful while sending is paused, and sends nothing', async () => {
		const delivery = await doubtfulPay();
		await pause();
		const retried = await act('retry', delivery);
		expect([retried.status, retried.delivery?.state, retried.delivery?.attempts]).toEqual([200, 'doubtful', 1]);
		await resume();
		await shop.calmed();
		expect(await payOf()).toMatchObject({ requests: 1 });
	});

	test('of a refused pay ends it while sending is paused: nothing was charged, and the sale can be paid again', async () => {
		await shop.service.faults([{ ...refusing, calls: ['pay'], times: 1 }]);
		const reply = await pay();
		expect(reply.json.agent?.state).toBe('refused');
		await pause();
		const retried = await act('retry', idOf(reply));
		expect([retried.status, retried.delivery?.state]).toEqual([200, 'withdrawn']);
		expect(retried.delivery?.withdrawnReason).toMatch(/not sent/);
		await resume();
		await shop.calmed();
		expect(await payOf()).toMatchObject({ requests: 1, applied: 0 });
		expect((await pay()).json.agent).toMatchObject({ state: 'confirmed', duplicate: false });
	});

	test('sends a doubtful cancel again; a refusal leaves it doubtful, a success confirms it', async () => {
		const delivery = await doubtfulCancel();
		await act('retry', delivery);
		expect(await shop.reaches(delivery, 'doubtful')).toMatchObject({ attempts: 3, lastOutcome: 'refused' });
		await shop.service.settings({ cancelAgainSucceeds: true });
		await act('retry', delivery);
		expect(await shop.reaches(delivery, 'confirmed')).toMatchObject({ attempts: 4 });
		await shop.service.settings({ cancelAgainSucceeds: false });
	});

	test('asked for many times at once loses nothing: each is done or refused, and the delivery goes on', async () => {
		const delivery = await refusedLate();
		await shop.service.faults([
			{ ...refusing, transactionId: id, probability: 0.6 },
			{ fault: 'status', status: 500, transactionId: id },
		]);
		const statuses = new Set<number>();
		for (let round = 0; round < 40; round += 1) {
			const replies = await Promise.all(Array.from({ length: 12 }, () => act('retry', delivery)));
			for (const { status } of replies) statuses.add(status);
		}
		expect([...statuses].sort()).toEqual([200, 409]);
		await shop.service.faults([]);
		await shop.drained();
		if ((await shop.delivery(delivery)).state === 'refused') await act('retry', delivery);
		await shop.reaches(delivery, 'confirmed');
		expect(new Set((await saleOf())?.bodies).size).toBe(1);
	});
});

describe('withdraw', () => {
	test('ends a queued sale; nothing is sent, and its transactionId is free for a new one', async () => {
		await pause();
		const delivery = idOf(await shop.till.sell(id));
		const withdrawn = await act('withdraw', delivery);
		expect([withdrawn.status, withdrawn.delivery?.state]).toEqual([200, 'withdrawn']);
		expect(withdrawn.delivery?.withdrawnReason).toMatch(/person/);
		expect((await shop.status()).waiting).toMatchObject({ count: 0, amount: 0 });
		await resume();
		await shop.calmed();
		expect(await saleOf()).toBeUndefined();
		const again = await shop.till.sell(id, { other: true });
		expect(again.json.agent).toMatchObject({ state: 'confirmed', duplicate: false });
		expect(await shop.delivery(delivery)).toMatchObject({ state: 'withdrawn', supersededBy: idOf(again) });
	});

	test('ends a refused sale and a doubtful pay; neither is in the way of closing any more', async () => {
		const refused = await refusedLate();
		const before = await counts();
		expect((await act('withdraw', refused)).delivery?.state).toBe('withdrawn');
		const doubtful = await doubtfulPay();
		expect((await act('withdraw', doubtful)).delivery).toMatchObject({ state: 'withdrawn', attempts: 1 });
		expect(await counts()).toMatchObject({ refused: before.refused - 1, doubtful: before.doubtful });
		expect((await pay()).json.agent).toMatchObject({ state: 'confirmed', duplicate: false });
	});

	test('of a queued sale ends the cancel that waits for it: doubtful after an unclear try, because the service may have the sale', async () => {
		await shop.service.faults([{ fault: 'cut', when: 'after', transactionId: id }]);
		const sale = await shop.till.sell(id);
		const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode ?? ''));
		expect(cancel.json.agent?.state).toBe('queued');
		await until(async () => (await act('withdraw', idOf(sale))).status === 200, 'it was withdrawn between two attempts');
		expect(await shop.delivery(idOf(sale))).toMatchObject({ state: 'withdrawn' });
		expect(await shop.delivery(idOf(cancel))).toMatchObject({ state: 'doubtful', attempts: 0 });
		await shop.service.faults([]);
		await shop.drained();
		expect((await act('withdraw', idOf(cancel))).delivery?.state).toBe('withdrawn');
		expect(ofTransaction((await shop.service.effects()).cancels, id)).toBeUndefined();
	});

	test('of a cancel that waits leaves its sale alone; it can be cancelled again', async () => {
		await shop.service.faults([{ fault: 'cut', when: 'after', transactionId: id }]);
		const sale = await shop.till.sell(id);
		const cancel = () => shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode ?? ''));
		const first = await cancel();
		expect((await act('withdraw', idOf(first))).delivery?.state).toBe('withdrawn');
		await shop.service.faults([]);
		await shop.reaches(idOf(sale), 'confirmed');
		expect(await saleOf()).toMatchObject({ applied: 1, cancelled: false });
		expect((await cancel()).json.agent).toMatchObject({ state: 'confirmed', duplicate: false });
		expect((await saleOf())?.cancelled).toBe(true);
	});

	test('of a refused sale that certainly did nothing ends the cancel that waited for it', async () => {
		await shop.service.faults([{ ...refusing, transactionId: id, delayMs: 1_700, times: 1 }]);
		const sale = await shop.till.sell(id);
		const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode ?? ''));
		expect(cancel.json.agent?.state).toBe('queued');
		await shop.reaches(idOf(sale), 'refused');
		expect((await act('withdraw', idOf(sale))).delivery?.state).toBe('withdrawn');
		expect(await shop.delivery(idOf(cancel))).toMatchObject({ state: 'withdrawn', attempts: 0 });
		expect((await shop.status()).waiting.count).toBe(0);
	});
});

const states = ['queued', 'sending', 'confirmed', 'refused', 'doubtful', 'withdrawn'] as const;
const possible: Readonly<Record<DecisionKind, readonly string[]>> = {
	retry: ['refused', 'doubtful'],
	withdraw: ['queued', 'refused', 'doubtful'],
	correct: ['refused'],
	confirm: ['doubtful'],
};

describe.each(states)('a delivery that is %s', (state) => {
	const impossible = Object.entries(possible).flatMap(([kind, allowed]) => (allowed.includes(state) ? [] : [kind as DecisionKind]));

	test(`cannot be decided about with ${impossible.join(', ')}, and stays as it is`, async () => {
		const delivery = await deliveryIn(state);
		const before = await shop.delivery(delivery);
		expect(before.state).toBe(state);
		for (const kind of impossible) {
			const reply = await act(kind, delivery, kind === 'correct' ? { body: state === 'doubtful' ? payBody() : saleBody(id) } : {});
			expect([reply.status, reply.json.status, reply.json.error?.code]).toEqual([409, 'error', 'INVALID_STATE']);
			expect(reply.json.error?.message).toContain(`Delivery ${delivery} is ${state}`);
		}
		expect(await shop.delivery(delivery)).toEqual(before);
	});
});

async function deliveryIn(state: DeliveryView['state']): Promise<string> {
	switch (state) {
		case 'queued':
			await pause();
			return idOf(await shop.till.sell(id));
		case 'sending':
			await shop.service.faults([{ fault: 'timeout', transactionId: id }]);
			return idOf(await shop.till.sell(id));
		case 'confirmed':
			return idOf(await shop.till.sell(id));
		case 'refused':
			return refusedLate();
		case 'doubtful':
			return doubtfulPay();
		case 'withdrawn': {
			await pause();
			const delivery = idOf(await shop.till.sell(id));
			await act('withdraw', delivery);
			return delivery;
		}
	}
}
