/** How a manager's decision has to be asked for, who may, and who sees it afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decisionKinds } from '../../shared/local-api.ts';
import { decide } from '../support/decide.ts';
import { Shop } from '../support/shop.ts';
import { idOf, saleBody } from '../support/till.ts';

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
let shop: Shop;
let number = 0;
let id: string;

beforeAll(async () => {
	shop = await Shop.open();
	return () => shop.close();
}, 30_000);

beforeEach(() => {
	number += 1;
	id = `asked-${number}`;
});

async function refusedSale(): Promise<string> {
	await shop.service.faults([{ fault: 'status', status: 200, code: 'MADE_UP', transactionId: id, times: 1 }]);
	const sale = await shop.till.sell(id);
	expect(sale.json.agent?.state).toBe('refused');
	return idOf(sale);
}

describe('a request', () => {
	const unknown = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

	test.each(decisionKinds)('to %s a delivery that does not exist is not found', async (kind) => {
		for (const delivery of [unknown, 'none', unknown.toLowerCase()]) {
			const reply = await shop.manager.post(`/agent/v1/deliveries/${delivery}/${kind}`, { reason: 'r', body: saleBody(id) });
			expect([reply.status, reply.json.error?.code]).toEqual([404, 'NOT_FOUND']);
		}
	});

	test.each(decisionKinds)('to %s is for a manager only', async (kind) => {
		const delivery = await refusedSale();
		const reply = await shop.till.post(`/agent/v1/deliveries/${delivery}/${kind}`, { reason: 'r', body: saleBody(id) });
		expect([reply.status, reply.json.error?.code]).toEqual([403, 'FORBIDDEN']);
		expect((await shop.delivery(delivery)).state).toBe('refused');
	});

	test.each(decisionKinds)('to %s has to say why', async (kind) => {
		for (const reason of [undefined, null, '', '  \t', 7, 'x'.repeat(501)]) {
			const reply = await shop.manager.post(`/agent/v1/deliveries/${unknown}/${kind}`, { reason, body: {} });
			expect([reply.status, reply.json.error?.code, reply.json.error?.path]).toEqual([400, 'INVALID_REQUEST', 'body.reason']);
			expect(reply.text).not.toContain('xxx');
		}
	});

	test.each(decisionKinds)('to %s has to be JSON and to say so', async (kind) => {
		const path = `/agent/v1/deliveries/${unknown}/${kind}`;
		for (const body of ['', 'reason=because', '["reason"]', '{"reason":"because"']) {
			const reply = await shop.manager.post(path, body);
			expect([reply.status, reply.json.error?.code, reply.json.error?.path]).toEqual([400, 'INVALID_REQUEST', 'body']);
		}
		const form = await shop.manager.post(path, 'reason=because', { 'content-type': 'application/x-www-form-urlencoded' });
		expect([form.status, form.json.error?.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
		expect((await shop.manager.get(path)).status).toBe(405);
	});
});

test('what was decided is shown to a manager with name and time; the words only with the body, and nowhere in the clear', async () => {
	const words = 'Rosalind telephoned about the turquoise umbrella';
	const delivery = await refusedSale();
	const asked = `/agent/v1/deliveries/${delivery}`;
	const retried = await decide(shop.manager, 'retry', delivery, { reason: words });
	expect(retried.text).not.toContain('umbrella');
	await shop.reaches(delivery, 'confirmed');
	await shop.manager.post(`${asked}/withdraw`, { reason: words });
	const shown = [{ at: instant, person: 'manager', decision: 'retry' }];
	expect((await shop.delivery(delivery)).decisions).toEqual(shown);
	const whole = await shop.manager.get(`${asked}?include=body`);
	expect(whole.json['decisions']).toEqual([{ ...shown[0], reason: words }]);
	const own = await shop.till.get(asked);
	expect(own.status).toBe(200);
	expect(own.json).not.toHaveProperty('decisions');
	for (const path of ['/agent/v1/deliveries', '/agent/v1/status', asked]) expect((await shop.manager.get(path)).text).not.toContain('umbrella');
	expect(shop.agent.output).not.toContain('umbrella');
	const files = readdirSync(shop.agent.directory).map((name) => readFileSync(join(shop.agent.directory, name)));
	expect(files.filter((bytes) => bytes.includes('umbrella') || bytes.includes('Rosalind'))).toEqual([]);
	expect(files.some((bytes) => bytes.includes('delivery.decided'))).toBe(true);
});
