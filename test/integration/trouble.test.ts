/** Trouble of single deliveries: it holds up only what depends on it. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let shop: Shop;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 2_000 } });
	return () => shop.close();
}, 30_000);

describe('a call that the service answers in a way of its own', () => {
	test.each([
		['500', { fault: 'status', status: 500 }],
		['403 without an envelope', { fault: 'status', status: 403, envelope: false }],
		['407 without an envelope', { fault: 'status', status: 407, envelope: false }],
		['404 without an envelope', { fault: 'html', status: 404 }],
		['413 without an envelope', { fault: 'status', status: 413, envelope: false }],
	] as const)(
		'%s, every time, lets the others through',
		async (name, fault) => {
			await shop.calmed();
			const poison = `poison-${name}`;
			await shop.service.faults([{ ...fault, transactionId: poison }]);
			expect((await shop.till.sell(poison)).status).toBe(202);
			const others = await Promise.all([1, 2, 3].map((number) => shop.till.sell(`${name}-${number}`)));
			for (const other of others) await shop.reaches(other.json.agent?.deliveryId, 'confirmed');
			await until(async () => (await shop.status()).link.state === 'online', 'the line is not blamed any more');
			await shop.service.faults([]);
			await shop.drained();
		},
		60_000,
	);
});

test('a refused register that is corrected takes its place: its sales go after it, and nothing needs attention', async () => {
	await shop.calmed();
	const phone = '611000111';
	await shop.service.faults([{ fault: 'status', status: 200, code: '1001', calls: ['register'], times: 1 }]);
	const refused = await shop.till.post('/v1/member/register', { newMemberData: { phoneNumber: phone, firstName: 'Ana' } });
	expect(refused.json.agent?.state).toBe('refused');
	const sale = await shop.till.sell('of-the-new-member', { member: { phoneNumber: phone } });
	expect(sale.json.agent?.state).toBe('queued');
	const corrected = await shop.till.post('/v1/member/register', { newMemberData: { phoneNumber: phone, firstName: 'Ana Maria' } });
	expect(corrected.json.agent?.state).toBe('confirmed');
	await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
	const { registers, sales } = await shop.service.effects();
	const orderOf = (effects: typeof sales, is: (effect: (typeof sales)[number]) => boolean) => effects.find(is)?.order ?? Number.NaN;
	expect(orderOf(registers, (effect) => effect.applied === 1 && effect.order !== null)).toBeLessThan(
		orderOf(sales, (effect) => effect.transactionId === 'of-the-new-member'),
	);
	expect((await shop.status()).safeToClose).toBe(true);
});

test('a corrected register keeps its place when the agent is started again', async () => {
	await shop.calmed();
	const phone = '611000222';
	await shop.service.faults([{ fault: 'status', status: 200, code: '1001', calls: ['register'], times: 1 }]);
	await shop.till.post('/v1/member/register', { newMemberData: { phoneNumber: phone, firstName: 'Ben' } });
	await shop.manager.post('/agent/v1/replay/pause', {});
	const sale = await shop.till.sell('of-ben', { member: { phoneNumber: phone } });
	await shop.till.post('/v1/member/register', { newMemberData: { phoneNumber: phone, firstName: 'Benjamin' } });
	await shop.restartAgent();
	await shop.manager.post('/agent/v1/replay/resume', {});
	expect((await shop.reaches(sale.json.agent?.deliveryId, 'confirmed')).attempts).toBe(1);
	await shop.drained();
});

test('one damaged row in the database keeps the others neither from being listed nor from being sent', async () => {
	await shop.calmed();
	await shop.manager.post('/agent/v1/replay/pause', {});
	const damaged = await shop.till.sell('damaged');
	const whole = await shop.till.sell('whole');
	const database = new Database(join(shop.agent.directory, 'outbox.db'));
	database.prepare("UPDATE delivery SET operation = 'none' WHERE transaction_id = 'damaged'").run();
	expect(damaged.status).toBe(202);
	expect((await shop.deliveries('?state=queued')).map((delivery) => delivery['transactionId'])).toEqual(['whole']);
	await shop.restartAgent();
	await shop.manager.post('/agent/v1/replay/resume', {});
	await shop.reaches(whole.json.agent?.deliveryId, 'confirmed');
	expect(shop.agent.output).toContain('storage.damaged');
	database.prepare("UPDATE delivery SET operation = 'sale' WHERE transaction_id = 'damaged'").run();
	database.close();
	await shop.restartAgent();
	await shop.drained();
});

test('hanging pays and questions in any number hold up no sale', async () => {
	await shop.calmed();
	await shop.service.faults([{ fault: 'timeout', calls: ['pay', 'member.details'] }]);
	const member = { phoneNumber: '600100203' };
	const hanging = Array.from({ length: 20 }, (_, index) => [
		shop.till.post('/v1/payment', { member, payment: { amount: 1 }, transaction: { transactionId: `hang-${index}` } }),
		shop.till.post('/v1/member/details', { member }),
	]).flat();
	expect((await shop.till.sell('beside-them')).json.agent?.state).toBe('confirmed');
	for (const reply of await Promise.all(hanging)) expect([503, 504]).toContain(reply.status);
	await shop.service.faults([]);
});
