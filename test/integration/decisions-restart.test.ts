/** What a manager decided survives a kill at any moment, and what is long past stays possible or says that it is not. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { decide } from '../support/decide.ts';
import { ofTransaction, sha256 } from '../support/service.ts';
import { Shop, type ShopSettings } from '../support/shop.ts';
import { idOf, saleBody } from '../support/till.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const nobody = { phoneNumber: '699999999' };
const payBody = { member: { phoneNumber: '600100203' }, payment: { amount: 100 }, transaction: { transactionId: 'P' } };

async function open(settings: ShopSettings = {}): Promise<Shop> {
	const shop = await Shop.open(settings);
	onTestFinished(() => shop.close());
	return shop;
}

async function refused(shop: Shop, id: string): Promise<string> {
	const sale = await shop.till.sell(id, { member: nobody });
	expect(sale.json.agent?.state).toBe('refused');
	return idOf(sale);
}

async function restartAndReturn(shop: Shop): Promise<void> {
	await shop.restartAgent('SIGKILL');
	await shop.restoreLine();
	await shop.drained();
}

/** Changes the database while no agent runs. */
async function alter(shop: Shop, ...statements: readonly string[]): Promise<void> {
	await shop.agent.kill('SIGKILL');
	const database = new Database(join(shop.agent.directory, 'outbox.db'));
	for (const statement of statements) database.exec(statement);
	database.close();
	await shop.restartAgent();
}

test('a sale retried while the line is down is sent once, after a kill', async () => {
	const shop = await open();
	const delivery = await refused(shop, 'R');
	await shop.cutLine();
	expect((await decide(shop.manager, 'retry', delivery)).delivery?.state).toBe('queued');
	await shop.restartAgent('SIGKILL');
	// Also while the line is down it is tried now and then, as a probe.
	expect(['queued', 'sending']).toContain((await shop.delivery(delivery)).state);
	await restartAndReturn(shop);
	expect(await shop.reaches(delivery, 'refused')).toMatchObject({ decisions: [{ decision: 'retry' }] });
	expect(ofTransaction((await shop.service.effects()).sales, 'R')).toMatchObject({ requests: 1, bodies: [sha256(saleBody('R', { member: nobody }))] });
});

test('a sale corrected while the line is down is sent once, after a kill, and the old one never again', async () => {
	const shop = await open();
	const delivery = await refused(shop, 'C');
	await shop.cutLine();
	const corrected = await decide(shop.manager, 'correct', delivery, { body: saleBody('C', { member: ana }) });
	const newer = corrected.delivery?.id ?? '';
	expect(corrected.delivery?.state).toBe('queued');
	await shop.restartAgent('SIGKILL');
	expect(await shop.delivery(delivery)).toMatchObject({ state: 'refused', supersededBy: newer, decisions: [{ decision: 'correct' }] });
	await restartAndReturn(shop);
	expect((await shop.delivery(newer)).state).toBe('confirmed');
	expect(ofTransaction((await shop.service.effects()).sales, 'C')).toMatchObject({
		requests: 1,
		applied: 1,
		bodies: [sha256(saleBody('C', { member: ana }))],
	});
});

test('what was withdrawn stays withdrawn after a kill: nothing is sent, and nobody is held up', async () => {
	const shop = await open();
	await shop.cutLine();
	const queued = idOf(await shop.till.sell('W'));
	const register = idOf(await shop.till.post('/v1/member/register', { phoneNumber: '611888001' }));
	const sale = idOf(await shop.till.sell('W-2', { member: { phoneNumber: '611888001' } }));
	for (const delivery of [queued, register]) expect((await decide(shop.manager, 'withdraw', delivery)).delivery?.state).toBe('withdrawn');
	await restartAndReturn(shop);
	for (const delivery of [queued, register]) expect(await shop.delivery(delivery)).toMatchObject({ state: 'withdrawn', attempts: 0 });
	expect((await shop.delivery(sale)).state).toBe('refused');
	const { sales, registers } = await shop.service.effects();
	expect([ofTransaction(sales, 'W'), registers]).toEqual([undefined, []]);
});

test('a pay retried while the line is down is never sent later: refused before it ends withdrawn, doubtful before it stays so', async () => {
	const shop = await open();
	await shop.service.faults([
		{ fault: 'status', status: 200, code: 'MADE_UP', calls: ['pay'], transactionId: 'P', times: 1 },
		{ fault: 'cut', when: 'after', calls: ['pay'], transactionId: 'P-2', times: 1 },
	]);
	const refusedPay = idOf(await shop.till.post('/v1/payment', payBody));
	const doubtfulPay = idOf(await shop.till.post('/v1/payment', { ...payBody, transaction: { transactionId: 'P-2' } }));
	await shop.cutLine();
	const replies = [await decide(shop.manager, 'retry', refusedPay), await decide(shop.manager, 'retry', doubtfulPay)];
	expect(replies.map(({ status, delivery }) => [status, delivery?.state, delivery?.attempts])).toEqual([
		[200, 'withdrawn', 1],
		[200, 'doubtful', 1],
	]);
	await restartAndReturn(shop);
	await shop.calmed();
	expect((await shop.service.effects()).payments).toEqual([]);
	expect([(await shop.delivery(refusedPay)).state, (await shop.delivery(doubtfulPay)).state]).toEqual(['withdrawn', 'doubtful']);
});

test('a pay that was retried and under way when the agent was killed is doubtful, and is not sent again', async () => {
	const shop = await open();
	await shop.service.faults([{ fault: 'status', status: 200, code: 'MADE_UP', calls: ['pay'], times: 1 }]);
	const pay = await shop.till.post('/v1/payment', payBody);
	expect(pay.json.agent?.state).toBe('refused');
	await shop.service.faults([{ fault: 'timeout', calls: ['pay'] }]);
	const retried = decide(shop.manager, 'retry', idOf(pay)).catch(() => undefined);
	const arrivals = async () => ofTransaction((await shop.service.effects()).payments, 'P')?.requests;
	await until(async () => (await arrivals()) === 2, 'the retry has arrived');
	await shop.restartAgent('SIGKILL');
	await retried;
	await shop.service.faults([]);
	await shop.calmed();
	expect(await shop.delivery(idOf(pay))).toMatchObject({ state: 'doubtful', attempts: 2, lastOutcome: 'unknown:agent-stopped' });
	expect(await arrivals()).toBe(2);
});

test('a refused sale whose body was erased can be withdrawn, but neither retried nor corrected', async () => {
	const shop = await open();
	const delivery = await refused(shop, 'E');
	await alter(shop, 'DELETE FROM content');
	const before = await shop.delivery(delivery);
	for (const kind of ['retry', 'correct'] as const) {
		const reply = await decide(shop.manager, kind, delivery, { body: saleBody('E') });
		expect([reply.status, reply.json.error?.code]).toEqual([409, 'INVALID_STATE']);
		expect(reply.json.error?.message).toMatch(/erased/);
	}
	expect(await shop.delivery(delivery)).toEqual(before);
	expect((await decide(shop.manager, 'withdraw', delivery)).delivery?.state).toBe('withdrawn');
});

test('a sale whose body cannot be read holds up its member until it is withdrawn', async () => {
	const shop = await open();
	await shop.manager.post('/agent/v1/replay/pause', {});
	const damaged = idOf(await shop.till.sell('D-1', { member: ana }));
	const behind = idOf(await shop.till.sell('D-2', { member: ana }));
	await alter(shop, 'DELETE FROM content WHERE sequence = 1');
	await shop.manager.post('/agent/v1/replay/resume', {});
	await shop.reaches(idOf(await shop.till.sell('D-3')), 'confirmed');
	expect((await shop.delivery(behind)).state).toBe('queued');
	expect((await decide(shop.manager, 'withdraw', damaged)).delivery?.state).toBe('withdrawn');
	await shop.reaches(behind, 'confirmed');
});

test('a registration corrected while the line is down goes before the writes that waited for it, after a kill', async () => {
	const shop = await open();
	const member = { phoneNumber: '611888002' };
	await shop.service.faults([{ fault: 'status', status: 200, code: 'MADE_UP', calls: ['register'], times: 1 }]);
	await shop.manager.post('/agent/v1/replay/pause', {});
	const register = idOf(await shop.till.post('/v1/member/register', member));
	const sale = idOf(await shop.till.sell('M', { member }));
	await shop.manager.post('/agent/v1/replay/resume', {});
	await shop.reaches(register, 'refused');
	await shop.cutLine();
	const corrected = await decide(shop.manager, 'correct', register, { body: { ...member, firstName: 'Right' } });
	expect(corrected.delivery?.state).toBe('queued');
	await restartAndReturn(shop);
	expect((await shop.delivery(sale)).state).toBe('confirmed');
	const { registers, sales } = await shop.service.effects();
	expect([registers[0]?.order, ofTransaction(sales, 'M')?.order]).toEqual([1, 2]);
});

test('a sale of yesterday that is corrected today, and again, keeps its business day: today’s sale of that number is another one', async () => {
	const shop = await open({ loyalty: { transactionIdScope: 'day' } });
	const timeless = (member: unknown) => ({ member, transaction: { transactionId: 'N-1', totalAmount: 100 } });
	const sale = await shop.till.post('/v1/transaction', timeless(nobody));
	expect(sale.json.agent?.state).toBe('refused');
	await alter(shop, `UPDATE delivery SET accepted_at = accepted_at - ${24 * 60 * 60_000}`);
	const second = (await decide(shop.manager, 'correct', idOf(sale), { body: timeless({ phoneNumber: '698888888' }) })).delivery?.id ?? '';
	await shop.reaches(second, 'refused');
	const third = (await decide(shop.manager, 'correct', second, { body: timeless(ana) })).delivery?.id ?? '';
	await shop.reaches(third, 'confirmed');
	await shop.manager.post('/agent/v1/replay/pause', {});
	const today = await shop.till.post('/v1/transaction', timeless({ phoneNumber: '600100201' }));
	expect([today.status, today.json.agent?.state, today.json.agent?.duplicate]).toEqual([202, 'queued', false]);
});
