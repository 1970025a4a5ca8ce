/** The same call twice is one call; what makes two calls the same, and what does not. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../support/agent-process.ts';
import { Shop } from '../support/shop.ts';
import { type Reply, Till } from '../support/till.ts';

const ana = { phoneNumber: '600100200' };
const deniz = { phoneNumber: '600100203' };

let shop: Shop;
let number = 0;
/** A transactionId no other test uses. */
let id: string;

beforeAll(async () => {
	shop = await Shop.open();
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `sale-${number}`;
	await shop.service.faults([]);
	await shop.calmed();
});

function expectAccepted(reply: Reply, status = 200, state = 'confirmed'): string {
	expect([reply.status, reply.json.agent?.state, reply.json.agent?.duplicate]).toEqual([status, state, false]);
	expect(reply.headers.get('idempotency-replayed')).toBeNull();
	return reply.json.agent?.deliveryId ?? '';
}

function expectReplayOf(first: Reply, second: Reply): void {
	expect([second.status, second.json.agent?.state, second.json.agent?.duplicate]).toEqual([first.status, first.json.agent?.state, true]);
	expect(second.headers.get('idempotency-replayed')).toBe('true');
	expect(second.json.agent?.deliveryId).toBe(first.json.agent?.deliveryId);
	expect(second.json.confirmationCode).toBe(first.json.confirmationCode);
}

function expectMismatch(reply: Reply, earlier: Reply): void {
	expect([reply.status, reply.json.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([422, 'error', 'IDEMPOTENCY_MISMATCH', 'none']);
	expect(reply.json.error?.message).toContain('loyalty.transactionIdScope');
	expect(reply.json.error?.message).toContain(earlier.json.agent?.deliveryId);
	expect(reply.headers.get('idempotency-replayed')).toBeNull();
}

async function effectsOfSale(transactionId = id): Promise<[requests: number, applied: number][]> {
	return (await shop.service.effects()).sales.filter((sale) => sale.transactionId === transactionId).map(({ requests, applied }) => [requests, applied]);
}

describe('a sale', () => {
	test('sent twice is one delivery with one code and one effect', async () => {
		const first = await shop.till.sell(id, { member: ana });
		expectAccepted(first);
		expect(first.json.confirmationCode).toMatch(/^[0-9a-f-]{36}$/);
		expectReplayOf(first, await shop.till.sell(id, { member: ana }));
		expect(await effectsOfSale()).toEqual([[1, 1]]);
	});

	test('sent many times at once is one delivery', async () => {
		const replies = await Promise.all(Array.from({ length: 20 }, () => shop.till.sell(id)));
		expect(new Set(replies.map((reply) => reply.json.agent?.deliveryId)).size).toBe(1);
		expect(replies.filter((reply) => reply.json.agent?.duplicate === false)).toHaveLength(1);
		expect(await effectsOfSale()).toEqual([[1, 1]]);
	});

	test('sent by another till with its own token is still the same sale', async () => {
		const made = await runProgram(['token', 'create', id, '--data-dir', shop.agent.directory]);
		const first = await shop.till.sell(id);
		expectReplayOf(first, await new Till(shop.agent.baseUrl, made.stdout.trim()).sell(id));
	});

	test('with another body under its transactionId is refused, and the first one stays', async () => {
		const first = await shop.till.sell(id);
		expectMismatch(await shop.till.sell(id, { transaction: { totalAmount: 1251 } }), first);
		expectMismatch(await shop.till.sell(id, { member: ana }), first);
		expectReplayOf(first, await shop.till.sell(id));
		expect(await effectsOfSale()).toEqual([[1, 1]]);
	});

	test('is the same whatever the order of its keys and the blanks between them', async () => {
		const first = await shop.till.post(
			'/v1/transaction',
			`{"transaction":{"transactionId":"${id}","dateTime":"2026-11-23T10:00:00Z","totalAmount":1250,"tags":["a","b"]},"x":{"b":1,"a":false}}`,
		);
		expect(first.status).toBe(200);
		const turned = `\r\n{ "x" : {"a":false,\t"b":1}, "transaction":{"tags":["a", "b"],"totalAmount":1250,"dateTime":"2026-11-23T10:00:00Z","transactionId":"${id}" } }\n`;
		expectReplayOf(first, await shop.till.post('/v1/transaction', turned));
		expectReplayOf(first, await shop.till.post('/v1/transaction', turned.replace('"a", "b"', '"\\u0061","b"')));
		expectMismatch(await shop.till.post('/v1/transaction', turned.replace('"a", "b"', '"b","a"')), first);
	});

	test.each([
		['1', '1.0'],
		['100', '1e2'],
		['0', '-0'],
		['9007199254740993', '9007199254740992'],
		['1', '"1"'],
	])('with the number %s is not the same with %s', async (before, after) => {
		const body = (extra: string) => `{"transaction":{"transactionId":"${id}","dateTime":"2026-11-23T10:00:00Z","totalAmount":1250},"extra":${extra}}`;
		const first = await shop.till.post('/v1/transaction', body(before));
		expectAccepted(first);
		expectMismatch(await shop.till.post('/v1/transaction', body(after)), first);
		expectReplayOf(first, await shop.till.post('/v1/transaction', body(before)));
	});

	test('is another one in another branch or on another terminal', async () => {
		const first = await shop.till.sell(id);
		const otherBranch = await shop.till.sell(id, {}, { 'x-branch-id': 'BR777' });
		const otherTerminal = await shop.till.sell(id, { member: ana }, { 'x-pos-id': 'POS777' });
		for (const reply of [first, otherBranch, otherTerminal]) expectAccepted(reply);
		expect(new Set([first, otherBranch, otherTerminal].map((reply) => reply.json.confirmationCode)).size).toBe(3);
		expectReplayOf(otherBranch, await shop.till.sell(id, {}, { 'x-branch-id': 'BR777' }));
		expectReplayOf(first, await shop.till.sell(id, {}, { 'x-branch-id': 'BR001', 'x-pos-id': 'POS001' }));
		const sales = (await shop.service.effects()).sales.filter((sale) => sale.transactionId === id);
		expect(sales.map((sale) => Reflect.get(sale, 'branchId')).sort()).toEqual(['BR001', 'BR001', 'BR777']);
	});

	test('that was refused and is sent again is a new delivery, and the old one names it', async () => {
		const refused = await shop.till.sell(id, { member: { phoneNumber: '699999999' } });
		expect([refused.status, refused.json.status, refused.json.error?.code]).toEqual([200, 'error', '203']);
		expect(refused.json.agent).toMatchObject({ state: 'refused', duplicate: false });

		const again = await shop.till.sell(id, { member: { phoneNumber: '699999999' } });
		expect(again.json.agent).toMatchObject({ state: 'refused', duplicate: false });
		expect(again.json.agent?.deliveryId).not.toBe(refused.json.agent?.deliveryId);

		const corrected = await shop.till.sell(id, { member: ana });
		const newest = expectAccepted(corrected);
		expect(await shop.delivery(refused.json.agent?.deliveryId)).toMatchObject({ state: 'refused', supersededBy: newest });
		expect(await shop.delivery(again.json.agent?.deliveryId)).toMatchObject({ state: 'refused', supersededBy: newest });
		expect(await shop.delivery(newest)).not.toHaveProperty('supersededBy');
		expectReplayOf(corrected, await shop.till.sell(id, { member: ana }));
	});

	test('is answered with its present state and code once it is confirmed', async () => {
		await shop.service.faults([{ fault: 'status', status: 503, times: 1 }]);
		const first = await shop.till.sell(id);
		const delivery = expectAccepted(first, 202, 'queued');
		expect(first.json.confirmationCode).toBe(`PENDING-${delivery}`);
		const queuedAgain = await shop.till.sell(id);
		if (queuedAgain.status === 202) expectReplayOf(first, queuedAgain);
		const { confirmationCode } = await shop.reaches(delivery, 'confirmed');
		const later = await shop.till.sell(id);
		expect([later.status, later.json.confirmationCode]).toEqual([200, confirmationCode]);
		expect(later.json.agent).toMatchObject({ state: 'confirmed', duplicate: true, deliveryId: delivery });
		expect(await effectsOfSale()).toEqual([[2, 1]]);
	});

	test('is remembered by an agent that was killed and started again', async () => {
		const first = await shop.till.sell(id);
		await shop.restartAgent('SIGKILL');
		expectReplayOf(first, await shop.till.sell(id));
		expectMismatch(await shop.till.sell(id, { member: ana }), first);
		expect(await effectsOfSale()).toEqual([[1, 1]]);
	});
});

describe('an Idempotency-Key', () => {
	test('is the same bare and quoted', async () => {
		const first = await shop.till.post('/v1/event', { event: { type: 'opened_app' } }, { 'idempotency-key': `key "${id}` });
		expectAccepted(first);
		expectReplayOf(first, await shop.till.post('/v1/event', { event: { type: 'opened_app' } }, { 'idempotency-key': `"key \\"${id}"` }));
		expectAccepted(await shop.till.post('/v1/event', { event: { type: 'opened_app' } }, { 'idempotency-key': `${id}-other` }));
		expectAccepted(await shop.till.post('/v1/event', { event: { type: 'opened_app' } }));
	});

	test('with another body is a mismatch', async () => {
		const key = { 'idempotency-key': id };
		const first = await shop.till.post('/v1/event', { event: { type: 'opened_app' } }, key);
		expectMismatch(await shop.till.post('/v1/event', { event: { type: 'closed_app' } }, key), first);
		const sale = await shop.till.sell(id, {}, key);
		expectAccepted(sale);
		expectMismatch(await shop.till.sell(`${id}-next`, {}, key), sale);
		expect(await effectsOfSale(`${id}-next`)).toEqual([]);
	});

	test('belongs to the token that brought it', async () => {
		const made = await runProgram(['token', 'create', id, '--data-dir', shop.agent.directory]);
		const key = { 'idempotency-key': id };
		expectAccepted(await shop.till.post('/v1/event', { event: { type: 'opened_app' } }, key));
		expectAccepted(await new Till(shop.agent.baseUrl, made.stdout.trim()).post('/v1/event', { event: { type: 'closed_app' } }, key));
	});

	test('adds to the natural key and never replaces it', async () => {
		const first = await shop.till.sell(id, {}, { 'idempotency-key': `${id}-a` });
		expectAccepted(first);
		expectReplayOf(first, await shop.till.sell(id, {}, { 'idempotency-key': `${id}-b` }));
		expectReplayOf(first, await shop.till.sell(id));
		expectMismatch(await shop.till.sell(id, { member: ana }, { 'idempotency-key': `${id}-c` }), first);
		expect(await effectsOfSale()).toEqual([[1, 1]]);
	});
});

describe('a pay', () => {
	const payBody = (amount: number, transactionId?: string) => ({
		member: deniz,
		payment: { amount },
		...(transactionId === undefined ? {} : { transaction: { transactionId } }),
	});
	const pay = (amount: number, transactionId: string | undefined, headers: Record<string, string> = {}) =>
		shop.till.post('/v1/payment', payBody(amount, transactionId), headers);
	const charged = async () => (await shop.service.effects()).totals['pay']?.applied ?? 0;

	test('of a sale is charged once, and a different one needs the header', async () => {
		const before = await charged();
		const first = await pay(100, id);
		expectAccepted(first);
		expectReplayOf(first, await pay(100, id));
		expectMismatch(await pay(200, id), first);
		const second = await pay(200, id, { 'idempotency-key': id });
		expectAccepted(second);
		expectReplayOf(second, await pay(200, id, { 'idempotency-key': id }));
		expectReplayOf(first, await pay(100, id));
		expect(await charged()).toBe(before + 2);
	});

	test('without a sale and without a header stands alone', async () => {
		const before = await charged();
		expectAccepted(await pay(300, undefined));
		expectAccepted(await pay(300, undefined));
		expect(await charged()).toBe(before + 2);
	});

	test('that was refused may be tried again', async () => {
		const refused = await pay(90_000_000, id);
		expect([refused.json.agent?.state, refused.json.error?.code]).toEqual(['refused', '407']);
		const smaller = await pay(100, id);
		const newest = expectAccepted(smaller);
		expect(await shop.delivery(refused.json.agent?.deliveryId)).toMatchObject({ supersededBy: newest });
	});

	test('that was certainly not sent may be tried again', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, retryAfterSeconds: 0, times: 1 }]);
		const withdrawn = await pay(100, id);
		expect([withdrawn.status, withdrawn.json.error?.code, withdrawn.json.agent?.state]).toEqual([503, 'AGENT_OFFLINE', 'withdrawn']);
		const newest = expectAccepted(await pay(100, id));
		expect(await shop.delivery(withdrawn.json.agent?.deliveryId)).toMatchObject({ state: 'withdrawn', supersededBy: newest });
	});

	test('whose cancel was accepted may be made again', async () => {
		const first = await pay(100, id);
		expectAccepted(first);
		const cancel = await shop.till.post('/v1/payment', {
			member: deniz,
			payment: { action: 'cancel', confirmationCode: first.json.data?.['confirmationCode'] },
		});
		expectAccepted(cancel);
		const second = await pay(100, id);
		expectAccepted(second);
		expect(second.json.data?.['confirmationCode']).not.toBe(first.json.data?.['confirmationCode']);
		expectReplayOf(second, await pay(100, id));
	});
});

describe('a register', () => {
	test('is the same until it is final, by phone or by e-mail; afterwards the Loyalty API answers for itself', async () => {
		const phoneNumber = `6110000${number}`;
		const body = { phoneNumber, email: `${id}@example.com`, firstName: 'Eva' };
		await shop.service.faults([{ fault: 'status', status: 503 }]);
		const first = await shop.till.post('/v1/member/register', body);
		const delivery = expectAccepted(first, 202, 'queued');
		expectReplayOf(first, await shop.till.post('/v1/member/register', body));
		expectMismatch(await shop.till.post('/v1/member/register', { ...body, firstName: 'Eve' }), first);
		expectMismatch(await shop.till.post('/v1/member/register', { newMemberData: { email: `${id}@EXAMPLE.com` } }), first);

		await shop.service.faults([]);
		await shop.reaches(delivery, 'confirmed');
		const later = await shop.till.post('/v1/member/register', body);
		expect([later.json.agent?.state, later.json.agent?.duplicate, later.json.error?.code]).toEqual(['refused', false, '204']);
		expect(later.json.agent?.deliveryId).not.toBe(delivery);
	});
});

describe('an update or an event', () => {
	test('has no key of its own: each one goes', async () => {
		const before = await shop.service.effects();
		for (const [path, body] of [
			['/v1/member/update', { member: ana, newMemberData: { firstName: 'Ana' } }],
			['/v1/event', { event: { type: 'opened_app' } }],
		] as const) {
			const first = expectAccepted(await shop.till.post(path, body));
			const second = expectAccepted(await shop.till.post(path, body));
			expect(second).not.toBe(first);
		}
		const after = await shop.service.effects();
		for (const operation of ['update', 'event']) expect(after.totals[operation]?.applied).toBe((before.totals[operation]?.applied ?? 0) + 2);
	});
});

describe('when numbers start again each day', () => {
	test('a sale is the same on one business day of the shop and another one on the next', async () => {
		const daily = await Shop.open({ loyalty: { transactionIdScope: 'day', timeZone: 'Europe/Madrid' } });
		try {
			await daily.cutLine();
			const sell = (transaction: Record<string, unknown>) =>
				daily.till.post('/v1/transaction', { transaction: { transactionId: '1', totalAmount: 5, ...transaction } });
			const first = await sell({ dateTime: '2025-11-22T10:00:00Z' });
			expectAccepted(first, 202, 'queued');
			expectReplayOf(first, await sell({ dateTime: '2025-11-22T10:00:00Z' }));
			expectMismatch(await sell({ dateTime: '2025-11-22T22:59:59Z' }), first);
			const afterMidnight = await sell({ dateTime: '2025-11-22T23:00:00Z' });
			expectAccepted(afterMidnight, 202, 'queued');
			expectMismatch(await sell({ dateTime: '2025-11-23T00:00:00+01:00' }), afterMidnight);
			expectMismatch(await sell({ openTime: '2025-11-23T12:00:00' }), afterMidnight);
			expectAccepted(await sell({ openTime: '2025-11-24T12:00:00' }), 202, 'queued');
			const today = await sell({});
			expectAccepted(today, 202, 'queued');
			expectReplayOf(today, await sell({}));
			expect((await daily.status()).waiting.count).toBe(4);
		} finally {
			await daily.close();
		}
	});
});

describe('when no more may wait', () => {
	test('what is new is refused, what was accepted is answered all the same and arrives', async () => {
		const full = await Shop.open({ outbox: { maxWaiting: 2 } });
		try {
			await full.cutLine();
			const first = await full.till.sell('fits-1');
			const second = await full.till.sell('fits-2');
			for (const reply of [first, second]) expectAccepted(reply, 202, 'queued');
			const third = await full.till.sell('too-many');
			expect([third.status, third.json.error?.code, third.json.agent?.state, third.json.agent?.waiting]).toEqual([507, 'QUEUE_FULL', 'none', 2]);
			expect(third.json.agent).not.toHaveProperty('deliveryId');
			expectReplayOf(first, await full.till.sell('fits-1'));
			expectMismatch(await full.till.sell('fits-1', { member: ana }), first);
			await full.restoreLine();
			await full.drained();
			expectAccepted(await full.till.sell('too-many'));
			expect((await full.service.effects()).sales.map(({ transactionId, applied }) => [transactionId, applied])).toEqual([
				['fits-1', 1],
				['fits-2', 1],
				['too-many', 1],
			]);
		} finally {
			await full.close();
		}
	});
});
