/** What each call is answered while the line is away or broken, and that all of it arrives once, in order, when it is back. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import { Shop } from '../support/shop.ts';
import type { Reply } from '../support/till.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const luis = { phoneNumber: '600100201' };
const deniz = { phoneNumber: '600100203' };

function expectQueued(reply: Reply, link: string, status = 202): string {
	expect([reply.status, reply.json.status, reply.json.agent?.state, reply.json.agent?.link]).toEqual([status, 'success', 'queued', link]);
	expect(reply.json.agent).toMatchObject({ duplicate: false, waiting: expect.any(Number), oldestWaitingSeconds: expect.any(Number) });
	expect(reply.json.agent).not.toHaveProperty('sandbox');
	return reply.json.agent?.deliveryId ?? '';
}

function expectOffline(reply: Reply, link: string): void {
	expect([reply.status, reply.json.status, reply.json.error?.code, reply.json.agent?.link]).toEqual([503, 'error', 'AGENT_OFFLINE', link]);
	expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** The three that need a live answer: none of them is sent later, and nothing is told from memory. */
async function expectNoLiveCalls(shop: Shop, link: string): Promise<void> {
	for (const path of ['/v1/member/details', '/v1/member/shortCode']) {
		const reply = await shop.till.post(path, { member: ana, action: 'send' });
		expectOffline(reply, link);
		expect(reply.json.agent?.state).toBe('none');
		expect(reply.json.agent).not.toHaveProperty('deliveryId');
		expect(reply.text).not.toMatch(/points|credit|assets|appliedDeals/);
	}
	const pay = await shop.till.post('/v1/payment', { member: deniz, payment: { amount: 100 }, transaction: { transactionId: `pay-${link}` } });
	expectOffline(pay, link);
	expect(pay.json.error?.message).toMatch(/nothing was charged/i);
	expect(await shop.delivery(pay.json.agent?.deliveryId)).toMatchObject({ call: 'payment', state: 'withdrawn', attempts: 0, attemptLog: [] });
}

describe('while the service is gone', () => {
	test('every call is answered as promised, and all that was accepted arrives once and in order', async () => {
		const shop = await Shop.open();
		try {
			const sold = await shop.till.sell('before', { member: deniz });
			const paid = await shop.till.post('/v1/payment', { member: deniz, payment: { amount: 10 } });
			await shop.cutLine();
			const { till } = shop;
			const queued = (reply: Reply) => expectQueued(reply, 'offline');

			const registered = queued(await till.post('/v1/member/register', { phoneNumber: '611000001', firstName: 'Eva' }));
			const updated = queued(await till.post('/v1/member/update', { member: { phoneNumber: '611000001' }, newMemberData: { email: 'eva@example.com' } }));
			const firstSale = await till.sell('eva-1', { member: { email: 'EVA@example.com' } });
			expect(firstSale.json.confirmationCode).toBe(`PENDING-${queued(firstSale)}`);
			const secondSale = queued(await till.sell('eva-2', { member: { phoneNumber: '611000001' } }));
			const event = await till.post('/v1/event', { member: ana, event: { type: 'opened_app' } });
			expect([queued(event), event.json.confirmationCode]).toEqual([expect.any(String), undefined]);
			queued(await till.sell('anonymous'));
			queued(await till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: sold.json.confirmationCode } }));
			queued(await till.post('/v1/payment', { payment: { action: 'cancel', confirmationCode: paid.json.data?.['confirmationCode'] } }));
			await expectNoLiveCalls(shop, 'offline');

			const status = await shop.status();
			expect(status.link).toMatchObject({ state: 'offline', reason: 'connection-refused', sentence: expect.stringMatching(/loyalty service/) });
			expect(status.deliveries).toMatchObject({ queued: 8, sending: 0, refused: 0, doubtful: 0 });
			expect(status.waiting).toMatchObject({ count: 8, amount: 3 * 1250, oldestAt: (await shop.delivery(registered)).acceptedAt });
			expect(status.safeToClose).toBe(false);

			await shop.restoreLine();
			for (const id of [registered, updated, secondSale]) expect(await shop.reaches(id, 'confirmed')).toMatchObject({ lastOutcome: 'confirmed' });
			await shop.drained();
			const effects = await shop.service.effects();
			expect(effects.sales.map(({ transactionId, applied }) => [transactionId, applied]).sort()).toEqual([
				['anonymous', 1],
				['eva-1', 1],
				['eva-2', 1],
			]);
			const orderOf = (list: readonly { order: number | null }[]) => list.map(({ order }) => order ?? 0);
			const evas = [...orderOf(effects.registers), ...orderOf(effects.updates), ...orderOf(effects.sales.filter(({ member }) => member !== null))];
			expect(evas).toHaveLength(4);
			expect(evas).toEqual([...evas].sort((a, b) => a - b));
			expect(effects.totals['event']).toEqual({ requests: 1, applied: 1 });
			expect(effects.totals['pay']).toEqual({ requests: 0, applied: 0 });
			// The service that came back remembers nothing, so it refuses the two cancels: nobody saw that yet.
			const after = await shop.status();
			expect(after.deliveries).toMatchObject({ queued: 0, sending: 0, refused: 2, doubtful: 0 });
			expect([after.link.state, after.safeToClose, after.waiting]).toEqual(['online', false, { count: 0, amount: 0 }]);
		} finally {
			await shop.close();
		}
	});

	test('a register that knows only 200 is answered 200, also by an agent that was killed in between', async () => {
		const shop = await Shop.open({ local: { queuedStatus: 200 } });
		try {
			await shop.cutLine();
			const id = expectQueued(await shop.till.sell('two-hundred'), 'offline', 200);
			await shop.restartAgent('SIGKILL');
			const again = await shop.till.sell('two-hundred');
			expect([again.status, again.json.agent?.state, again.json.agent?.duplicate, again.json.confirmationCode]).toEqual([200, 'queued', true, `PENDING-${id}`]);
			await shop.restoreLine();
			await shop.reaches(id, 'confirmed');
			expect((await shop.service.effects()).sales.map(({ requests, applied }) => [requests, applied])).toEqual([[1, 1]]);
		} finally {
			await shop.close();
		}
	});
});

describe('while the service is reached', () => {
	let shop: Shop;
	let number = 0;
	let id: string;

	beforeAll(async () => {
		shop = await Shop.open({ local: { replyWithinMs: 5_000 } });
		return () => shop.close();
	}, 30_000);

	beforeEach(async () => {
		number += 1;
		id = `broken-${number}`;
		await shop.service.faults([]);
		await shop.drained();
		await shop.calmed();
	});

	async function soldOnce(requests: number): Promise<void> {
		const [sale] = (await shop.service.effects()).sales.filter(({ transactionId }) => transactionId === id);
		expect([sale?.requests, sale?.applied, new Set(sale?.bodies).size]).toEqual([requests, 1, 1]);
	}

	const broken: readonly [string, Partial<FaultRule>, string, string, number | undefined][] = [
		['cuts before the effect', { fault: 'cut' }, 'failing', 'unknown:reset', undefined],
		['cuts after the effect', { fault: 'cut', when: 'after' }, 'failing', 'unknown:reset', undefined],
		['answers 500 with an envelope', { fault: 'status', status: 500 }, 'failing', 'unknown:server-error', 500],
		['answers 502 without one', { fault: 'status', status: 502, envelope: false }, 'failing', 'unknown:server-error', 502],
		['answers 503 after the effect', { fault: 'status', status: 503, when: 'after' }, 'failing', 'unknown:server-error', 503],
		['answers 200 with the code 500', { fault: 'status', status: 200 }, 'failing', 'unknown:server-error', 200],
		['answers 408', { fault: 'status', status: 408, envelope: false }, 'failing', 'unknown:server-error', 408],
		['answers a page of the network', { fault: 'html' }, 'misconfigured', 'unknown:captive-portal', 200],
		['answers nothing with 200', { fault: 'empty' }, 'failing', 'unknown:unreadable-answer', 200],
		['answers half of its answer', { fault: 'truncated' }, 'failing', 'unknown:unreadable-answer', 200],
		['answers 429', { fault: 'status', status: 429, retryAfterSeconds: 0 }, 'failing', 'notSent:rate-limited', 429],
		['answers 401', { fault: 'status', status: 401 }, 'misconfigured', 'notSent:key-refused', 401],
		['answers 403', { fault: 'status', status: 403, envelope: false }, 'misconfigured', 'notSent:key-refused', 403],
		['answers 407', { fault: 'status', status: 407, envelope: false }, 'misconfigured', 'notSent:proxy-refused', 407],
	];

	test.each(broken)('but %s, a sale is queued, the line is blamed, and the sale arrives once', async (_what, fault, link, lastOutcome, httpStatus) => {
		await shop.service.faults([fault]);
		const delivery = expectQueued(await shop.till.sell(id, { member: ana }), link);
		const waiting = await shop.delivery(delivery);
		expect(waiting).toMatchObject({ state: 'queued', attempts: 1, lastOutcome });
		expect(waiting.attemptLog).toHaveLength(1);
		expect(waiting.attemptLog[0]).toMatchObject({ outcome: lastOutcome.split(':')[0], reason: lastOutcome.split(':')[1], durationMs: expect.any(Number) });
		expect(waiting.attemptLog[0]?.httpStatus).toBe(httpStatus);
		expect((await shop.status()).link).toMatchObject({ state: link, reason: lastOutcome.split(':')[1] });

		await shop.service.faults([]);
		const settled = await shop.reaches(delivery, 'confirmed');
		await soldOnce(settled.attempts);
		expect((await shop.till.sell(id, { member: ana })).json.confirmationCode).toBe(settled.confirmationCode);
	});

	test('but answers 429, nothing is sent before its Retry-After is over', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, retryAfterSeconds: 2, times: 1 }]);
		const first = expectQueued(await shop.till.sell(id), 'failing');
		expectQueued(await shop.till.sell(`${id}-next`), 'failing');
		const { attemptLog, nextAttemptAt } = await shop.delivery(first);
		expect(Date.parse(nextAttemptAt ?? '')).toBeGreaterThan(Date.parse(attemptLog[0]?.startedAt ?? '') + 1_900);
		await until(async () => (await shop.status()).waiting.count === 0, 'the agent tries again by itself');
		const [before, after] = (await shop.delivery(first)).attemptLog;
		expect(Date.parse(after?.startedAt ?? '') - Date.parse(before?.startedAt ?? '')).toBeGreaterThanOrEqual(2_000);
		await soldOnce(2);
	});

	test('but answers 429 to a question, its Retry-After is handed on', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, retryAfterSeconds: 17, times: 1 }]);
		const reply = await shop.till.post('/v1/member/details', { member: ana });
		expectOffline(reply, 'failing');
		expect(reply.headers.get('retry-after')).toBe('17');
	});

	test('but refuses our key, live calls are not even tried and what waits is kept', async () => {
		await shop.service.faults([{ fault: 'status', status: 401 }]);
		const sale = expectQueued(await shop.till.sell(id), 'misconfigured');
		await expectNoLiveCalls(shop, 'misconfigured');
		expectQueued(await shop.till.sell(`${id}-next`), 'misconfigured');
		expect((await shop.deliveries('?state=queued')).map(({ transactionId }) => transactionId)).toEqual([`${id}-next`, id]);
		await shop.service.faults([]);
		await shop.reaches(sale, 'confirmed');
	});

	test('and says no, the register sees its own answer and status', async () => {
		const unknown = { phoneNumber: '699999999' };
		const plain = await shop.till.sell(id, { member: unknown });
		expect([plain.status, plain.json.status, plain.json.error?.code]).toEqual([200, 'error', '203']);
		await shop.service.settings({ businessErrorStatus: 400 });
		const strict = await shop.till.sell(`${id}-400`, { member: unknown });
		expect([strict.status, strict.json.error?.code, strict.json.agent?.state]).toEqual([400, '203', 'refused']);
		const asked = await shop.till.post('/v1/member/details', { member: unknown });
		expect([asked.status, asked.json.error?.code, asked.json.agent?.state]).toEqual([400, '203', 'none']);
		await shop.service.settings({ businessErrorStatus: 200 });
		expect((await shop.status()).deliveries.refused).toBe(0);
		expect(await shop.delivery(strict.json.agent?.deliveryId)).toMatchObject({ state: 'refused', attempts: 1, refusal: { code: '203' } });
	});

	test('but a pay gets no usable answer, it is doubtful, never repeated, and its sale is not held up', async () => {
		const body = { member: deniz, payment: { amount: 100 }, transaction: { transactionId: id } };
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
		const pay = await shop.till.post('/v1/payment', body);
		expect([pay.status, pay.json.error?.code, pay.json.agent?.state, pay.json.agent?.duplicate]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful', false]);
		const sale = await shop.till.sell(id, { member: deniz });
		await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		const again = await shop.till.post('/v1/payment', body);
		expect([again.status, again.json.agent?.state, again.json.agent?.duplicate]).toEqual([504, 'doubtful', true]);
		expect(again.headers.get('idempotency-replayed')).toBe('true');
		await shop.restartAgent('SIGKILL');
		await shop.drained();
		expect(await shop.delivery(pay.json.agent?.deliveryId)).toMatchObject({ state: 'doubtful', attempts: 1, lastOutcome: 'unknown:reset' });
		expect((await shop.service.effects()).payments.filter(({ transactionId }) => transactionId === id)).toMatchObject([{ requests: 1, applied: 1 }]);
		expect((await shop.status()).deliveries.doubtful).toBe(1);
	});

	test.each<[string, Partial<FaultRule>, number, string]>([
		['a 5xx', { fault: 'status', status: 500 }, 504, 'doubtful'],
		['a page of the network', { fault: 'html' }, 504, 'doubtful'],
		['a 429', { fault: 'status', status: 429, retryAfterSeconds: 0 }, 503, 'withdrawn'],
		['a 401', { fault: 'status', status: 401 }, 503, 'withdrawn'],
	])('but a pay gets %s, it ends at once and stays so', async (_what, fault, status, state) => {
		await shop.service.faults([{ ...fault, times: 1 }]);
		const pay = await shop.till.post('/v1/payment', { member: deniz, payment: { amount: 100 }, transaction: { transactionId: id } });
		expect([pay.status, pay.json.agent?.state]).toEqual([status, state]);
		await shop.calmed();
		expect(await shop.delivery(pay.json.agent?.deliveryId)).toMatchObject({ state, attempts: 1 });
		expect((await shop.service.effects()).payments.filter(({ transactionId }) => transactionId === id)).toMatchObject([{ requests: 1, applied: 0 }]);
	});

	test('but one member is stuck, others are served and nothing overtakes within the lane', async () => {
		// After a fault the pace grows again from one at a time.
		for (const step of [1, 2, 3]) expect((await shop.till.sell(`${id}-${step}`)).status).toBe(200);
		await shop.service.faults([{ fault: 'timeout', transactionId: id, times: 1 }]);
		const stuck = shop.till.sell(id, { member: ana }).catch(() => undefined);
		await until(async () => (await shop.service.effects()).sales.some(({ transactionId }) => transactionId === id), 'the first sale is stuck');
		const behind = await shop.till.sell(`${id}-behind`, { member: ana });
		expectQueued(behind, 'online');
		expect(await shop.delivery(behind.json.agent?.deliveryId)).toMatchObject({ state: 'queued', attempts: 0 });
		const beside = await shop.till.sell(`${id}-beside`, { member: luis });
		expect([beside.status, beside.json.agent?.state]).toEqual([200, 'confirmed']);
		await shop.restartAgent('SIGKILL');
		await stuck;
		await shop.drained();
		const sales = (await shop.service.effects()).sales.filter(({ member }) => member?.['phoneNumber'] === ana.phoneNumber);
		const orders = new Map(sales.map(({ transactionId, order }) => [transactionId, order ?? 0]));
		expect(orders.get(id)).toBeLessThan(orders.get(`${id}-behind`) ?? 0);
	});
});

describe('while a person holds everything back', () => {
	test('nothing is sent, also after a restart, until that person lets it go', async () => {
		const shop = await Shop.open();
		try {
			const paused = await shop.manager.post('/agent/v1/replay/pause', {});
			expect([paused.status, paused.json.status]).toEqual([200, 'success']);
			expect(paused.json['link']).toMatchObject({ state: 'paused' });
			const first = expectQueued(await shop.till.sell('held-1', { member: ana }), 'paused');
			await expectNoLiveCalls(shop, 'paused');
			await shop.restartAgent();
			const { link } = await shop.status();
			expect(link).toMatchObject({ state: 'paused', reason: 'paused-by-person', since: Reflect.get(Object(paused.json['link']), 'since') });
			const second = expectQueued(await shop.till.sell('held-2', { member: ana }), 'paused');
			const hurried = await shop.manager.post('/agent/v1/replay/send-now', {});
			expect(hurried.json['link']).toMatchObject({ state: 'paused' });
			await expectNoLiveCalls(shop, 'paused');
			for (const id of [first, second]) expect(await shop.delivery(id)).toMatchObject({ state: 'queued', attempts: 0 });
			const untouched = (await shop.service.effects()).totals;
			expect(Object.values(untouched).filter((total) => total.requests > 0)).toEqual([]);

			const resumed = await shop.manager.post('/agent/v1/replay/resume', {});
			expect(resumed.status).toBe(200);
			await until(async () => (await shop.status()).waiting.count === 0, 'all of it is sent');
			const { sales } = await shop.service.effects();
			expect(sales.map(({ transactionId, applied, order }) => [transactionId, applied, order])).toEqual([
				['held-1', 1, 1],
				['held-2', 1, 2],
			]);
			expect((await shop.till.sell('free')).json.agent).toMatchObject({ state: 'confirmed', link: 'online' });
			await shop.restartAgent();
			expect((await shop.status()).link.state).toBe('online');
		} finally {
			await shop.close();
		}
	});
});
