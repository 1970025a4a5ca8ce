/** Nothing personal and no secret is ever found in the log, or in what the agent prints: canaries are put wherever a caller or the service can put a text. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logEvents, logFields } from '../../agent/core/log.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { canaries } from '../support/canaries.ts';
import { exchangeRaw, head } from '../support/raw-http.ts';
import { RecordingService, type ScriptedAnswer } from '../support/recording-service.ts';
import { saleBody, Till } from '../support/till.ts';
import { until } from '../support/until.ts';

const { phone, email, firstName, lastName, card, transactionId, idempotencyKey, apiKey, wrongToken, reason, branch } = canaries;
const echo = Object.values(canaries).join(' ');
const house = freshDirectory();
let service: RecordingService;
let agent: AgentProcess;

const member = { phoneNumber: phone, email, firstName, lastName, externalId: card };
const newMemberData = { ...member, dateOfBirth: '1980-01-01' };
const calls: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
	['/v1/member/register', { newMemberData }],
	['/v1/member/update', { member: { phoneNumber: phone }, updateMemberData: { email, lastName } }],
	['/v1/member/details', { member: { externalId: card } }],
	['/v1/member/shortCode', { member: { phoneNumber: phone } }],
	['/v1/transaction', saleBody(transactionId, { member, branchId: branch })],
	['/v1/transaction', { transaction: { confirmationCode: phone }, member }],
	['/v1/payment', { member, payment: { amount: 100 }, transaction: { transactionId } }],
	['/v1/payment', { member, confirmation: card, confirmationCode: card }],
	['/v1/event', { member, event: { type: firstName, subType: reason, data: { note: echo } } }],
];
const hostileHeaders = { 'user-agent': `${firstName} ${phone}`, referer: `http://till/${email}`, 'x-branch-id': branch, 'x-pos-id': card };

const answers: readonly (readonly [what: string, answer: ScriptedAnswer])[] = [
	['a success that repeats everything', { body: JSON.stringify({ status: 'success', confirmationCode: phone, member, message: echo }) }],
	['a refusal whose code is a number of a person', { body: JSON.stringify({ status: 'error', error: { code: phone, message: echo, path: email } }) }],
	['a refusal whose code is a name', { status: 400, body: JSON.stringify({ status: 'error', error: { code: firstName, message: echo } }) }],
	['a fault of the service, as JSON', { status: 500, body: JSON.stringify({ status: 'error', error: { code: '500', message: echo } }) }],
	['a fault of the service, as a page', { status: 502, headers: { 'content-type': 'text/html' }, body: `<h1>${echo}</h1>` }],
	['JSON that ends in the middle', { body: `{"status": ${firstName}, "member": "${phone}` }],
	['a plain text', { headers: { 'content-type': 'text/plain', date: firstName, etag: `"${phone}"` }, body: echo }],
	['a page elsewhere', { status: 302, headers: { location: `http://elsewhere.example/${phone}?mail=${email}` }, body: echo }],
	['a refused key', { status: 401, headers: { 'www-authenticate': `Bearer realm="${wrongToken}"` }, body: JSON.stringify({ message: apiKey }) }],
	['a demand for peace', { status: 429, headers: { 'retry-after': phone }, body: echo }],
];

beforeAll(async () => {
	service = await RecordingService.start();
	agent = await start();
}, 30_000);

afterAll(async () => {
	await agent.stop();
	await service.close();
	house.remove();
});

function start(environment: Readonly<Record<string, string>> = {}): Promise<AgentProcess> {
	const settings = { loyalty: { baseUrl: service.baseUrl, timeoutMs: 1_500 }, local: { replyWithinMs: 300 }, log: { level: 'debug' } };
	return new AgentProcess({ directory: house.directory, settings, environment: { LANEKEEPER_API_KEY: apiKey, ...environment } }).ready();
}

const till = () => new Till(agent.baseUrl, agent.token('register'));
const manager = () => new Till(agent.baseUrl, agent.token('manager'));

function logLines(): Record<string, unknown>[] {
	const files = readdirSync(house.directory).filter((name) => /^agent\d*\.log$/.test(name));
	return files.flatMap((name) => {
		const lines = readFileSync(join(house.directory, name), 'utf8').trimEnd().split('\n');
		return lines.map((line): Record<string, unknown> => JSON.parse(line));
	});
}

/** In the log and on the terminal; the welcome alone names the directory. */
function expectNothingPlanted(): void {
	const log = logLines()
		.map((line) => JSON.stringify(line))
		.join('\n');
	const secrets = [...Object.values(canaries), 'Canaryreason', 'Quispe', '698765432', agent.token('register'), agent.token('manager')];
	for (const secret of secrets) {
		expect(log).not.toContain(secret);
		expect(agent.output).not.toContain(secret);
	}
	expect(log).not.toContain(house.directory);
	for (const line of logLines()) {
		expect(logEvents).toContain(line['message']);
		const known = [...Object.keys(logFields), 'level', 'message', 'at', 'sentence'];
		expect(Object.keys(line).filter((name) => !known.includes(name))).toEqual([]);
	}
}

describe('the log and the terminal hold nothing of', () => {
	test.each(answers)('calls that are answered with %s', async (_what, answer) => {
		service.answer = answer;
		await manager().post('/agent/v1/replay/resume', {});
		const before = logLines().length;
		for (const [index, [path, body]] of calls.entries()) {
			await till().post(path, body, { ...hostileHeaders, 'idempotency-key': `${idempotencyKey}-${answers.findIndex(([, each]) => each === answer)}-${index}` });
		}
		await manager().post('/agent/v1/replay/send-now', '');
		await until(() => logLines().length > before, 'the log says something');
		expectNothingPlanted();
	});

	test('decisions', async () => {
		service.answer = { status: 400, body: JSON.stringify({ status: 'error', error: { code: '1001', message: echo } }) };
		const { deliveries }: { readonly deliveries: readonly { readonly id: string }[] } = JSON.parse((await manager().get('/agent/v1/deliveries')).text);
		for (const { id } of deliveries) {
			for (const kind of ['retry', 'confirm', 'correct', 'withdraw']) {
				await manager().post(`/agent/v1/deliveries/${id}/${kind}`, { reason, confirmationCode: card, body: saleBody(phone, { member }) });
			}
		}
		await until(() => logLines().some(({ message }) => message === 'delivery.decided'), 'a decision is logged');
		expectNothingPlanted();
	});

	test('calls that nobody can understand', async () => {
		const port = Number(new URL(agent.baseUrl).port);
		const token = agent.token('register');
		for (const body of [
			`{"firstName": ${firstName}`,
			`"${echo}"`,
			`{"${phone}":`,
			`${'{"a":'.repeat(300)}"${email}"${'}'.repeat(300)}`,
			new Uint8Array([0xff, 0xfe]),
		]) {
			for (const [path] of calls) await till().post(path, body, { 'idempotency-key': `${idempotencyKey} "quoted"` });
		}
		await till().post('/v1/transaction', echo, { 'content-type': `text/${firstName}` });
		for (const path of [
			`/v1/${phone}`,
			`/agent/v1/deliveries/${card}`,
			`/agent/v1/deliveries?state=${firstName}&cursor=${phone}`,
			`/${encodeURIComponent(email)}`,
		]) {
			await till().get(path);
		}
		for (const secret of [wrongToken, `${apiKey}`]) await new Till(agent.baseUrl, secret).sell(transactionId);
		await till().request('/v1/event', {
			method: 'POST',
			headers: { origin: `http://${firstName}.example`, authorization: `Bearer ${wrongToken}` },
			body: echo,
		});
		for (const raw of [`${firstName} ${phone}`, `GET /${email} HTTP/1.1 ${card}`]) await exchangeRaw(port, `${raw}\r\n\r\n`).catch(() => undefined);
		const whole = head('POST /v1/event HTTP/1.1', `Host: ${firstName}.example`, `x-api-key: ${token}`, `content-length: ${echo.length}`);
		await exchangeRaw(port, whole, echo).catch(() => undefined);
		expectNothingPlanted();
	});

	test('a database in which somebody wrote', async () => {
		await manager().post('/agent/v1/replay/pause', {});
		await till().sell('damaged-1', { member });
		await till().sell('damaged-2', { member });
		const database = new Database(join(house.directory, 'outbox.db'));
		database.prepare("UPDATE delivery SET operation = ? WHERE transaction_id = 'damaged-1'").run(firstName);
		await agent.kill('SIGTERM');
		agent = await start();
		await manager().get('/agent/v1/deliveries');
		await until(() => logLines().some(({ message }) => message === 'storage.damaged'), 'the damage is logged');
		expect(logLines().find(({ message }) => message === 'storage.damaged')?.['error']).toMatch(/^DamagedRowError COLUMN_OPERATION at agent\/outbox\//);
		database.prepare("UPDATE delivery SET operation = 'sale' WHERE transaction_id = 'damaged-1'").run();
		database.close();
		expectNothingPlanted();
	});

	test('a mistake of the program in the middle of a call', async () => {
		const file = join(house.directory, 'tokens.json');
		const tokens = readFileSync(file, 'utf8');
		const asker = till();
		writeFileSync(file, `{"${firstName}": ${phone}`);
		expect((await asker.sell(transactionId)).status).toBe(500);
		writeFileSync(file, tokens);
		await until(() => logLines().some(({ message }) => message === 'http.failed'), 'the mistake is logged');
		expect(logLines().find(({ message }) => message === 'http.failed')?.['error']).toMatch(/^TokenError at agent\/vault\/tokens\.ts:\d+ at agent\//);
		expectNothingPlanted();
	});
});

describe('a crash says where and nothing of what', () => {
	const onSignal = (action: string) =>
		`import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('SIGUSR2', () => { ${action} }); globalThis.planted = '{"x": ${firstName}}';`;
	test.each([
		['a mistake that nobody caught', onSignal('JSON.parse(planted)'), /SyntaxError/],
		['a promise that nobody waited for', onSignal('Promise.reject(new RangeError(planted))'), /RangeError/],
		['something thrown that is no error', onSignal('Promise.reject(planted)'), /unknown/],
	])('%s', async (_what, program, told) => {
		await agent.stop();
		agent = await start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` });
		process.kill(agent.pid, 'SIGUSR2');
		const exit = await agent.exited();
		expect(exit.code).toBe(70);
		expect(exit.stderr).toMatch(new RegExp(`lanekeeper: a mistake of the program: ${told.source}( at \\S+)*\\n$`));
		expectNothingPlanted();
	});

	test('a database that is none', async () => {
		const { directory, remove } = freshDirectory();
		for (const name of ['vault.json', 'vault.key']) writeFileSync(join(directory, name), readFileSync(join(house.directory, name)));
		writeFileSync(join(directory, 'outbox.db'), `${echo} `.repeat(1_000));
		const exit = await new AgentProcess({ directory, environment: { LANEKEEPER_API_KEY: apiKey } }).exited();
		remove();
		expect(exit.code).toBe(65);
		expect(exit.stderr).toMatch(/The database cannot be opened \(SqliteError SQLITE_NOTADB( at [\w@./:-]+)*\)\./);
		for (const secret of Object.values(canaries)) expect(exit.stdout + exit.stderr).not.toContain(secret);
	});

	test('a mistake of the writing thread', async () => {
		await agent.stop();
		const program = `import { isMainThread, parentPort } from 'node:worker_threads'; if (!isMainThread) parentPort.on('message', () => JSON.parse('{"x": ${firstName}}'));`;
		agent = new AgentProcess({
			directory: house.directory,
			settings: { loyalty: { baseUrl: service.baseUrl } },
			environment: { LANEKEEPER_API_KEY: apiKey, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` },
		});
		const exit = await agent.exited();
		expect(exit.code).toBe(70);
		expect(exit.stderr).toMatch(/lanekeeper: a mistake of the program: SyntaxError( at \S+)*\n$/);
		expectNothingPlanted();
	});
});
