/** What stands between a shop and the service, told apart: a network that wants a log-in, and a clock that is wrong. */
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closed, listen } from '../support/listening.ts';
import { Relay } from '../support/relay.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const hourMs = 3_600_000;
let relay: Relay;
let shop: Shop;

beforeAll(async () => {
	relay = await Relay.start();
	shop = await Shop.open({ loyalty: { baseUrl: `http://127.0.0.1:${relay.port}/v1/`, timeoutMs: 2_000 } });
	relay.targetPort = shop.service.port;
});

afterAll(async () => {
	await shop.close();
	await relay.close();
});

const page = '<!doctype html><title>Welcome</title>';

describe('a network that wants a log-in', () => {
	test.each([
		['leads to another page', { status: 302, headers: { location: 'http://10.0.0.1/login' } }],
		['leads on for good, with a page', { status: 301, headers: { location: 'http://10.0.0.1/login' }, body: page }],
		['answers with a page', { status: 200, headers: { 'content-type': 'text/html' }, body: page }],
		['answers with a page in Latin-1', { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('Contrase\u00f1a', 'latin1') }],
		['says so itself', { status: 511, headers: { 'content-type': 'text/html' }, body: page }],
	] as const)('that %s: outcome unknown, misconfigured, and sent again afterwards', async (name, instead) => {
		await shop.calmed();
		relay.instead = instead;
		const sale = await shop.till.sell(`portal ${name}`);
		expect(sale.json.agent?.state).toBe('queued');
		await until(async () => (await shop.status()).link.reason === 'captive-portal', 'the portal is recognised');
		const { link } = await shop.status();
		expect(link).toMatchObject({ state: 'misconfigured', advice: expect.stringContaining('log in') });
		expect((await shop.delivery(sale.json.agent?.deliveryId)).lastOutcome).toBe('unknown:captive-portal');
		relay.instead = undefined;
		await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		await until(async () => (await shop.status()).link.reason === 'ok', 'all is well');
		expect((await shop.status()).link).not.toHaveProperty('advice');
	});
});

test('a wrong clock keeps nothing from being sent, is shown in words while it lasts, and is logged once', async () => {
	await shop.calmed();
	relay.dateOffsetMs = -3 * hourMs;
	for (const name of ['late-1', 'late-2']) expect((await shop.till.sell(name)).json.agent?.state).toBe('confirmed');
	const status = await shop.status();
	expect(status.link).toMatchObject({ state: 'online', reason: 'clock-wrong', sentence: expect.stringContaining('3 hours ahead'), advice: expect.any(String) });
	expect(Math.abs(status.clockOffsetSeconds - 3 * 3_600)).toBeLessThan(5);
	relay.dateOffsetMs = 0;
	expect((await shop.till.sell('in time')).json.agent?.state).toBe('confirmed');
	expect((await shop.status()).link.reason).toBe('ok');
	expect(shop.agent.output.match(/clock\.wrong .*3 hours ahead/g)).toHaveLength(1);
	expect(shop.agent.output.match(/clock\.right/g)).toHaveLength(1);
});

test('a secure connection that is cut while it is set up is told from one that never was', async () => {
	const server = createServer((socket) => socket.once('data', () => socket.destroy()));
	const port = await listen(server);
	const other = await Shop.open({ loyalty: { baseUrl: `https://127.0.0.1:${port}/v1/`, timeoutMs: 2_000 } });
	const pay = await other.till.post('/v1/payment', { member: { phoneNumber: '600100200' }, payment: { action: 'pay', amount: 100 } });
	expect(pay.json.agent?.state).toBe('withdrawn');
	expect((await other.status()).link).toMatchObject({ state: 'offline', reason: 'tls-cut' });
	await other.close();
	await closed(server);
});
