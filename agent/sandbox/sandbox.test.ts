import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startSandbox } from './sandbox.ts';
import { ana, aSale, codeOf, openTill, testClock, tillHeaders } from './test-till.ts';

test('a port that is taken rejects with EADDRINUSE', async () => {
	const { sandbox } = await openTill();
	await expect(startSandbox({ port: sandbox.port, clock: testClock() })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('close ends idle connections and requests under way at once, and may be called twice', async () => {
	const till = await openTill();
	await till.post('transaction', aSale('T-1'));
	await till.fault({ fault: 'latency', delayMs: 60_000, times: 1 }, { fault: 'timeout' });
	const cutOff = Promise.all(['T-2', 'T-3'].map((id) => expect(till.send('transaction', aSale(id))).rejects.toThrow()));
	await expect.poll(async () => (await till.effects('sales')).length).toBe(3);
	await Promise.all([till.sandbox.close(), till.sandbox.close()]);
	await cutOff;
	await expect(till.send('transaction', aSale('T-4'))).rejects.toThrow();
});

test('a caller who goes away in the middle of a body does no harm', async () => {
	const till = await openTill();
	await new Promise<void>((resolve) => {
		const half = request(`${till.sandbox.baseUrl}transaction`, { method: 'POST', headers: { ...tillHeaders, 'content-length': 100 } });
		half.on('error', () => resolve());
		half.write('{"transaction"', () => half.destroy());
		half.on('close', () => resolve());
	});
	expect((await till.post('transaction', aSale('T-1'))).status).toBe(200);
});

test('what is no call of the API is answered without its envelope', async () => {
	const till = await openTill();
	expect((await till.send('member/shortcode', { member: ana })).status).toBe(404);
	expect((await fetch(`http://127.0.0.1:${till.sandbox.port}/elsewhere`)).status).toBe(404);
	const get = await fetch(`${till.sandbox.baseUrl}transaction`);
	expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
	expect((await till.send('transaction', aSale('T-1'), { 'content-type': 'text/plain' })).status).toBe(415);
	expect((await till.send('transaction', `{"pad":"${'x'.repeat(1_048_577)}"}`)).status).toBe(413);
	expect(await till.effects('sales')).toEqual([]);
});

test('a call without a key is 401, one without another required header 400, both with an envelope', async () => {
	const till = await openTill();
	const keyless = await till.post('transaction', aSale('T-1'), { 'x-api-key': ' ' });
	expect([keyless.status, codeOf(keyless)]).toEqual([401, 'UNAUTHORIZED']);
	for (const name of ['x-branch-id', 'x-pos-id', 'x-source-type', 'x-source-name']) {
		const answer = await till.post('transaction', aSale('T-1'), { [name]: '' });
		expect([name, answer.status, codeOf(answer)]).toEqual([name, 400, 'BAD_REQUEST']);
	}
	expect(await till.effects('sales')).toMatchObject([{ applied: 0, order: null }, { applied: 0 }, { applied: 0 }]);
});

test('a body that is no JSON object is 400', async () => {
	const till = await openTill();
	for (const body of ['', '{', '[]', '"text"']) {
		const answer = await till.post('event', body);
		expect([body, answer.status, codeOf(answer)]).toEqual([body, 400, 'BAD_REQUEST']);
	}
	expect(await till.totals()).toMatchObject({ unreadable: 4, event: { requests: 0 } });
});

test('a body that is not UTF-8 is 400', async () => {
	const { sandbox } = await openTill();
	const answer = await fetch(`${sandbox.baseUrl}event`, { method: 'POST', headers: tillHeaders, body: Buffer.from([0x7b, 0xff, 0x7d]) });
	expect(answer.status).toBe(400);
});

test('empty texts and null are refused wherever they are, empty lists are not', async () => {
	const till = await openTill();
	const empty = await till.post('event', { event: { type: 'signup', payload: { campaign: '' } } });
	expect(empty.body).toMatchObject({ error: { code: '1001', path: 'body.event.payload.campaign' } });
	const absent = await till.post('event', { event: { type: 'signup', tags: [null] } });
	expect(absent.body).toMatchObject({ error: { code: '1001', path: 'body.event.tags.0' } });
	expect((await till.post('event', { event: { type: 'signup', tags: [] } })).body).toMatchObject({ status: 'success' });
});
