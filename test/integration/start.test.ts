/** Starting and stopping: what forbids a start is said with an exit code and a sentence, and what a directory is for stays so. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, type TestContext, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { AgentProcess, type AgentStart, type Exit, freshDirectory, runProgram } from '../support/agent-process.ts';
import { closed, listen } from '../support/listening.ts';
import { Service } from '../support/service.ts';
import { saleBody, Till } from '../support/till.ts';
import { until } from '../support/until.ts';

const live = { LANEKEEPER_API_KEY: 'test-key' };

/** What one test needs; all of it is cleaned up when that test is over. Tests here run side by side. */
class Scene {
	readonly #later: TestContext['onTestFinished'];

	constructor({ onTestFinished }: TestContext) {
		this.#later = onTestFinished;
	}

	directory(): string {
		const { directory, remove } = freshDirectory();
		this.#later(remove);
		return directory;
	}

	async service(port = 0): Promise<Service> {
		const service = await Service.start(port);
		this.#later(() => service.close());
		return service;
	}

	spawn(start: AgentStart): AgentProcess {
		const agent = new AgentProcess(start);
		this.#later(() => agent.stop());
		return agent;
	}

	agent(start: AgentStart): Promise<AgentProcess> {
		return this.spawn(start).ready();
	}

	/** A start that is expected to fail. */
	refusedStart(start: Partial<AgentStart>): Promise<Exit> {
		return this.spawn({ directory: this.directory(), ...start }).exited();
	}

	/** A port that somebody else listens on until the test is over. */
	async takenPort(): Promise<number> {
		const server = createServer();
		const port = await listen(server);
		this.#later(() => closed(server));
		return port;
	}
}

function tillOf(agent: AgentProcess): Till {
	return new Till(agent.baseUrl, agent.token('register'));
}

/** The sentence for the person who started it, and nothing of a stack. */
function expectRefusal(exit: Exit, code: number, ...parts: readonly (string | RegExp)[]): void {
	expect({ code: exit.code, signal: exit.signal, stderr: exit.stderr }).toMatchObject({ code, signal: null });
	for (const part of parts) expect(exit.stderr).toMatch(part);
	expect(exit.stderr).not.toMatch(/\n {4}at /);
	expect(exit.stdout).toBe('');
}

describe.concurrent('a configuration that cannot be', () => {
	test.for<[string, Record<string, unknown>, RegExp[]]>([
		['an unknown key', { loyalty: { baseURL: 'https://x/' } }, [/loyalty\.baseURL is not a known key/]],
		['an unknown group', { telemetry: {} }, [/telemetry is not a known key/]],
		['a wrong type', { local: { httpPort: '7311' } }, [/local\.httpPort is "7311"/, /whole number/]],
		['a number outside its range', { loyalty: { concurrency: 0 } }, [/loyalty\.concurrency is the number 0/, />= 1/]],
		['a word that is not allowed', { loyalty: { transactionIdScope: 'week' } }, [/loyalty\.transactionIdScope/, /forever/]],
		['http: to another machine', { loyalty: { baseUrl: 'http://pos-api.fidelizacion.app/v1/' } }, [/loyalty\.baseUrl/, /https:/, /loopback/]],
		['a scheme that is not HTTP', { loyalty: { baseUrl: 'ftp://127.0.0.1/' } }, [/loyalty\.baseUrl/, /https:/]],
		['a time zone nobody knows', { loyalty: { timeZone: 'Europe/Atlantis' } }, [/loyalty\.timeZone/, /IANA/]],
		['one port for both doors', { local: { httpPort: 7399, socketPort: 7399 } }, [/local\.socketPort/]],
		['a wildcard for origins', { local: { allowedOrigins: ['*'] } }, [/local\.allowedOrigins/]],
	])('stops the start with 78 for %s', async ([, settings, parts], context) => {
		expectRefusal(await new Scene(context).refusedStart({ settings }), 78, ...parts);
	});

	test.for<[string, Record<string, string>, RegExp[]]>([
		['an unknown name', { LANEKEEPER_LOYALTY__BASE_URI: 'https://x/' }, [/LANEKEEPER_LOYALTY__BASE_URI is unknown/]],
		['a group instead of a key', { LANEKEEPER_LOYALTY: '{}' }, [/LANEKEEPER_LOYALTY is unknown/]],
		['a text where a number belongs', { LANEKEEPER_LOCAL__HTTP_PORT: 'any' }, [/LANEKEEPER_LOCAL__HTTP_PORT/, /local\.httpPort/]],
		['an impossible value', { LANEKEEPER_LOG__LEVEL: 'loud' }, [/log\.level/]],
	])('stops the start with 78 for %s in the environment', async ([, environment, parts], context) => {
		expectRefusal(await new Scene(context).refusedStart({ environment }), 78, ...parts);
	});

	test('stops the start with 78 for a file that is missing or no JSON', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const file = join(directory, 'broken.json');
		writeFileSync(file, '{ "local": ');
		expectRefusal(await runProgram(['start', '--data-dir', join(directory, 'data'), '--config', file]), 78, /broken\.json is not valid JSON/);
		expectRefusal(await runProgram(['start', '--data-dir', join(directory, 'data'), '--config', `${file}.not`]), 78, /broken\.json\.not cannot be read/);
		expect(existsSync(join(directory, 'data'))).toBe(false);
	});
});

describe.concurrent('a command line that is wrong', () => {
	test.for<[string[]]>([
		[['begin']],
		[['start', '--port', '7311']],
		[['start', 'now']],
		[['start', '--data-dir']],
		[['--frobnicate']],
		[['token']],
		[['token', 'create']],
		[['token', 'create', '']],
		[['token', 'create', 'till', '--role', 'owner']],
		[['token', 'list', '--role', 'manager']],
		[['token', 'destroy', 'till']],
		[['sandbox', '--port', '70000']],
		[['ledger']],
		[['ledger', 'repair']],
		[['ledger', 'verify', 'all']],
		[['ledger', 'verify', '--format', 'csv']],
		[['ledger', 'export', '--format', 'xlsx']],
		[['ledger', 'export', '--from', 'yesterday']],
		[['ledger', 'export', '--to', '2026-11-24T09:00:00']],
	])('ends with 64 and points to the help: %j', async ([words]) => {
		expectRefusal(await runProgram(words), 64, /^lanekeeper: [^.]*\. See "lanekeeper help"\.$/m);
	});
});

describe.concurrent('what stands in the way of a start', () => {
	test('is a taken port: 69, naming it', async (context) => {
		const scene = new Scene(context);
		const port = await scene.takenPort();
		const directory = scene.directory();
		expectStart(
			await scene.refusedStart({ directory, settings: { local: { httpPort: port } } }),
			69,
			new RegExp(`Port ${port} cannot be opened \\(EADDRINUSE\\)`),
			/local\.httpPort/,
		);
		expect(existsSync(join(directory, 'agent.json'))).toBe(false);
	});

	test('is a data directory that is a file or cannot be made: 73', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const file = join(directory, 'file');
		writeFileSync(file, 'kept');
		expectRefusal(await runProgram(['start', '--data-dir', file]), 73, /data directory .*file cannot be used/, /--data-dir/);
		expectRefusal(await runProgram(['start', '--data-dir', join(file, 'below')]), 73, /data directory .*below cannot be used/);
		expectRefusal(await runProgram(['token', 'list', '--data-dir', file]), 73, /cannot be used/);
		expect(readFileSync(file, 'utf8')).toBe('kept');
	});

	test('is another agent on the same directory: 75, naming its process', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const agent = await scene.agent({ directory });
		expectStart(await scene.refusedStart({ directory }), 75, new RegExp(`process ${agent.pid}\\b`));
		expect((await tillOf(agent).sell('still-served')).status).toBe(200);
	});

	test('is no lock that a killed agent left behind', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const first = await scene.agent({ directory });
		const firstPid = first.pid;
		expect(await first.kill('SIGKILL')).toMatchObject({ code: null, signal: 'SIGKILL' });
		expect(existsSync(join(directory, 'agent.json'))).toBe(true);
		const second = await scene.agent({ directory });
		expect(second.pid).not.toBe(firstPid);
	});

	test('is a missing key of a live directory: 78, and no sandbox instead', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const service = await scene.service();
		const { settings, environment } = service.liveAgent();
		const agent = await scene.agent({ directory, settings, environment });
		await agent.kill('SIGTERM');
		for (const without of [{}, { LANEKEEPER_API_KEY: '' }]) {
			expectStart(await scene.refusedStart({ directory, settings, environment: without }), 78, /is live/, /LANEKEEPER_API_KEY/);
		}
	});

	test('is a missing or damaged vault.key over a database: 78', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const key = join(directory, 'vault.key');
		const agent = await scene.agent({ directory });
		await agent.kill('SIGTERM');
		const content = readFileSync(key);
		rmSync(key);
		expectStart(await scene.refusedStart({ directory }), 78, /is missing: it was kept in the file vault\.key/);
		expect(existsSync(key)).toBe(false);
		writeFileSync(key, 'short');
		expectStart(await scene.refusedStart({ directory }), 78, /vault\.key .* is damaged/);
		writeFileSync(key, content);
		await scene.agent({ directory });
	});

	test('is a damaged token file: 78', async (context) => {
		const directory = new Scene(context).directory();
		writeFileSync(join(directory, 'tokens.json'), '{');
		const exit = await new Scene(context).refusedStart({ directory });
		expect(exit).toMatchObject({ code: 78, stderr: expect.stringMatching(/tokens\.json is damaged/) });
	});

	test('is a lock that cannot be made: 73', async (context) => {
		const directory = new Scene(context).directory();
		mkdirSync(join(directory, 'agent.lock'));
		const exit = await new Scene(context).refusedStart({ directory });
		expect(exit).toMatchObject({ code: 73, stderr: expect.stringMatching(/agent\.lock cannot be opened/) });
	});

	test('is a port that the sandbox alone cannot have: 69', async (context) => {
		const service = await new Scene(context).service();
		expect(await runProgram(['sandbox', '--port', String(service.port)])).toMatchObject({ code: 69, stderr: expect.stringContaining(String(service.port)) });
	});

	test('is a database of a newer program: 65, and it stays untouched', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const agent = await scene.agent({ directory });
		await agent.kill('SIGTERM');
		const database = new Database(join(directory, 'outbox.db'));
		database.pragma('user_version = 999');
		database.close();
		expectStart(await scene.refusedStart({ directory }), 65, /version 999/, /newer program/);
		const after = new Database(join(directory, 'outbox.db'), { readonly: true });
		expect(after.pragma('user_version', { simple: true })).toBe(999);
		after.close();
	});
});

/** As a refusal, but the log may have spoken before. */
function expectStart(exit: Exit, code: number, ...parts: readonly RegExp[]): void {
	expectRefusal(exit, code, ...parts);
	expect(exit.stderr).toMatch(/^lanekeeper: /m);
}

describe.concurrent('what a data directory is for', () => {
	test('stays a sandbox for good: given a key it sends nothing to the host that is configured', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const service = await scene.service();
		const first = await scene.agent({ directory });
		expect((await tillOf(first).sell('before')).json.agent).toMatchObject({ state: 'confirmed', sandbox: true });
		await first.kill('SIGTERM');
		const { settings, environment } = service.liveAgent();
		const agent = await scene.agent({ directory, settings, environment });
		const sale = await tillOf(agent).sell('after');
		expect([sale.status, sale.json.agent?.state, sale.json.agent?.sandbox]).toEqual([200, 'confirmed', true]);
		const details = await tillOf(agent).post('/v1/member/details', { member: { phoneNumber: '600100200' } });
		expect([details.status, details.json.agent]).toEqual([200, { state: 'none', link: 'online', waiting: 0, oldestWaitingSeconds: 0, sandbox: true }]);
		expect((await tillOf(agent).get('/agent/v1/status')).json['sandbox']).toBe(true);
		expect(agent.output).toMatch(/SANDBOX/);
		expect(agent.output).toMatch(/warn +agent\.keyIgnored/);
		const { totals } = await service.effects();
		expect(Object.values(totals).every((total) => typeof total === 'number' || total.requests === 0)).toBe(true);
	});

	test('is bound to its host while anything waits, and to a new one when nothing does', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const [oldService, newService] = [await Service.start(), await scene.service()];
		const start = (service: Service) => ({ directory, ...service.liveAgent() });
		const first = await scene.agent(start(oldService));
		await oldService.close();
		expect((await tillOf(first).sell('waits')).status).toBe(202);
		await first.kill('SIGTERM');
		expectStart(await scene.refusedStart(start(newService)), 78, new RegExp(`127\\.0\\.0\\.1:${oldService.port}`), /unfinished/);

		const restored = await scene.service(oldService.port);
		const second = await scene.agent(start(restored));
		await until(async () => (await restored.effects()).sales.length === 1, 'the sale that waited arrived at its own host');
		await until(async () => JSON.stringify((await tillOf(second).get('/agent/v1/status')).json['waiting']).includes('"count":0'), 'nothing waits');
		await second.kill('SIGTERM');

		const third = await scene.agent(start(newService));
		expect((await tillOf(third).sell('elsewhere')).json.agent?.state).toBe('confirmed');
		expect((await newService.effects()).sales.map((sale) => sale.transactionId)).toEqual(['elsewhere']);
	});
});

describe.concurrent('the files of a data directory', () => {
	test('are for the owner only, also in a directory that was open before', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		chmodSync(directory, 0o755);
		writeFileSync(join(directory, 'left-behind'), '');
		chmodSync(join(directory, 'left-behind'), 0o644);
		const agent = await scene.agent({ directory });
		await tillOf(agent).sell('private');
		expectPrivate(directory);
		await runProgram(['token', 'create', 'second till', '--data-dir', directory]);
		expectPrivate(directory);
		await agent.kill('SIGTERM');
		expectPrivate(directory);
	});

	test('are made with their directory where there is none', async (context) => {
		const scene = new Scene(context);
		const directory = join(scene.directory(), 'deep', 'down');
		mkdirSync(join(directory, '..'));
		const made = await runProgram(['token', 'list', '--data-dir', directory]);
		expect([made.code, made.stderr]).toEqual([0, '']);
		expect(made.stdout).toMatch(/^register +register +since .*\nmanager +manager +since /);
		expectPrivate(directory);
	});

	test('tell the ports really used while the agent runs, and no longer', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const before = Date.now();
		const agent = await scene.agent({ directory });
		const file: unknown = JSON.parse(readFileSync(join(directory, 'agent.json'), 'utf8'));
		expect(file).toEqual({
			pid: expect.any(Number),
			httpPort: expect.any(Number),
			socketPort: null,
			startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			version: packageFile.version,
		});
		expect(process.kill(agent.pid, 0)).toBe(true);
		expect(Date.parse(String(Reflect.get(Object(file), 'startedAt')))).toBeGreaterThanOrEqual(before);
		expect((await fetch(`${agent.baseUrl}/readyz`)).status).toBe(200);
		expect((await agent.kill('SIGTERM')).code).toBe(0);
		expect(existsSync(join(directory, 'agent.json'))).toBe(false);
	});

	test('hold two tokens after the first start, and the same ones after the next', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const first = await scene.agent({ directory });
		const tokens = [first.token('register'), first.token('manager')];
		expect(new Set(tokens).size).toBe(2);
		const known = readFileSync(join(directory, 'tokens.json'), 'utf8');
		for (const token of tokens) expect(known).not.toContain(token);
		await first.kill('SIGTERM');
		const second = await scene.agent({ directory });
		expect([second.token('register'), second.token('manager')]).toEqual(tokens);
		expect((await tillOf(second).get('/agent/v1/status')).status).toBe(200);
	});
});

function expectPrivate(directory: string): void {
	const modes = readdirSync(directory).map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]);
	expect(Object.fromEntries(modes)).toEqual(Object.fromEntries(modes.map(([name]) => [name, '600'])));
	expect((statSync(directory).mode & 0o777).toString(8)).toBe('700');
}

describe.concurrent('a stop', () => {
	test.for(['SIGTERM', 'SIGINT'] as const)('by %s ends an idle agent with 0', async (signal, context) => {
		const scene = new Scene(context);
		const agent = await scene.agent({ directory: scene.directory() });
		const keptOpen = await fetch(`${agent.baseUrl}/livez`);
		expect(keptOpen.status).toBe(200);
		const { exit, seconds } = await timed(agent.kill(signal));
		expect([exit.code, exit.signal]).toEqual([0, null]);
		expect(seconds).toBeLessThan(5);
	});

	test('while it still starts ends it with 0, too', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const agent = scene.spawn({ directory });
		await until(() => existsSync(join(directory, 'agent.lock')), 'the agent is just starting');
		expect(await agent.kill('SIGTERM')).toMatchObject({ code: 0, stderr: expect.stringMatching(/agent\.stopped\n$/) });
		expect(existsSync(join(directory, 'agent.json'))).toBe(false);
	});

	test('ends within 5 s with 0 while the service does not answer, and nothing is lost', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const service = await scene.service();
		const start = { directory, ...service.liveAgent({ timeoutMs: 20_000 }) };
		await service.faults([{ fault: 'timeout' }]);
		const agent = await scene.agent(start);
		const sale = tillOf(agent).sell('hanging-sale', { member: { phoneNumber: '600100200' } });
		await until(async () => (await service.effects()).sales.length === 1, 'the sale hangs at the service');
		const pay = tillOf(agent).post('/v1/payment', {
			member: { phoneNumber: '600100201' },
			payment: { amount: 100 },
			transaction: { transactionId: 'hanging-pay' },
		});
		const answers = Promise.allSettled([sale, pay]);
		await until(async () => (await service.effects()).payments.length === 1, 'the pay hangs there, too');
		const { exit, seconds } = await timed(agent.kill('SIGTERM'));
		expect([exit.code, exit.signal]).toEqual([0, null]);
		expect(seconds).toBeLessThan(5);
		await answers;

		await service.faults([]);
		const next = await scene.agent(start);
		const manager = new Till(next.baseUrl, next.token('manager'));
		const stateOf = async (id: string) => JSON.parse((await manager.get(`/agent/v1/deliveries?transactionId=${id}`)).text).deliveries[0];
		await until(async () => (await stateOf('hanging-sale')).state === 'confirmed', 'the sale that hung is confirmed');
		expect(await stateOf('hanging-pay')).toMatchObject({ state: 'doubtful', attempts: 1, lastOutcome: 'unknown:agent-stopped' });
		const { sales, payments } = await service.effects();
		expect(sales.map(({ requests, applied }) => [requests, applied])).toEqual([[2, 1]]);
		expect(new Set(sales[0]?.bodies).size).toBe(1);
		expect(payments.map(({ requests, applied }) => [requests, applied])).toEqual([[1, 0]]);
	});
});

async function timed(exit: Promise<Exit>): Promise<{ exit: Exit; seconds: number }> {
	const startedAt = performance.now();
	return { exit: await exit, seconds: (performance.now() - startedAt) / 1_000 };
}

describe.concurrent('lanekeeper token', () => {
	test('makes, lists and revokes tokens of a running agent at once', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const agent = await scene.agent({ directory });
		const token = (...words: readonly string[]) => runProgram(['token', ...words, '--data-dir', directory]);

		const made = await token('create', 'garden till');
		expect([made.code, made.stderr]).toEqual([0, '']);
		const till = new Till(agent.baseUrl, made.stdout.trim());
		expect((await till.sell('garden-1')).status).toBe(200);

		const listed = await token('list');
		expect(listed.stdout).toMatch(/^garden till +register +since \d{4}-/m);
		expect(listed.stdout).toMatch(/^manager +manager +since /m);
		expect(listed.stdout).not.toContain(made.stdout.trim());

		expect(await token('create', 'garden till')).toMatchObject({ code: 78, stderr: expect.stringMatching(/already/) });
		expect(await token('revoke', 'garden till')).toMatchObject({ code: 0, stderr: '' });
		const refused = await till.post('/v1/transaction', saleBody('garden-2'));
		expect([refused.status, refused.json.error?.code]).toEqual([401, 'UNAUTHORIZED']);
		expect(await token('revoke', 'garden till')).toMatchObject({ code: 78, stderr: expect.stringMatching(/no token called "garden till"/) });
		expect((await tillOf(agent).sell('first-till')).status).toBe(200);
	});

	test('takes the directory from LANEKEEPER_DATA_DIR, too', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const made = await runProgram(['token', 'create', 'by environment', '--role', 'observer'], { LANEKEEPER_DATA_DIR: directory });
		expect(made.code).toBe(0);
		const listed = await runProgram(['token', 'list', '--data-dir', directory]);
		expect(listed.stdout).toMatch(/^by environment +observer +since /m);
	});
});

describe.concurrent('lanekeeper', () => {
	test('prints its version and its help', async () => {
		expect(await runProgram(['version'])).toMatchObject({ code: 0, stdout: `${packageFile.version}\n`, stderr: '' });
		const help = await runProgram(['help']);
		expect(help.code).toBe(0);
		for (const command of ['start', 'sandbox', 'token create', 'token list', 'token revoke']) expect(help.stdout).toContain(`lanekeeper ${command}`);
	});

	test('lets the environment win over the file', async (context) => {
		const scene = new Scene(context);
		const directory = scene.directory();
		const port = await freePort();
		const agent = await scene.agent({
			directory,
			settings: { local: { httpPort: 1 } },
			environment: { LANEKEEPER_LOCAL__HTTP_PORT: String(port), LANEKEEPER_LOCAL__QUEUED_STATUS: '200', ...live },
		});
		expect(agent.baseUrl).toBe(`http://127.0.0.1:${port}`);
	});
});

async function freePort(): Promise<number> {
	const server = createServer();
	const port = await listen(server);
	await closed(server);
	return port;
}
