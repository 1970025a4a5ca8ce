/** Cancels, above all of sales that have no code of the Loyalty API yet. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { cancelBody, type Reply } from '../support/till.ts';

let shop: Shop;
let number = 0;
let id: string;

beforeAll(async () => {
	shop = await Shop.open();
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `cancelled-${number}`;
	await shop.service.faults([]);
	await resume();
	await shop.drained();
	await shop.calmed();
});

const cancel = (confirmationCode: string | undefined) => shop.till.post('/v1/transaction', cancelBody(confirmationCode));
const saleOf = async () => (await shop.service.effects()).sales.find(({ transactionId }) => transactionId === id);
const cancelOf = async () => (await shop.service.effects()).cancels.find(({ transactionId }) => transactionId === id);
const pause = () => shop.manager.post('/agent/v1/replay/pause', {});
const resume = () => shop.manager.post('/agent/v1/replay/resume', {});

function provisionalOf(reply: Reply): string {
	expect([reply.status, reply.json.agent?.state]).toEqual([202, 'queued']);
	expect(reply.json.confirmationCode).toBe(`PENDING-${reply.json.agent?.deliveryId}`);
	return reply.json.confirmationCode ?? '';
}

/** A sale that was queued and has got its code meanwhile; its register still knows only the provisional one. */
async function soldLate(): Promise<{ readonly provisional: string; readonly real: string; readonly delivery: string }> {
	await pause();
	const sale = await shop.till.sell(id);
	await resume();
	const { confirmationCode } = await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
	return { provisional: provisionalOf(sale), real: confirmationCode ?? '', delivery: sale.json.agent?.deliveryId ?? '' };
}

function expectImpossible(reply: Reply, sentence: RegExp): void {
	expect([reply.status, reply.json.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([409, 'error', 'INVALID_STATE', 'none']);
	expect(reply.json.error?.message).toMatch(sentence);
	expect(reply.json.agent).not.toHaveProperty('deliveryId');
}

describe('the cancel of a sale that never left', () => {
	test('ends both of them, and nothing goes upstream', async () => {
		await pause();
		const sale = await shop.till.sell(id);
		const reply = await cancel(provisionalOf(sale));
		expect([reply.status, reply.json.status, reply.json.agent?.state, reply.json.agent?.duplicate]).toEqual([200, 'success', 'withdrawn', false]);
		expect(reply.json.agent?.waiting).toBe(0);
		for (const delivery of [sale.json.agent?.deliveryId, reply.json.agent?.deliveryId]) {
			expect(await shop.delivery(delivery)).toMatchObject({
				state: 'withdrawn',
				attempts: 0,
				attemptLog: [],
				withdrawnReason: expect.stringMatching(/cancelled before it was sent/),
			});
		}
		await resume();
		await shop.calmed();
		expect([await saleOf(), await cancelOf()]).toEqual([undefined, undefined]);
	});

	test('does so, too, when the sale was tried but certainly not sent', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, transactionId: id, retryAfterSeconds: 60 }]);
		const sale = await shop.till.sell(id);
		expect((await cancel(provisionalOf(sale))).json.agent?.state).toBe('withdrawn');
		await shop.service.faults([]);
		await shop.calmed();
		expect(await shop.delivery(sale.json.agent?.deliveryId)).toMatchObject({ state: 'withdrawn', attempts: 1 });
		expect((await saleOf())?.applied).toBe(0);
		expect(await cancelOf()).toBeUndefined();
	});

	test('leaves the transactionId free for a new sale', async () => {
		await pause();
		const sale = await shop.till.sell(id);
		await cancel(provisionalOf(sale));
		await resume();
		await shop.calmed();
		const again = await shop.till.sell(id);
		expect([again.status, again.json.agent?.duplicate]).toEqual([200, false]);
		expect(await shop.delivery(sale.json.agent?.deliveryId)).toMatchObject({ supersededBy: again.json.agent?.deliveryId });
		expect((await saleOf())?.applied).toBe(1);
	});

	test('has nothing to cancel any more when it is sent again', async () => {
		await pause();
		const provisional = provisionalOf(await shop.till.sell(id));
		await cancel(provisional);
		expectImpossible(await cancel(provisional), /withdrawn/);
		await resume();
	});
});

describe('the cancel of a sale that was confirmed', () => {
	test.each(['inside the transaction', 'at top level'])('by its provisional code %s goes upstream with the real code', async (place) => {
		const { provisional, real } = await soldLate();
		const body = (code: string) => (place === 'at top level' ? { confirmationCode: code } : cancelBody(code));
		const reply = await shop.till.post('/v1/transaction', body(provisional));
		expect([reply.status, reply.json.agent?.state]).toEqual([200, 'confirmed']);
		expect(await cancelOf()).toMatchObject({ confirmationCode: real, requests: 1, applied: 1, bodies: [sha256(body(real))] });
		expect((await saleOf())?.cancelled).toBe(true);
	});

	test('by its provisional code works in an agent that was started again', async () => {
		const { provisional, real } = await soldLate();
		await shop.restartAgent('SIGKILL');
		expect((await cancel(provisional)).json.agent?.state).toBe('confirmed');
		expect(await cancelOf()).toMatchObject({ confirmationCode: real, applied: 1 });
	});

	test('by its provisional code, written with escapes, is understood', async () => {
		const { provisional, real } = await soldLate();
		const escaped = `{"transaction":{"action":"cancel","confirmationCode":"\\u0050${provisional.slice(1)}","keep":1.0}}`;
		expect((await shop.till.post('/v1/transaction', escaped)).json.agent?.state).toBe('confirmed');
		expect(await cancelOf()).toMatchObject({ confirmationCode: real, applied: 1 });
	});

	test('by its real code goes as it came', async () => {
		const sale = await shop.till.sell(id);
		const reply = await cancel(sale.json.confirmationCode);
		expect([reply.status, reply.json.agent?.state]).toEqual([200, 'confirmed']);
		expect(await cancelOf()).toMatchObject({ applied: 1, bodies: [sha256(cancelBody(sale.json.confirmationCode))] });
	});

	test('sent twice is one cancel', async () => {
		const { provisional } = await soldLate();
		const first = await cancel(provisional);
		const second = await cancel(provisional);
		expect([second.status, second.json.agent?.state, second.json.agent?.duplicate]).toEqual([200, 'confirmed', true]);
		expect(second.headers.get('idempotency-replayed')).toBe('true');
		expect(second.json.agent?.deliveryId).toBe(first.json.agent?.deliveryId);
		expect((await cancelOf())?.requests).toBe(1);
	});

	test('of another till, by a code unknown here, goes upstream all the same', async () => {
		const reply = await cancel('code-of-another-till');
		expect([reply.status, reply.json.agent?.state, reply.json.error?.code]).toEqual([200, 'refused', 'CONFIRMATION_NOT_FOUND']);
	});
});

describe('the cancel of a sale whose outcome is not known', () => {
	test('waits for the sale and then goes with the real code, the sale first', async () => {
		await shop.service.faults([{ fault: 'cut', when: 'after', transactionId: id }]);
		const sale = await shop.till.sell(id);
		const provisional = provisionalOf(sale);
		const waiting = await cancel(provisional);
		expect([waiting.status, waiting.json.agent?.state, waiting.json.confirmationCode]).toEqual([202, 'queued', undefined]);
		const again = await cancel(provisional);
		expect([again.status, again.json.agent?.duplicate]).toEqual([202, true]);
		expect(await cancelOf()).toBeUndefined();
		await shop.restartAgent('SIGKILL');
		expect(await shop.delivery(waiting.json.agent?.deliveryId)).toMatchObject({ state: 'queued', attempts: 0 });

		await shop.service.faults([]);
		await shop.reaches(waiting.json.agent?.deliveryId, 'confirmed');
		const { confirmationCode } = await shop.delivery(sale.json.agent?.deliveryId);
		expect(await saleOf()).toMatchObject({ applied: 1, cancelled: true, confirmationCode });
		expect(await cancelOf()).toMatchObject({ confirmationCode, requests: 1, applied: 1, bodies: [sha256(cancelBody(confirmationCode))] });
	});

	test('sends the same bytes again when its own outcome is not known, and is doubtful when that is refused', async () => {
		const { provisional, real } = await soldLate();
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['cancelSale'], times: 1 }]);
		const reply = await cancel(provisional);
		expect([reply.status, reply.json.agent?.state]).toEqual([202, 'queued']);
		const settled = await shop.reaches(reply.json.agent?.deliveryId, 'doubtful');
		expect(settled).toMatchObject({ attempts: 2, lastOutcome: 'refused' });
		expect(settled.attemptLog.map(({ outcome }) => outcome)).toEqual(['unknown', 'refused']);
		expect(settled.attemptLog[1]).toMatchObject({ code: 'ALREADY_CANCELLED' });
		const bytes = sha256(cancelBody(real));
		expect(await cancelOf()).toMatchObject({ requests: 2, applied: 1, bodies: [bytes, bytes] });
		const again = await cancel(provisional);
		expect([again.status, again.json.error?.code, again.json.agent?.state, again.json.agent?.duplicate]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful', true]);
	});
});

describe('a cancel that cannot be', () => {
	test('of a sale that was refused says so', async () => {
		await pause();
		const sale = await shop.till.sell(id, { member: { phoneNumber: '699999999' } });
		await resume();
		await shop.reaches(sale.json.agent?.deliveryId, 'refused');
		expectImpossible(await cancel(provisionalOf(sale)), /refused/);
		expect(await cancelOf()).toBeUndefined();
	});

	test.each(['PENDING-01ARZ3NDEKTSV4RRFFQ69G5FAV', 'PENDING-', 'PENDING-something'])(
		'of a provisional code %s that was not issued here says so',
		async (code) => {
			const before = (await shop.service.effects()).totals['cancelSale']?.requests;
			expectImpossible(await cancel(code), /not issued by this till/);
			expect((await shop.service.effects()).totals['cancelSale']?.requests).toBe(before);
		},
	);

	test('of a payment by the provisional code of a sale says so', async () => {
		const { provisional } = await soldLate();
		expectImpossible(await shop.till.post('/v1/payment', { payment: { action: 'cancel', confirmationCode: provisional } }), /another kind/);
	});
});
