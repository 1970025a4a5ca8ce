/** What a shop may set for itself about cancels, payments and events. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { decide } from '../support/decide.ts';
import { ofTransaction, sha256 } from '../support/service.ts';
import { Shop, type ShopSettings } from '../support/shop.ts';
import { cancelBody, idOf } from '../support/till.ts';
import { until } from '../support/until.ts';

const deniz = { phoneNumber: '600100203' };

async function open(settings: ShopSettings): Promise<Shop> {
	const shop = await Shop.open(settings);
	onTestFinished(() => shop.close());
	return shop;
}

describe('with transactions.cancelBeforeSending "send"', () => {
	test('a sale that never left and its cancel are both sent, in their order, the cancel with the real code', async () => {
		const shop = await open({ transactions: { cancelBeforeSending: 'send' } });
		await shop.cutLine();
		const sale = await shop.till.sell('S');
		const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode));
		expect([cancel.status, cancel.json.agent?.state]).toEqual([202, 'queued']);
		await shop.restartAgent('SIGKILL');
		await shop.restoreLine();
		await shop.reaches(idOf(cancel), 'confirmed');
		const { confirmationCode } = await shop.delivery(idOf(sale));
		const { sales, cancels } = await shop.service.effects();
		expect(ofTransaction(sales, 'S')).toMatchObject({ applied: 1, cancelled: true, confirmationCode });
		expect(cancels).toMatchObject([{ confirmationCode, requests: 1, applied: 1, bodies: [sha256(cancelBody(confirmationCode))] }]);
	});

	test('a sale that was certainly not sent, and whose cancel came meanwhile, is sent all the same', async () => {
		const shop = await open({ transactions: { cancelBeforeSending: 'send' } });
		await shop.service.faults([{ fault: 'status', status: 429, transactionId: 'S', delayMs: 1_700, times: 1 }]);
		const sale = await shop.till.sell('S');
		const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode));
		await shop.reaches(idOf(cancel), 'confirmed');
		expect(ofTransaction((await shop.service.effects()).sales, 'S')).toMatchObject({ requests: 2, applied: 1, cancelled: true });
	});

	test('withdrawing the sale ends its cancel as well', async () => {
		const shop = await open({ transactions: { cancelBeforeSending: 'send' } });
		await shop.manager.post('/agent/v1/replay/pause', {});
		const sale = await shop.till.sell('S');
		const cancel = await shop.till.post('/v1/transaction', cancelBody(sale.json.confirmationCode));
		await decide(shop.manager, 'withdraw', idOf(sale));
		for (const delivery of [sale, cancel]) expect((await shop.delivery(idOf(delivery))).state).toBe('withdrawn');
		await shop.manager.post('/agent/v1/replay/resume', {});
		await shop.calmed();
		expect(await shop.service.effects()).toMatchObject({ sales: [], cancels: [] });
	});
});

describe('with events.onUnknownOutcome "hold"', () => {
	test('an event that was cut off is doubtful, and goes again only when a person says so', async () => {
		const shop = await open({ events: { onUnknownOutcome: 'hold' } });
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['event'], times: 1 }]);
		const event = await shop.till.post('/v1/event', { event: { type: 'visited' } });
		expect([event.status, event.json.error?.code, event.json.agent?.state]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful']);
		await shop.restartAgent('SIGKILL');
		await shop.calmed();
		expect(await shop.delivery(idOf(event))).toMatchObject({ state: 'doubtful', attempts: 1 });
		await decide(shop.manager, 'retry', idOf(event));
		await shop.reaches(idOf(event), 'confirmed');
		const [first] = (await shop.service.effects()).events.filter(({ requests }) => requests === 2);
		expect(new Set(first?.bodies).size).toBe(1);
	});

	test('an event that was under way when the agent was killed is doubtful', async () => {
		const shop = await open({ events: { onUnknownOutcome: 'hold' } });
		await shop.service.faults([{ fault: 'timeout', calls: ['event'] }]);
		const event = await shop.till.post('/v1/event', { event: { type: 'visited' } });
		expect((await shop.delivery(idOf(event))).state).toBe('sending');
		await shop.restartAgent('SIGKILL');
		expect(await shop.delivery(idOf(event))).toMatchObject({ state: 'doubtful', attempts: 1, lastOutcome: 'unknown:agent-stopped' });
	});

	test('an event that certainly was not sent waits and goes', async () => {
		const shop = await open({ events: { onUnknownOutcome: 'hold' } });
		await shop.cutLine();
		const event = await shop.till.post('/v1/event', { event: { type: 'visited' } });
		expect(event.json.agent?.state).toBe('queued');
		await shop.restoreLine();
		await shop.reaches(idOf(event), 'confirmed');
	});
});

describe('with payments.onUnknownOutcome "repeat"', () => {
	const repeat = (timeoutMs: number) => open({ loyalty: { timeoutMs }, payments: { onUnknownOutcome: 'repeat' } });
	const payBody = { member: deniz, payment: { amount: 100 }, transaction: { transactionId: 'P' } };
	const pay = (shop: Shop) => shop.till.post('/v1/payment', payBody);
	const payOf = async (shop: Shop) => ofTransaction((await shop.service.effects()).payments, 'P');

	test('a pay that was cut off after its effect is repeated while the register waits, which gets the answer of the repeat', async () => {
		const shop = await repeat(4_000);
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
		const reply = await pay(shop);
		expect([reply.status, reply.json.agent?.state]).toEqual([200, 'confirmed']);
		const { attemptLog } = await shop.delivery(idOf(reply));
		expect(attemptLog.map(({ outcome }) => outcome)).toEqual(['unknown', 'confirmed']);
		expect(await payOf(shop)).toMatchObject({ requests: 2, bodies: [sha256(payBody), sha256(payBody)] });
	});

	test('the answer of the repeat may be a refusal', async () => {
		const shop = await repeat(4_000);
		await shop.service.faults([
			{ fault: 'cut', when: 'before', calls: ['pay'], times: 1 },
			{ fault: 'status', status: 200, code: '407', calls: ['pay'], times: 1 },
		]);
		const reply = await pay(shop);
		expect([reply.json.agent?.state, reply.json.error?.code]).toEqual(['refused', '407']);
		expect((await payOf(shop))?.requests).toBe(2);
	});

	test('a pay of which every try is unclear ends doubtful when the time of the register is up', async () => {
		const shop = await repeat(2_000);
		await shop.service.faults([{ fault: 'cut', when: 'before', calls: ['pay'] }]);
		const begin = performance.now();
		const reply = await pay(shop);
		const took = performance.now() - begin;
		expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful']);
		expect(took).toBeGreaterThan(1_500);
		expect(took).toBeLessThan(3_000);
		const { attempts, state } = await shop.delivery(idOf(reply));
		expect([attempts >= 2, state]).toEqual([true, 'doubtful']);
		await shop.service.faults([]);
		await shop.calmed();
		expect((await payOf(shop))?.requests).toBe(attempts);
	});

	test('a pay that hangs to the end of its time ends doubtful then', async () => {
		const shop = await repeat(1_500);
		await shop.service.faults([{ fault: 'timeout', calls: ['pay'] }]);
		const begin = performance.now();
		expect((await pay(shop)).json.agent?.state).toBe('doubtful');
		expect(performance.now() - begin).toBeLessThan(2_500);
		expect((await payOf(shop))?.requests).toBe(1);
	});

	test.each(['timeout', 'cut'] as const)('a pay lost with the agent (%s) is doubtful after the restart, and not repeated', async (fault) => {
		const shop = await repeat(20_000);
		await shop.service.faults([{ fault, when: 'before', calls: ['pay'] }]);
		const lost = pay(shop).catch(() => undefined);
		await until(async () => ((await payOf(shop))?.requests ?? 0) > 0, 'it has arrived');
		await shop.restartAgent('SIGKILL');
		await lost;
		const sent = (await payOf(shop))?.requests;
		await shop.service.faults([]);
		await shop.calmed();
		const [delivery] = await shop.deliveries('?call=payment');
		expect(delivery?.state).toBe('doubtful');
		expect((await payOf(shop))?.requests).toBe(sent);
	});

	test('a pay that a manager withdraws between two tries is not called "not sent": its first try has perhaps worked', async () => {
		const shop = await repeat(20_000);
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'] }]);
		const begin = performance.now();
		const paying = pay(shop);
		await until(async () => (await shop.deliveries('?state=queued&call=payment')).length === 1, 'it waits for its next try');
		const [waiting] = await shop.deliveries('?call=payment');
		await until(async () => (await decide(shop.manager, 'withdraw', waiting?.id ?? '')).status === 200, 'it is withdrawn');
		const reply = await paying;
		expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful']);
		expect(performance.now() - begin).toBeLessThan(10_000);
		expect((await shop.delivery(waiting?.id)).state).toBe('withdrawn');
	});
});
