import { expect, test } from 'vitest';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import { at } from '../core/json.ts';
import { aSale, bareRequest, openTill, pointsOfAna, type Till, tillHeaders } from './test-till.ts';

const moments = [
	{ when: 'before', applied: 0 },
	{ when: 'after', applied: 1 },
] as const;

const appliedOf = async (till: Till, transactionId: string) => at((await till.effects('sales', transactionId))[0], 'applied');

/** Resolves once the sale T-1 has reached the sandbox. */
const arrival = (till: Till) => expect.poll(async () => (await till.effects('sales', 'T-1')).length).toBe(1);

/** The fault strikes once; the same sale sent again must go through and count once. */
async function recovers(till: Till, applied: 0 | 1): Promise<void> {
	expect(await till.effects('sales', 'T-1')).toMatchObject([{ requests: 1, applied, order: applied === 1 ? 1 : null }]);
	expect((await till.post('transaction', aSale('T-1'))).body).toMatchObject({ status: 'success' });
	expect(await till.effects('sales', 'T-1')).toMatchObject([{ requests: 2, applied: 1, order: 1 }]);
	expect(await pointsOfAna(till)).toBe(2_500);
}

test.each(moments)('a cut $when the effect gives no answer', async ({ when, applied }) => {
	const till = await openTill();
	await till.fault({ fault: 'cut', when, times: 1 });
	await expect(till.send('transaction', aSale('T-1'))).rejects.toThrow();
	await recovers(till, applied);
});

test.each(moments)('a timeout $when the effect never answers', async ({ when, applied }) => {
	const till = await openTill();
	await till.fault({ fault: 'timeout', when, times: 1 });
	const patience = new AbortController();
	const givenUp = expect(till.send('transaction', aSale('T-1'), {}, patience.signal)).rejects.toMatchObject({ name: 'AbortError' });
	await arrival(till);
	till.clock.skip(3_600_000);
	patience.abort();
	await givenUp;
	await recovers(till, applied);
});

test.each(
	moments.flatMap((moment) =>
		[401, 403, 408, 425, 429, 500, 502, 503, 504].flatMap((status) => [true, false].map((envelope) => ({ ...moment, status, envelope }))),
	),
)('status $status $when the effect, envelope $envelope', async ({ status, when, applied, envelope }) => {
	const till = await openTill();
	await till.fault({ fault: 'status', status, when, envelope, times: 1 });
	const answer = await till.send('transaction', aSale('T-1'));
	expect(answer.status).toBe(status);
	expect(answer.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
	const text = await answer.text();
	if (envelope) expect(JSON.parse(text)).toEqual({ status: 'error', error: { code: '500', message: 'Server error' } });
	else expect(text).toContain('<html>');
	await recovers(till, applied);
});

test('status 407, which fetch hides, and a Retry-After and code of choice', async () => {
	const till = await openTill();
	await till.fault({ fault: 'status', status: 407, retryAfterSeconds: 7, code: 'PROXY', times: 1 });
	const { statusCode, headers } = await bareRequest(
		`${till.sandbox.baseUrl}transaction`,
		{ method: 'POST', headers: tillHeaders },
		JSON.stringify(aSale('T-1')),
	);
	expect([statusCode, headers['retry-after']]).toEqual([407, '7']);
	await recovers(till, 0);
});

test('a business refusal on demand', async () => {
	const till = await openTill();
	await till.fault({ fault: 'status', status: 200, code: 'SOMETHING_NEW' });
	expect(await till.post('transaction', aSale('T-1'))).toMatchObject({ status: 200, body: { error: { code: 'SOMETHING_NEW' } } });
});

test.each(moments)('html and empty answers $when the effect', async ({ when, applied }) => {
	const till = await openTill();
	await till.fault({ fault: 'html', when, times: 1 }, { fault: 'html', status: 404, when, times: 1 }, { fault: 'empty', when, times: 1 });
	const [portal, lost, empty] = [
		await till.send('transaction', aSale('T-1')),
		await till.send('transaction', aSale('T-2')),
		await till.send('transaction', aSale('T-3')),
	];
	expect([portal.status, portal.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
	expect(lost.status).toBe(404);
	expect([empty.status, await empty.text()]).toEqual([200, '']);
	for (const id of ['T-1', 'T-2', 'T-3']) expect(await appliedOf(till, id)).toBe(applied);
});

test('a truncated answer is the first half of the real one', async () => {
	const till = await openTill();
	await till.fault({ fault: 'truncated', times: 1 });
	const half = await (await till.send('transaction', aSale('T-1'))).text();
	expect(() => JSON.parse(half)).toThrow();
	expect(JSON.stringify((await till.post('transaction', aSale('T-1'))).body).startsWith(half)).toBe(true);
});

test('a trickling answer is whole in the end and takes its time', async () => {
	const till = await openTill();
	await till.fault({ fault: 'trickle', delayMs: 2 });
	const begunMs = performance.now();
	const { body } = await till.post('transaction', aSale('T-1'));
	expect(body).toMatchObject({ status: 'success' });
	expect(performance.now() - begunMs).toBeGreaterThanOrEqual(JSON.stringify(body).length - 1);
});

test.each(moments)('latency $when the effect delays the real answer', async ({ when, applied }) => {
	const till = await openTill();
	await till.fault({ fault: 'latency', when, delayMs: 60_000, jitterMs: 10 });
	const begunMs = till.clock.elapsed();
	const answer = till.post('transaction', aSale('T-1'));
	await arrival(till);
	expect(await appliedOf(till, 'T-1')).toBe(applied);
	till.clock.skip(60_010);
	expect((await answer).body).toMatchObject({ status: 'success' });
	expect(till.clock.elapsed() - begunMs).toBeGreaterThanOrEqual(60_000);
	expect(await appliedOf(till, 'T-1')).toBe(1);
});

test('latency passes by itself', async () => {
	const till = await openTill();
	await till.fault({ fault: 'latency', delayMs: 40 });
	const begunMs = performance.now();
	await till.post('transaction', aSale('T-1'));
	// Node may fire a timer up to a millisecond early.
	expect(performance.now() - begunMs).toBeGreaterThanOrEqual(39);
});

test('a rule strikes only what it names, and the first that hits applies', async () => {
	const till = await openTill();
	await till.fault(
		{ fault: 'status', status: 500, calls: ['payment'] },
		{ fault: 'status', status: 502, calls: ['cancelSale'] },
		{ fault: 'status', status: 503, transactionId: 'T-2', times: 1 },
		{ fault: 'status', status: 504, transactionId: 'T-2' },
	);
	const status = async (path: string, body: unknown) => (await till.send(path, body)).status;
	expect(await status('payment', {})).toBe(500);
	expect(await status('transaction', { transaction: { confirmationCode: 'ABC' } })).toBe(502);
	expect(await status('transaction', aSale('T-1'))).toBe(200);
	expect(await status('transaction', aSale('T-2'))).toBe(503);
	expect(await status('transaction', aSale('T-2'))).toBe(504);
	const rules = await (await till.control('faults')).json();
	expect(rules).toMatchObject([{ hits: 1 }, { hits: 1 }, { hits: 1, rule: { status: 503 } }, { hits: 1 }]);
	await till.fault();
	expect(await status('transaction', aSale('T-2'))).toBe(200);
});

test('rules that cannot be understood are refused and change nothing', async () => {
	const till = await openTill();
	await till.fault({ fault: 'cut' });
	const put = async (body: string) => (await till.control('faults', { method: 'PUT', body })).status;
	for (const body of [
		'{}',
		'[{}]',
		'[{"fault":"flood"}]',
		'[{"fault":"cut","calls":["sales"]}]',
		'[{"fault":"trickle","when":"before"}]',
		'[{"fault":"cut","colour":1}]',
		'[',
	]) {
		expect([body, await put(body)]).toEqual([body, 400]);
	}
	expect(await (await till.control('faults')).json()).toEqual([{ rule: { fault: 'cut' }, hits: 0 }]);
});

test('chance repeats with its seed', async () => {
	const till = await openTill();
	const row = async (rule: FaultRule) => {
		await till.fault(rule);
		return rowOf(till);
	};
	const half: FaultRule = { fault: 'status', probability: 0.5, calls: ['event'] };
	const first = await row(half);
	expect(await row(half)).toBe(first);
	expect(first).toMatch(/^[x.]+$/);
	expect(new Set(first).size).toBe(2);
	expect(await row({ ...half, seed: 99 })).not.toBe(first);
	await till.set({ seed: 7 });
	const reseeded = await row(half);
	expect(reseeded).not.toBe(first);
	await till.set({ seed: 1 });
	expect(await rowOf(till)).toBe(first);
	expect(await row({ ...half, probability: 0 })).toBe('.'.repeat(40));
});

async function rowOf(till: Till): Promise<string> {
	let row = '';
	for (let index = 0; index < 40; index += 1) row += (await till.send('event', { event: { type: 'x' } })).status === 503 ? 'x' : '.';
	return row;
}
