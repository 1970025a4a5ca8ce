/** The stored body and answer, for a manager who has to look. */
import { beforeAll, expect, test } from 'vitest';
import { Shop } from '../support/shop.ts';

let shop: Shop;

beforeAll(async () => {
	shop = await Shop.open();
	return () => shop.close();
}, 30_000);

test('are shown as they came, byte for byte, and to nobody else', async () => {
	const body = '{ "transaction": { "transactionId": "whole-1", "totalAmount": 1250, "note": 12345678901234567890 } }';
	const { json } = await shop.till.post('/v1/transaction', body);
	const path = `/agent/v1/deliveries/${json.agent?.deliveryId ?? ''}?include=body`;
	const { text } = await shop.manager.get(path);
	expect(text).toContain(`"body":${body}`);
	expect(text).toContain(`"answer":{"status":"success","confirmationCode":"${json.confirmationCode}"}`);
	expect((await shop.till.get(path)).status).toBe(403);
	expect((await shop.manager.get(path.replace('?include=body', ''))).text).not.toContain('12345678901234567890');
});
