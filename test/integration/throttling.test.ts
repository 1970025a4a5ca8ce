/** Guessing and floods: held back, and nobody else is. */
import { connect } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { head } from '../support/raw-http.ts';
import { Shop } from '../support/shop.ts';
import { Till } from '../support/till.ts';

let shop: Shop;

beforeAll(async () => {
	shop = await Shop.open();
	return () => shop.close();
}, 30_000);

const stranger = (token: string) => new Till(shop.agent.baseUrl, token);
const status = '/agent/v1/status';

test('wrong tokens are answered 401, then 429 with the time to wait; the right ones are served all along', async () => {
	const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => stranger(`guess-${index}`).get(status)));
	const counts = new Map([401, 429].map((code) => [code, answers.filter((answer) => answer.status === code).length]));
	expect(counts.get(401)).toBeGreaterThanOrEqual(20);
	expect(counts.get(429)).toBeGreaterThanOrEqual(20);
	expect((counts.get(401) ?? 0) + (counts.get(429) ?? 0)).toBe(60);
	const held = answers.find((answer) => answer.status === 429);
	expect(held?.json.error?.code).toBe('TOO_MANY_REQUESTS');
	expect(Number(held?.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(held?.json.agent).toEqual({ state: 'none' });

	expect((await shop.manager.get(status)).status).toBe(200);
	expect((await shop.till.sell('while-guessed')).json.agent?.state).toBe('confirmed');
	expect((await fetch(`${shop.agent.baseUrl}/livez`)).status).toBe(200);
});

test('a call without any token is no guess', async () => {
	const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(`${shop.agent.baseUrl}${status}`)));
	expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
});

/** So many reads on one connection, each sent without waiting for the answer before. Resolves with the status of each that was answered, once the connection is closed. */
function flood(count: number): Promise<number[]> {
	const { port } = new URL(shop.agent.baseUrl);
	const one = head(`GET ${status} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `x-api-key: ${shop.agent.token('register')}`);
	return new Promise((resolve, reject) => {
		const socket = connect(Number(port), '127.0.0.1');
		const chunks: Buffer[] = [];
		socket.once('error', reject);
		socket.on('data', (chunk: Buffer) => chunks.push(chunk));
		socket.once('close', () =>
			resolve(
				[
					...Buffer.concat(chunks)
						.toString()
						.matchAll(/HTTP\/1\.1 (\d{3})/g),
				].map(([, code]) => Number(code)),
			),
		);
		socket.write(one.repeat(count));
	});
}

test('a flood of reads is held back, and sales are not', async () => {
	const reads = await flood(8_000);
	expect(reads.length).toBeGreaterThan(2_000);
	expect(reads.at(-1)).toBe(429);
	expect(reads.slice(0, 2_000)).toEqual(Array.from({ length: 2_000 }, () => 200));
	const sales = await Promise.all(Array.from({ length: 20 }, (_, index) => shop.till.sell(`flood-${index}`)));
	expect(sales.filter((sale) => sale.status === 429)).toEqual([]);
	expect((await shop.manager.get(status)).status).toBe(200);
});
