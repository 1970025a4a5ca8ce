/** What is wrong with a call is said in the agent's own envelope, and nothing accepted before is touched by it. */
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AgentProcess, freshDirectory, runProgram } from '../support/agent-process.ts';
import { exchangeRaw, head } from '../support/raw-http.ts';
import { type Answered, saleBody, Till } from '../support/till.ts';

const origin = 'https://register.example';
const mebibyte = 1024 * 1024;
const json = { 'content-type': 'application/json' };

let port: number;
let token: string;
let till: Till;
let manager: Till;
let observer: Till;
let kept: string;

/** Everything that must stay as it is. */
async function whatIsKept(): Promise<string> {
	const status = (await manager.get('/agent/v1/status')).json;
	const deliveries = await manager.get('/agent/v1/deliveries');
	return JSON.stringify([status['deliveries'], status['waiting'], deliveries.json]);
}

beforeAll(async () => {
	const { directory, remove } = freshDirectory();
	const agent = await new AgentProcess({ directory, settings: { local: { allowedOrigins: [origin] } } }).ready();
	const made = await runProgram(['token', 'create', 'wall display', '--role', 'observer', '--data-dir', directory]);
	port = Number(new URL(agent.baseUrl).port);
	token = agent.token('register');
	till = new Till(agent.baseUrl, token);
	manager = new Till(agent.baseUrl, agent.token('manager'));
	observer = new Till(agent.baseUrl, made.stdout.trim());
	expect((await till.sell('kept-confirmed')).status).toBe(200);
	await manager.post('/agent/v1/replay/pause', {});
	expect((await till.sell('kept-queued')).status).toBe(202);
	kept = await whatIsKept();
	return async () => {
		await agent.stop();
		remove();
	};
}, 30_000);

afterEach(async () => {
	expect(await whatIsKept()).toBe(kept);
});

interface Replied {
	readonly status: number;
	readonly json: Answered;
	readonly headers: Headers | ReadonlyMap<string, string>;
}

function expectError(reply: Replied, status: number, code: string, path?: string): void {
	expect({ status: reply.status, code: reply.json.error?.code, path: reply.json.error?.path }).toEqual({ status, code, path });
	expect(Object.keys(reply.json)).toEqual(['status', 'error', 'agent']);
	expect(reply.json.status).toBe('error');
	expect(reply.json.error?.message).toMatch(/\w.*\.$/);
	expect(reply.json.agent).toMatchObject({ state: 'none', sandbox: true });
	expect(reply.json.agent).not.toHaveProperty('deliveryId');
	expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
}

const postHead = (...more: readonly string[]) =>
	head('POST /v1/transaction HTTP/1.1', `Host: 127.0.0.1:${port}`, `x-api-key: ${token}`, 'Content-Type: application/json', ...more);

describe('a body that cannot be read', () => {
	test.each([
		['nothing at all', ''],
		['blanks', ' \r\n\t'],
		['half an object', '{"transaction":{"transactionId":"x"'],
		['a trailing comma', '{"transaction":{"transactionId":"x"},}'],
		['two documents', '{} {}'],
		['a number without an end', '{"transaction":{"transactionId":"x","totalAmount":1.}}'],
		['a line break inside a text', '{"transaction":{"transactionId":"x\n"}}'],
		['a number that is none', '{"transaction":{"transactionId":"x","totalAmount":NaN}}'],
	])('is refused when it holds %s', async (_what, body) => {
		expectError(await till.post('/v1/transaction', body), 400, 'INVALID_REQUEST', 'body');
	});

	test.each(['[]', '[{"transaction":{"transactionId":"x"}}]', '"text"', '12', 'true', 'null'])(
		'is refused when it is %s instead of an object',
		async (body) => {
			expectError(await till.post('/v1/transaction', body), 400, 'INVALID_REQUEST', 'body');
		},
	);

	test('is refused when it nests a hundred thousand levels deep', async () => {
		const depth = 100_000;
		const lists = `{"transaction":{"transactionId":"x","deep":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
		expectError(await till.post('/v1/transaction', lists), 400, 'INVALID_REQUEST', 'body');
		expectError(await till.post('/v1/transaction', '{"a":'.repeat(depth)), 400, 'INVALID_REQUEST', 'body');
	});

	test('is refused when it is not UTF-8', async () => {
		const latin1 = Uint8Array.from(Buffer.from('{"transaction":{"transactionId":"caf\xe9"}}', 'latin1'));
		expectError(await till.post('/v1/transaction', latin1), 400, 'INVALID_REQUEST', 'body');
		const utf16 = Uint8Array.from(Buffer.from('\ufeff{"transaction":{"transactionId":"x"}}', 'utf16le'));
		expectError(await till.post('/v1/transaction', utf16), 400, 'INVALID_REQUEST', 'body');
	});

	test('is judged by what stands behind its byte order mark', async () => {
		expectError(await till.post('/v1/transaction', '\ufeff{"transaction":{}}'), 400, 'INVALID_REQUEST', 'body.transaction.transactionId');
		const known = await till.post('/v1/transaction', `\ufeff${JSON.stringify(saleBody('kept-confirmed'))}`);
		expect([known.status, known.json.agent?.duplicate]).toEqual([200, true]);
	});
});

describe('a field that is missing or of the wrong type', () => {
	test.each([
		['/v1/transaction', {}, 'transaction'],
		['/v1/transaction', { transaction: [] }, 'transaction'],
		['/v1/transaction', { transaction: 'x' }, 'transaction'],
		['/v1/transaction', { transaction: null }, 'transaction'],
		['/v1/transaction', { transaction: { totalAmount: 5 } }, 'transaction.transactionId'],
		['/v1/transaction', { transaction: { transactionId: 17 } }, 'transaction.transactionId'],
		['/v1/transaction', { transaction: { transactionId: null } }, 'transaction.transactionId'],
		['/v1/transaction', { transaction: { transactionId: '' } }, 'transaction.transactionId'],
		['/v1/transaction', { transaction: { action: 'cancel' } }, 'transaction.confirmationCode'],
		['/v1/transaction', { transaction: { action: 'cancel', confirmationCode: 5 } }, 'transaction.confirmationCode'],
		['/v1/payment', {}, 'member'],
		['/v1/payment', { member: '600100200', payment: { amount: 5 } }, 'member'],
		['/v1/payment', { member: [], payment: { amount: 5 } }, 'member'],
		['/v1/payment', { member: {} }, 'payment'],
		['/v1/payment', { member: {}, payment: {} }, 'payment.amount'],
		['/v1/payment', { member: {}, payment: { amount: '5' } }, 'payment.amount'],
		['/v1/payment', { member: {}, payment: { amount: 0 } }, 'payment.amount'],
		['/v1/payment', { member: {}, payment: { amount: -1 } }, 'payment.amount'],
		['/v1/payment', { payment: { action: 'cancel' } }, 'payment.confirmationCode'],
		['/v1/payment', { payment: { action: 'cancel', confirmationCode: {} } }, 'payment.confirmationCode'],
		['/v1/member/register', {}, 'phoneNumber'],
		['/v1/member/register', { phoneNumber: 600100299 }, 'phoneNumber'],
		['/v1/member/register', { newMemberData: { firstName: 'Ana' } }, 'phoneNumber'],
		['/v1/member/update', {}, 'member'],
		['/v1/member/update', { member: {} }, 'newMemberData'],
		['/v1/member/update', { member: {}, newMemberData: 'x' }, 'newMemberData'],
		['/v1/member/update', { member: 1, newMemberData: {} }, 'member'],
		['/v1/member/details', {}, 'member'],
		['/v1/member/details', { member: 'x' }, 'member'],
		['/v1/member/shortCode', {}, 'member'],
		['/v1/member/shortCode', { member: [] }, 'member'],
		['/v1/event', {}, 'event'],
		['/v1/event', { event: [] }, 'event'],
		['/v1/event', { event: {} }, 'event.type'],
		['/v1/event', { event: { type: 1 } }, 'event.type'],
	])('of %s %j is named by its path', async (path, body, field) => {
		expectError(await till.post(path, body), 400, 'INVALID_REQUEST', `body.${field}`);
	});

	test('is not taken from an object behind "__proto__"', async () => {
		const body = '{"__proto__":{"transaction":{"transactionId":"x"}}}';
		expectError(await till.post('/v1/transaction', body), 400, 'INVALID_REQUEST', 'body.transaction');
	});

	test('is said without repeating what was sent there', async () => {
		const reply = await till.post('/v1/member/details', { member: '600100200 Ana Ruiz' });
		expect(reply.text).not.toMatch(/600100200|Ana/);
	});
});

describe('a body that is too large', () => {
	test('is refused from the first byte over 1 MiB on', async () => {
		expectError(await till.post('/v1/transaction', 'x'.repeat(mebibyte)), 400, 'INVALID_REQUEST', 'body');
		expectError(await till.post('/v1/transaction', 'x'.repeat(mebibyte + 1)), 413, 'TOO_LARGE');
	});

	test('is refused in an answer that a caller with a long body gets to read', async () => {
		for (const size of [4, 8, 16]) expectError(await till.post('/v1/transaction', 'x'.repeat(size * mebibyte)), 413, 'TOO_LARGE');
	});

	test('is refused at once when its announced length is absurd', async () => {
		const reply = await exchangeRaw(port, postHead('Content-Length: 999999999999'));
		expectError(reply, 413, 'TOO_LARGE');
		expect(reply.headers.get('connection')).toBe('close');
	});

	test('is refused when it comes in chunks and never says how long it is', async () => {
		const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
		expectError(await exchangeRaw(port, postHead('Transfer-Encoding: chunked'), chunk.repeat(17), '0\r\n\r\n'), 413, 'TOO_LARGE');
	});
});

describe('an address that does not fit', () => {
	test.each([
		'/',
		'/v1',
		'/v1/transactions',
		'/v1/transaction/',
		'/V1/transaction',
		'/v1/member',
		'/agent/v1',
		'/agent/v1/deliveries/',
		'/../etc/passwd',
		'/%00',
	])('%s is not found', async (path) => {
		expectError(await till.post(path, saleBody('x')), 404, 'NOT_FOUND');
	});

	test.each([
		['GET', '/v1/transaction', 'POST'],
		['PUT', '/v1/member/register', 'POST'],
		['DELETE', '/v1/payment', 'POST'],
		['PATCH', '/v1/event', 'POST'],
		['OPTIONS', '/v1/transaction', 'POST'],
		['POST', '/agent/v1/status', 'GET'],
		['DELETE', '/agent/v1/deliveries', 'GET'],
		['GET', '/agent/v1/replay/pause', 'POST'],
		['POST', '/livez', 'GET'],
	])('%s %s is answered with the method that is allowed', async (method, path, allowed) => {
		const reply = await till.request(path, { method });
		expectError(reply, 405, 'METHOD_NOT_ALLOWED');
		expect(reply.headers.get('allow')).toBe(allowed);
	});
});

describe('a body that is not declared as JSON', () => {
	test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json', 'application/jsonx', ''])(
		'as "%s" is refused',
		async (type) => {
			expectError(await till.post('/v1/transaction', saleBody('x'), { 'content-type': type }), 415, 'UNSUPPORTED_MEDIA_TYPE');
		},
	);

	test('is refused without any declaration', async () => {
		const text = JSON.stringify(saleBody('x'));
		const reply = await exchangeRaw(
			port,
			head('POST /v1/transaction HTTP/1.1', `Host: 127.0.0.1:${port}`, `x-api-key: ${token}`, `Content-Length: ${text.length}`),
			text,
		);
		expectError(reply, 415, 'UNSUPPORTED_MEDIA_TYPE');
	});

	test('is taken with parameters and in other letters', async () => {
		const reply = await till.post('/v1/transaction', saleBody('kept-confirmed'), { 'content-type': 'Application/JSON; charset=utf-8' });
		expect([reply.status, reply.json.agent?.duplicate]).toEqual([200, true]);
	});
});

describe('a caller', () => {
	test.each([
		['without a token', {}],
		['with a wrong x-api-key', { 'x-api-key': 'wrong' }],
		['with an empty x-api-key', { 'x-api-key': '' }],
		['with a wrong bearer token', { authorization: 'Bearer wrong' }],
		['with another scheme', { authorization: 'Basic cmVnaXN0ZXI6eA==' }],
	])('%s is not known', async (_who, headers) => {
		for (const [method, path] of [
			['POST', '/v1/transaction'],
			['POST', '/v1/member/details'],
			['GET', '/agent/v1/status'],
			['GET', '/agent/v1/deliveries'],
			['POST', '/agent/v1/replay/pause'],
		] as const) {
			const reply = await fetchWithout(method, path, headers);
			expectError(reply, 401, 'UNAUTHORIZED');
			expect(reply.text).not.toContain('waiting');
		}
	});

	test('may bring its token as a bearer token', async () => {
		const reply = await fetchWithout('GET', '/agent/v1/status', { authorization: `Bearer ${token}` });
		expect(reply.status).toBe(200);
	});

	test('who may only observe gets the status and nothing else', async () => {
		expect((await observer.get('/agent/v1/status')).status).toBe(200);
		for (const path of [
			'/v1/transaction',
			'/v1/payment',
			'/v1/event',
			'/v1/member/register',
			'/v1/member/update',
			'/v1/member/details',
			'/v1/member/shortCode',
		]) {
			expectError(await observer.post(path, saleBody('x')), 403, 'FORBIDDEN');
		}
		expectError(await observer.get('/agent/v1/deliveries'), 403, 'FORBIDDEN');
		expectError(await observer.post('/agent/v1/replay/resume', {}), 403, 'FORBIDDEN');
	});

	test('with a register token may not steer the sending', async () => {
		for (const action of ['pause', 'resume', 'send-now']) {
			const reply = await till.post(`/agent/v1/replay/${action}`, {});
			expectError(reply, 403, 'FORBIDDEN');
			expect(reply.json.error?.message).toBe('A token of the role register may not do this. Use the token in manager.token.');
		}
	});

	test('needs no token to ask whether the agent lives', async () => {
		for (const [path, answer] of [
			['/livez', { status: 'alive' }],
			['/readyz', { status: 'ready' }],
		] as const) {
			const reply = await fetchWithout('GET', path, {});
			expect([reply.status, reply.json]).toEqual([200, answer]);
		}
	});
});

async function fetchWithout(method: string, path: string, headers: Record<string, string>) {
	const response = await fetch(`http://127.0.0.1:${port}${path}`, {
		method,
		headers: { ...headers, ...(method === 'POST' ? json : {}) },
		...(method === 'POST' ? { body: JSON.stringify(saleBody('x')) } : {}),
	});
	const text = await response.text();
	const parsed: Answered = JSON.parse(text);
	return { status: response.status, headers: response.headers, text, json: parsed };
}

describe('a call that was not meant for this machine', () => {
	test.each(['register.example', '127.0.0.1', 'localhost', '127.0.0.1:1', '127.0.0.2:PORT', 'localhost.register.example:PORT', '0.0.0.0:PORT', ''])(
		'with the Host "%s" is refused before anything else is looked at',
		async (host) => {
			const reply = await exchangeRaw(port, head('GET /nowhere HTTP/1.1', `Host: ${host.replace('PORT', String(port))}`));
			expectError(reply, 403, 'FORBIDDEN');
		},
	);

	test('without a Host is refused', async () => {
		expectError(await exchangeRaw(port, head('GET /agent/v1/status HTTP/1.1', `x-api-key: ${token}`)), 403, 'FORBIDDEN');
		expectError(await exchangeRaw(port, head('GET /agent/v1/status HTTP/1.0', `x-api-key: ${token}`)), 403, 'FORBIDDEN');
	});

	test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('is served under the loopback name %s', async (name) => {
		const reply = await exchangeRaw(port, head('GET /agent/v1/status HTTP/1.1', `Host: ${name}:${port}`, `x-api-key: ${token}`));
		expect(reply.status).toBe(200);
	});

	test.each(['https://evil.example', 'http://register.example', `${origin}.evil.example`, `${origin}:444`, 'null'])(
		'from a page of %s is refused without CORS headers',
		async (stranger) => {
			for (const method of ['POST', 'OPTIONS']) {
				const reply = await till.request('/v1/transaction', { method, headers: { ...json, origin: stranger } });
				expectError(reply, 403, 'FORBIDDEN');
				expect(corsHeaders(reply.headers)).toEqual([]);
			}
		},
	);
});

describe('a page of an allowed origin', () => {
	test('gets its preflight answered, for itself alone', async () => {
		const reply = await fetch(`http://127.0.0.1:${port}/v1/transaction`, {
			method: 'OPTIONS',
			headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-api-key,idempotency-key' },
		});
		expect(reply.status).toBe(204);
		expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
		expect(reply.headers.get('vary')).toBe('Origin');
		expect(reply.headers.get('access-control-allow-methods')?.split(', ')).toContain('POST');
		const allowed = reply.headers.get('access-control-allow-headers')?.split(', ');
		expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'x-api-key', 'x-branch-id', 'x-pos-id']));
	});

	test('may read its answers, errors and the signs of life included', async () => {
		for (const [path, status] of [
			['/agent/v1/status', 200],
			['/agent/v1/nowhere', 404],
			['/livez', 200],
			['/readyz', 200],
		] as const) {
			const reply = await till.request(path, { headers: { origin } });
			expect([reply.status, reply.headers.get('access-control-allow-origin'), reply.headers.get('vary')]).toEqual([status, origin, 'Origin']);
		}
		const known = await till.post('/v1/transaction', saleBody('kept-confirmed'), { origin });
		expect(known.headers.get('access-control-expose-headers')).toContain('Idempotency-Replayed');
	});

	test('still needs a token', async () => {
		const reply = await fetchWithout('POST', '/v1/transaction', { origin });
		expectError(reply, 401, 'UNAUTHORIZED');
		expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
	});

	test('is the only one that sees CORS headers', async () => {
		expect(corsHeaders((await till.get('/agent/v1/status')).headers)).toEqual([]);
	});
});

function corsHeaders(headers: Headers): string[] {
	return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('an Idempotency-Key', () => {
	test.each([
		['empty', ''],
		['blank', '   '],
		['an empty quoted text', '""'],
		['too long', 'k'.repeat(256)],
	])('that is %s is refused', async (_what, key) => {
		expectError(await till.post('/v1/transaction', saleBody('x'), { 'idempotency-key': key }), 400, 'INVALID_REQUEST', 'header.Idempotency-Key');
	});
});

describe('what is not HTTP', () => {
	test.each([
		['a TLS hello', Buffer.from('160301020001000001fc0303', 'hex')],
		['control characters', '\u0001\u0002\u0003\r\n\r\n'],
		['another protocol', 'GET /agent/v1/status FTP/1.1\r\n\r\n'],
		['a header without a colon', 'GET / HTTP/1.1\r\nnonsense\r\n\r\n'],
		['JSON-RPC', '{"jsonrpc":"2.0","id":1,"method":"auth"}\n'],
	])('such as %s is answered 400', async (_what, bytes) => {
		const reply = await exchangeRaw(port, bytes);
		expectError(reply, 400, 'INVALID_REQUEST');
		expect(reply.headers.get('connection')).toBe('close');
	});

	test('such as broken chunks is answered 400', async () => {
		expectError(await exchangeRaw(port, postHead('Transfer-Encoding: chunked'), 'ZZ\r\n{}\r\n'), 400, 'INVALID_REQUEST');
	});

	test('such as two lengths for one body is answered 400', async () => {
		expectError(await exchangeRaw(port, postHead('Content-Length: 2', 'Transfer-Encoding: chunked'), '0\r\n\r\n'), 400, 'INVALID_REQUEST');
		expectError(await exchangeRaw(port, postHead('Content-Length: 2', 'Content-Length: 3'), '{} '), 400, 'INVALID_REQUEST');
	});

	test('behind a whole call does not take the place of its answer', async () => {
		const text = JSON.stringify(saleBody('kept-queued'));
		const reply = await exchangeRaw(port, `${postHead(`Content-Length: ${text.length}`)}${text}\0`);
		expect([reply.status, reply.json.agent?.state, reply.json.agent?.duplicate]).toEqual([202, 'queued', true]);
		expect(reply.headers.get('connection')).toBe('close');
	});

	test('such as headers over 16 KiB is answered 431', async () => {
		const reply = await exchangeRaw(port, head('GET /livez HTTP/1.1', `Host: 127.0.0.1:${port}`, `x-long: ${'x'.repeat(20_000)}`));
		expectError(reply, 431, 'INVALID_REQUEST');
	});

	test('such as an expectation nobody knows is left aside', async () => {
		expectError(await exchangeRaw(port, postHead('Expect: miracles', 'Content-Length: 2'), '{}'), 400, 'INVALID_REQUEST', 'body.transaction');
	});

	test('such as a caller that goes away in the middle of its body does no harm', async () => {
		await new Promise<void>((resolve, reject) => {
			const socket = connect(port, '127.0.0.1');
			socket.once('error', reject);
			socket.once('close', () => resolve());
			socket.write(`${postHead('Content-Length: 500')}{"transaction":`, () => socket.destroy());
		});
		expect((await till.get('/agent/v1/status')).status).toBe(200);
	});
});

describe('a question about deliveries that cannot be understood', () => {
	test.each([
		['state=lost', 'state'],
		['state=queued,lost', 'state'],
		['call=refund', 'call'],
		['limit=0', 'limit'],
		['limit=501', 'limit'],
		['limit=ten', 'limit'],
		['limit=1.5', 'limit'],
		['cursor=abc', 'cursor'],
		['cursor=-1', 'cursor'],
	])('%s is refused', async (query, parameter) => {
		expectError(await till.get(`/agent/v1/deliveries?${query}`), 400, 'INVALID_REQUEST', `query.${parameter}`);
	});
});
