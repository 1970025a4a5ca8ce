/** What waits for what, what does not, and which calls are the same: the rules that no other file shows one by one. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';
import { idOf, type Reply } from '../support/till.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const deniz = { phoneNumber: '600100203' };
/** Longer than the register waits, shorter than the agent does. */
const slowly = { fault: 'latency', delayMs: 1_500, times: 1 } as const;

let shop: Shop;
let number = 0;
let id: string;
/** Of nobody the service knows yet. */
let phoneNumber: string;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 2_000 }, local: { replyWithinMs: 400 } });
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `order-${number}`;
	phoneNumber = String(630_000_000 + number);
	await shop.service.faults([]);
	await shop.drained();
	await shop.calmed();
	// After a fault the pace grows again from one at a time.
	await Promise.all(Array.from({ length: 8 }, () => shop.till.post('/v1/event', { event: { type: 'warm_up' } })));
	await shop.drained();
});

const register = (more: Record<string, unknown> = {}) => shop.till.post('/v1/member/register', { newMemberData: { phoneNumber, ...more } });
const cancel = (confirmationCode: string | undefined) => shop.till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode } });
const pay = (more: Record<string, unknown> = {}) =>
	shop.till.post('/v1/payment', { member: deniz, payment: { amount: 100 }, transaction: { transactionId: id }, ...more });
const cancelPay = (confirmationCode: unknown) => shop.till.post('/v1/payment', { payment: { action: 'cancel', confirmationCode } });
const salesOf = async (prefix: string) => (await shop.service.effects()).sales.filter(({ transactionId }) => transactionId?.startsWith(prefix) === true);

function expectConfirmed(...replies: readonly Reply[]): void {
	for (const reply of replies) expect([reply.status, reply.json.agent?.state]).toEqual([200, 'confirmed']);
}

/** It waits behind something: it is accepted, and no attempt was made. */
async function expectHeld(...replies: readonly Reply[]): Promise<void> {
	for (const reply of replies) {
		expect([reply.status, reply.json.agent?.state]).toEqual([202, 'queued']);
		expect(await shop.delivery(idOf(reply))).toMatchObject({ state: 'queued', attempts: 0 });
	}
}

describe('a delivery that is under way', () => {
	test('holds up the next one that shares any identifier with it, and nobody else', async () => {
		await shop.service.faults([{ ...slowly, transactionId: id }]);
		const first = await shop.till.sell(id, { member: { ...ana, externalId: '2900000000018' } });
		expect((await shop.delivery(idOf(first))).state).toBe('sending');
		const sameCard = await shop.till.sell(`${id}-card`, { member: { externalId: '2900000000018' } });
		await expectHeld(sameCard);
		expectConfirmed(await shop.till.sell(`${id}-mail`, { member: { email: 'ana@example.com' } }));
		await shop.reaches(idOf(sameCard), 'confirmed');
		const orders = new Map((await salesOf(id)).map(({ transactionId, order }) => [transactionId, order ?? 0]));
		expect(orders.get(id)).toBeLessThan(orders.get(`${id}-card`) ?? 0);
	});

	test('holds up what has the same transactionId, also without a member', async () => {
		await shop.service.faults([{ ...slowly, calls: ['pay'] }]);
		const paying = pay();
		await until(async () => (await shop.deliveries(`?transactionId=${id}&state=sending`)).length === 1, 'the pay is under way');
		const sale = await shop.till.sell(id);
		await expectHeld(sale);
		expectConfirmed(await paying);
		await shop.reaches(idOf(sale), 'confirmed');
	});

	test('lets those go that share no lane with it, whatever they are', async () => {
		const sold = await shop.till.sell(`${id}-sold`);
		await shop.service.faults([{ ...slowly, transactionId: id }]);
		const slow = await shop.till.sell(id, { member: ana });
		expect(slow.json.agent?.state).toBe('queued');
		expectConfirmed(
			await shop.till.sell(`${id}-anonymous`),
			await register(),
			await shop.till.post('/v1/member/update', { member: { phoneNumber }, newMemberData: { firstName: 'Eva' } }),
			await shop.till.post('/v1/event', { member: deniz, event: { type: 'opened_app' } }),
			await pay({ transaction: { transactionId: `${id}-paid` } }),
			await cancel(sold.json.confirmationCode),
		);
		expect((await shop.delivery(idOf(slow))).state).toBe('sending');
	});

	test('holds up a pay of its member until that has no time left: it is withdrawn and never sent', async () => {
		await shop.service.faults([{ fault: 'timeout', transactionId: `${id}-slow`, times: 1 }]);
		const slow = await shop.till.sell(`${id}-slow`, { member: deniz });
		const reply = await pay();
		expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([503, 'AGENT_OFFLINE', 'withdrawn']);
		await shop.reaches(idOf(slow), 'confirmed');
		expect(await shop.delivery(idOf(reply))).toMatchObject({ state: 'withdrawn', attempts: 0 });
		expect((await shop.service.effects()).payments.filter(({ transactionId }) => transactionId === id)).toEqual([]);
	});
});

describe('an update', () => {
	test('holds up what goes by its new identifier as well as by its old one', async () => {
		const [old, fresh] = [{ phoneNumber }, { email: `${id}@example.com` }];
		expectConfirmed(await register());
		await shop.service.faults([{ ...slowly, calls: ['update'] }]);
		const update = await shop.till.post('/v1/member/update', { member: old, newMemberData: fresh });
		expect((await shop.delivery(idOf(update))).state).toBe('sending');
		const byNew = await shop.till.sell(`${id}-new`, { member: fresh });
		const byOld = await shop.till.sell(`${id}-old`, { member: old });
		await expectHeld(byNew, byOld);
		expectConfirmed(await shop.till.sell(`${id}-other`, { member: ana }));
		for (const sale of [byNew, byOld]) await shop.reaches(idOf(sale), 'confirmed');
		const { updates } = await shop.service.effects();
		const updatedAt = updates.find(({ member }) => member?.['phoneNumber'] === phoneNumber)?.order ?? Number.NaN;
		for (const { transactionId, order } of await salesOf(id)) {
			if (transactionId !== `${id}-other`) expect(order).toBeGreaterThan(updatedAt);
		}
	});
});

describe('a register', () => {
	test('that was refused holds up all later writes of its member, also after a restart, and nobody else', async () => {
		await shop.service.faults([{ fault: 'status', status: 200, code: '1001', calls: ['register'], times: 1 }]);
		const refused = await register();
		expect(refused.json.agent?.state).toBe('refused');
		const member = { phoneNumber };
		const held = [
			await shop.till.sell(id, { member }),
			await shop.till.post('/v1/member/update', { member, newMemberData: { firstName: 'Eva' } }),
			await shop.till.post('/v1/event', { member, event: { type: 'signup' } }),
		];
		await expectHeld(...held);
		expectConfirmed(await shop.till.sell(`${id}-anas`, { member: ana }), await shop.till.sell(`${id}-anonymous`));
		expect((await pay({ member })).json.agent?.state).toBe('withdrawn');
		await shop.restartAgent();
		expectConfirmed(await shop.till.sell(`${id}-denizs`, { member: deniz }));
		await expectHeld(...held);
		expectConfirmed(await register({ firstName: 'Eva' }));
		for (const reply of held) await shop.reaches(idOf(reply), 'confirmed');
	});

	test('that is told "already a member" at its first try is refused, and lets its member buy', async () => {
		const reply = await shop.till.post('/v1/member/register', ana);
		expect([reply.json.agent?.state, reply.json.error?.code]).toEqual(['refused', '204']);
		expectConfirmed(await shop.till.sell(id, { member: ana }));
	});

	test('that is told "already a member" after an unclear try is confirmed, and its sale goes after it', async () => {
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['register'], times: 1 }]);
		const registered = await register();
		const sale = await shop.till.sell(id, { member: { phoneNumber } });
		await expectHeld(sale);
		const settled = await shop.reaches(idOf(registered), 'confirmed');
		expect(settled.attemptLog.map(({ outcome, code }) => [outcome, code])).toEqual([
			['unknown', undefined],
			['refused', '204'],
		]);
		await shop.reaches(idOf(sale), 'confirmed');
		expect((await shop.service.effects()).registers.filter(({ member }) => member?.['phoneNumber'] === phoneNumber)).toMatchObject([
			{ requests: 2, applied: 1 },
		]);
	});
});

describe('a sale that is refused in the end', () => {
	test('holds up its cancel and nothing else', async () => {
		await shop.service.faults([
			{ fault: 'cut', transactionId: id, times: 1 },
			{ fault: 'status', status: 200, code: '1001', transactionId: id, times: 1 },
		]);
		const sale = await shop.till.sell(id, { member: ana });
		const cancelled = await cancel(sale.json.confirmationCode);
		const next = await shop.till.sell(`${id}-next`, { member: ana });
		await expectHeld(cancelled, next);
		await shop.reaches(idOf(sale), 'refused');
		await shop.reaches(idOf(next), 'confirmed');
		await expectHeld(cancelled);
		expect((await shop.service.effects()).cancels.filter(({ confirmationCode }) => confirmationCode?.startsWith('PENDING-') !== false)).toEqual([]);
		// The sale is sent again and taken now: so its cancel can go, with the real code.
		const { confirmationCode } = (await shop.till.sell(id, { member: ana })).json;
		await shop.reaches(idOf(cancelled), 'confirmed');
		expect((await shop.service.effects()).cancels.filter((effect) => effect.confirmationCode === confirmationCode)).toMatchObject([
			{ requests: 1, applied: 1 },
		]);
	});
});

describe('a cancel that comes while its sale is under way', () => {
	test('waits for it, and both are over when the sale turns out not to have left', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, retryAfterSeconds: 0, delayMs: 500, transactionId: id, times: 1 }]);
		const sale = await shop.till.sell(id, { member: ana });
		const cancelled = await cancel(sale.json.confirmationCode);
		await expectHeld(cancelled);
		await shop.reaches(idOf(cancelled), 'withdrawn');
		expect(await shop.delivery(idOf(sale))).toMatchObject({ state: 'withdrawn', attempts: 1, lastOutcome: 'notSent:rate-limited' });
		expect(await salesOf(id)).toMatchObject([{ requests: 1, applied: 0 }]);
	});
});

describe('a key', () => {
	test('looks at the body, not at the headers', async () => {
		const first = await shop.till.sell(id, {}, { 'x-source-name': 'till-1' });
		const second = await shop.till.sell(id, {}, { 'x-source-name': 'till-2' });
		expect([second.json.agent?.duplicate, idOf(second)]).toEqual([true, idOf(first)]);
	});

	test('of a cancel belongs to its call: one code may be cancelled as a sale and as a payment', async () => {
		const sale = await cancel(id);
		const payment = await cancelPay(id);
		for (const reply of [sale, payment]) expect([reply.json.agent?.state, reply.json.agent?.duplicate]).toEqual(['refused', false]);
		expect(idOf(payment)).not.toBe(idOf(sale));
	});

	test('of a payment cancel makes two of them one', async () => {
		const code = (await pay()).json.data?.['confirmationCode'];
		const first = await cancelPay(code);
		const second = await cancelPay(code);
		expect([first.json.agent?.duplicate, second.json.agent?.duplicate, idOf(second)]).toEqual([false, true, idOf(first)]);
		expect((await shop.service.effects()).cancels.filter(({ confirmationCode }) => confirmationCode === code)).toMatchObject([{ requests: 1, applied: 1 }]);
	});

	test('of a pay is free again once its cancel is accepted, even before that is sent', async () => {
		const first = await pay();
		await shop.service.faults([{ ...slowly, calls: ['cancelPay'] }]);
		const cancelled = await cancelPay(first.json.data?.['confirmationCode']);
		expect(cancelled.json.agent?.state).toBe('queued');
		const second = await pay();
		expectConfirmed(second);
		expect([second.json.agent?.duplicate, idOf(second) === idOf(first)]).toEqual([false, false]);
		await shop.reaches(idOf(cancelled), 'confirmed');
	});
});

describe('what is sent', () => {
	test.each(['update', 'event'] as const)('of an %s is the same on every try', async (operation) => {
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: [operation], times: 2 }]);
		const reply =
			operation === 'update'
				? await shop.till.post('/v1/member/update', { member: ana, newMemberData: { firstName: id } })
				: await shop.till.post('/v1/event', { member: ana, event: { type: id } });
		await shop.reaches(idOf(reply), 'confirmed');
		const { updates, events } = await shop.service.effects();
		// The sandbox tells them apart by their bytes: other bytes would be another one.
		expect((operation === 'update' ? updates : events).filter(({ requests }) => requests === 3)).toHaveLength(1);
	});

	test('was settled when it was accepted, the headers too', async () => {
		await shop.manager.post('/agent/v1/replay/pause', {});
		const sale = await shop.till.sell(id, {}, { 'x-branch-id': 'BR042' });
		await shop.restartAgent('SIGTERM', { loyalty: { timeoutMs: 1_000, posId: 'POS777' } });
		await shop.manager.post('/agent/v1/replay/resume', {});
		await shop.reaches(idOf(sale), 'confirmed');
		expect(await salesOf(id)).toMatchObject([{ branchId: 'BR042', posId: 'POS001', applied: 1 }]);
		await shop.restartAgent();
	});
});
