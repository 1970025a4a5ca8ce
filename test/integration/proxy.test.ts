/** The way through a shop's proxy, and whom the agent trusts at its end. A byte of a call leaves only when both stand. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { TestAuthority } from '../support/certificates.ts';
import { authority, credentials, host, ProxiedShop } from '../support/proxied-shop.ts';
import { ShopProxy } from '../support/proxy.ts';
import { Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { Till } from '../support/till.ts';
import { TlsFront } from '../support/tls-front.ts';
import { until } from '../support/until.ts';

const member = { phoneNumber: '600100200' };

describe('a proxy without a password', () => {
	let scene: ProxiedShop;

	beforeAll(async () => {
		scene = await ProxiedShop.open();
	});
	afterAll(() => scene.close());

	test('leads sales, questions and pays to the service', async () => {
		expect((await scene.shop.till.sell('through')).json.agent?.state).toBe('confirmed');
		expect((await scene.shop.till.post('/v1/member/details', { member })).status).toBe(200);
		expect((await scene.pay('paid-through')).json.agent?.state).toBe('confirmed');
		expect(new Set(scene.proxy.asked)).toEqual(new Set([`${host}:443`]));
		// Sales and questions keep their tunnels; each pay takes a new one.
		const before = scene.proxy.tunnels;
		await scene.shop.till.sell('through again');
		await scene.shop.till.post('/v1/member/details', { member });
		expect(scene.proxy.tunnels).toBe(before);
		await scene.pay('paid-through again');
		expect(scene.proxy.tunnels).toBe(before + 1);
		expect((await scene.shop.status()).link).toMatchObject({ state: 'online', reason: 'ok' });
	});

	test.each([
		['is gone', undefined, 'offline', 'proxy-unreachable'],
		['wants a password', 407, 'misconfigured', 'proxy-refused'],
		['lets nobody through', 403, 'misconfigured', 'proxy-forbidden'],
		['reaches nobody itself', 502, 'offline', 'proxy-failed'],
		['answers like a web server', 404, 'offline', 'proxy-failed'],
		['hangs up', 'cut', 'offline', 'proxy-failed'],
		['says nothing', 'silence', 'offline', 'proxy-failed'],
	] as const)('that %s (%s): pays are withdrawn, sales wait, nothing was sent, and all is well afterwards', async (name, answer, state, reason) => {
		await scene.isWell();
		if (name === 'is gone') await scene.proxy.cut();
		else scene.troubled(answer);
		const pay = await scene.pay(`pay ${name}`);
		expect([pay.status, pay.json.error?.code, pay.json.agent?.state]).toEqual([503, 'AGENT_OFFLINE', 'withdrawn']);
		expect(pay.json.error?.message).toContain('nothing was charged');
		expect(await scene.shop.delivery(pay.json.agent?.deliveryId)).toMatchObject({ attempts: 1, lastOutcome: `notSent:${reason}` });
		await scene.linkIs(state, reason);
		const sale = await scene.shop.till.sell(`sale ${name}`);
		expect(sale.json.agent?.state).toBe('queued');
		expect((await scene.shop.till.post('/v1/member/details', { member })).json.error?.code).toBe('AGENT_OFFLINE');
		expect([await scene.requestsOf(`pay ${name}`), await scene.requestsOf(`sale ${name}`)]).toEqual([[], []]);

		scene.proxy.answer = undefined;
		if (name === 'is gone') await scene.proxy.restore();
		await scene.shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		await scene.linkIs('online', 'ok');
		expect(await scene.requestsOf(`sale ${name}`)).toEqual([[1, 1]]);
	});

	test('heals without anything to send, by a bare tunnel', async () => {
		await scene.isWell();
		scene.troubled(407);
		await scene.shop.till.post('/v1/member/details', { member });
		await scene.linkIs('misconfigured', 'proxy-refused');
		scene.proxy.answer = undefined;
		await scene.linkIs('online', 'ok');
	});

	test('that refuses one sale again and again while a question is answered is blamed itself, not the sale', async () => {
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty() });
		expect((await scene.shop.till.post('/v1/member/details', { member })).status).toBe(200);
		await scene.shop.service.faults([{ fault: 'latency', delayMs: 1_000, calls: ['member.details'], times: 1 }]);
		const question = scene.shop.till.post('/v1/member/details', { member });
		// The tunnel of the questions stays open, and the sale needs one of its own.
		scene.proxy.answer = 407;
		const sale = await scene.shop.till.sell('not to blame');
		await scene.linkIs('misconfigured', 'proxy-refused');
		expect((await question).status).toBe(200);
		await scene.linkIs('misconfigured', 'proxy-refused');
		scene.proxy.answer = undefined;
		await scene.shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		await scene.shop.service.faults([]);
	});

	test('that says nothing keeps no connection of those who gave up', async () => {
		await scene.isWell();
		scene.troubled('silence');
		expect((await scene.shop.till.post('/v1/member/details', { member })).status).toBe(503);
		await scene.linkIs('offline', 'proxy-failed');
		// The next probe may hold one.
		expect(scene.proxy.connections).toBeLessThanOrEqual(1);
		scene.proxy.answer = undefined;
	});

	test('that dies under a sale leaves its outcome open: the same bytes go again', async () => {
		await scene.isWell();
		await scene.shop.service.faults([{ fault: 'timeout', transactionId: 'halfway', times: 1 }]);
		const sale = scene.shop.till.sell('halfway');
		await until(async () => (await scene.requestsOf('halfway')).length === 1, 'the sale is at the service');
		await scene.proxy.cut();
		const { deliveryId } = (await sale).json.agent ?? {};
		await until(async () => (await scene.shop.delivery(deliveryId)).attemptLog[0]?.outcome !== undefined, 'the attempt has ended');
		expect((await scene.shop.delivery(deliveryId)).attemptLog[0]).toMatchObject({ outcome: 'unknown', reason: 'reset' });
		await scene.proxy.restore();
		await scene.shop.reaches(deliveryId, 'confirmed');
		expect(await scene.requestsOf('halfway')).toEqual([[2, 1]]);
	});

	test('whose way ends at an expired certificate, one of tomorrow or one of another host: misconfigured, until it is right', async () => {
		const day = 24 * 3_600_000;
		const at = (days: number) => new Date(Date.now() + days * day);
		for (const [issued, reason] of [
			[authority.issue(host, { from: at(-9), to: at(-1) }), 'certificate-date'],
			[authority.issue(host, { from: at(1), to: at(9) }), 'certificate-date'],
			[authority.issue('portal.test'), 'certificate'],
		] as const) {
			await scene.isWell();
			scene.front.show(issued);
			scene.proxy.cutTunnels();
			const pay = await scene.pay(`pay ${issued.cert.length} ${reason} ${issued.cert.slice(-90, -80)}`);
			expect(pay.json.agent?.state).toBe('withdrawn');
			await scene.linkIs('misconfigured', reason);
			scene.front.show(authority.issue(host));
			await scene.linkIs('online', 'ok');
		}
	});

	test('and no certificate of the shop: not trusted, nothing lost; with it, confirmed', async () => {
		await scene.isWell();
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty({ caFile: '' }) });
		const sale = await scene.shop.till.sell('untrusted');
		expect(sale.json.agent?.state).toBe('queued');
		await scene.linkIs('misconfigured', 'certificate');
		expect((await scene.shop.status()).link.advice).toMatch(/log-in page/);
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty() });
		expect((await scene.shop.reaches(sale.json.agent?.deliveryId, 'confirmed')).lastOutcome).toBe('confirmed');
		expect(await scene.requestsOf('untrusted')).toEqual([[1, 1]]);
	});
});

describe('a proxy with a password', () => {
	let scene: ProxiedShop;

	beforeAll(async () => {
		scene = await ProxiedShop.open(credentials);
	});
	afterAll(() => scene.close());

	test('lets us through, and no longer when it is changed, and again when it is right', async () => {
		expect((await scene.shop.till.sell('with password')).json.agent?.state).toBe('confirmed');
		await scene.isWell();
		scene.proxy.credentials = 'another:one';
		scene.proxy.cutTunnels();
		const sale = await scene.shop.till.sell('wrong password');
		expect(sale.json.agent?.state).toBe('queued');
		await scene.linkIs('misconfigured', 'proxy-refused');
		expect(await scene.requestsOf('wrong password')).toEqual([]);
		scene.proxy.credentials = credentials;
		await scene.shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		expect(await scene.requestsOf('wrong password')).toEqual([[1, 1]]);
		await scene.linkIs('online', 'ok');
	});

	test('that says nothing does not keep the agent from stopping in time', async () => {
		await scene.isWell();
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty({ timeoutMs: 60_000 }) });
		await scene.isWell();
		scene.troubled('silence');
		const answers = Promise.allSettled([scene.shop.till.post('/v1/member/details', { member }), scene.shop.till.sell('stopped')]);
		await until(async () => (await scene.shop.deliveries('?transactionId=stopped'))[0]?.state === 'sending', 'the sale waits for the proxy');
		await until(() => scene.proxy.connections === 2, 'the question, too');
		const startedAt = performance.now();
		expect((await scene.shop.agent.kill('SIGTERM')).code).toBe(0);
		expect(performance.now() - startedAt).toBeLessThan(5_000);
		await answers;
		scene.troubled(undefined);
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty() });
		await scene.shop.drained();
		expect((await scene.requestsOf('stopped')).at(-1)).toEqual([1, 1]);
	});

	test('keeps it: neither files, nor output, nor status repeat it', async () => {
		await scene.shop.restartAgent('SIGTERM', { loyalty: scene.loyalty() });
		await scene.isWell();
		scene.troubled(407);
		await scene.shop.till.sell('secret');
		await scene.linkIs('misconfigured', 'proxy-refused');
		const secrets = ['p@ss/wörd', 'p%40ss%2Fw%C3%B6rd', Buffer.from(credentials).toString('base64')];
		const status = (await scene.shop.manager.get('/agent/v1/status')).text;
		const { directory } = scene.shop.agent;
		const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1'));
		expect(files.length).toBeGreaterThan(4);
		expect(scene.shop.agent.output).toContain('proxy-refused');
		for (const secret of secrets) {
			for (const text of [status, scene.shop.agent.output, ...files]) {
				expect(text.includes(secret) || text.includes(Buffer.from(secret).toString('latin1')), secret).toBe(false);
			}
		}
	});
});

test('neither a loopback service nor the environment makes the agent use a proxy', async () => {
	const proxy = await ShopProxy.start({ targetPort: 1 });
	const address = `http://127.0.0.1:${proxy.port}`;
	const shop = await Shop.open({ loyalty: { proxy: address } });
	expect((await shop.till.sell('straight')).json.agent?.state).toBe('confirmed');
	await shop.close();

	const { directory, remove } = freshDirectory();
	const environment = { LANEKEEPER_API_KEY: 'test-key', HTTP_PROXY: address, HTTPS_PROXY: address, https_proxy: address, NODE_USE_ENV_PROXY: '1' };
	const agent = await new AgentProcess({ directory, environment, settings: { loyalty: { baseUrl: `https://${host}/v1/`, timeoutMs: 500 } } }).ready();
	await fetch(`${agent.baseUrl}/v1/member/details`, {
		method: 'POST',
		headers: { 'x-api-key': agent.token('register'), 'content-type': 'application/json' },
		body: JSON.stringify({ member }),
	});
	await until(() => agent.output.includes('link=offline'), 'the line is tried');
	await agent.stop();
	remove();
	expect(proxy.asked).toEqual([]);
	await proxy.cut();
});

test('certificates of a caFile are trusted besides the usual ones, also on the straight way, and by the probe', async () => {
	const files = freshDirectory();
	const [usual, extra] = ['usual.pem', 'extra.pem'].map((name) => join(files.directory, name));
	const inspector = new TestAuthority('inspector');
	writeFileSync(usual ?? '', authority.certificate);
	writeFileSync(extra ?? '', inspector.certificate);
	const service = await Service.start();
	const front = await TlsFront.start(authority.issue('localhost'));
	front.targetPort = service.port;
	const agent = await new AgentProcess({
		directory: join(files.directory, 'data'),
		// The last one must not switch the check off.
		environment: { LANEKEEPER_API_KEY: 'test-key', NODE_EXTRA_CA_CERTS: usual ?? '', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
		settings: { loyalty: { baseUrl: `https://localhost:${front.port}/v1/`, caFile: 'extra.pem', proxy: 'http://127.0.0.1:1' } },
	}).ready();
	const till = new Till(agent.baseUrl, agent.token('register'));
	const manager = new Till(agent.baseUrl, agent.token('manager'));
	expect((await till.sell('usual')).json.agent?.state).toBe('confirmed');
	front.show(inspector.issue('localhost'));
	expect((await till.sell('inspected')).json.agent?.state).toBe('confirmed');
	front.show(new TestAuthority().issue('localhost'));
	expect((await till.post('/v1/member/details', { member })).json.error?.code).toBe('AGENT_OFFLINE');
	expect(agent.output).toContain('reason=certificate ');
	front.show(inspector.issue('localhost'));
	await until(async () => (await manager.get('/agent/v1/status')).text.includes('"reason":"ok"'), 'a bare connection proved the line');
	await agent.stop();
	await front.close();
	await service.close();
	files.remove();
});

describe('a start is refused with 78', () => {
	async function refused(loyalty: Record<string, unknown>): Promise<string> {
		const { directory, remove } = freshDirectory();
		const { code, stderr } = await new AgentProcess({ directory, settings: { loyalty } }).exited();
		remove();
		expect(code).toBe(78);
		expect(stderr).not.toMatch(/\n {4}at /);
		return stderr;
	}

	test.each(['https://u:s3cret@proxy:8080', 'socks5://u:s3cret@proxy:1080', 'u:s3cret@proxy:8080', 'http://u:s3cret@proxy', 'http://u:s3cret%@proxy:1'])(
		'for a proxy that is none (%s), without repeating it',
		async (proxy) => {
			const told = await refused({ proxy });
			expect(told).toMatch(/^lanekeeper: loyalty\.proxy is not .*allowed is http:\/\/host:port/);
			expect(told).not.toContain('s3cret');
		},
	);

	test('for a caFile that is missing, holds no certificate, or a damaged one', async () => {
		const { directory, remove } = freshDirectory();
		const file = join(directory, 'ca.pem');
		expect(await refused({ caFile: file })).toMatch(/loyalty\.caFile names the file .*ca\.pem, which cannot be read \(ENOENT\)\. Check the path/);
		writeFileSync(file, 'not a certificate');
		expect(await refused({ caFile: file })).toMatch(/ca\.pem, which holds no certificate\. Put certificates in PEM form there/);
		writeFileSync(file, `${authority.certificate}${authority.certificate.replace(/\n.{9}/, '\nAAAAAAAAA')}`);
		expect(await refused({ caFile: file })).toMatch(/certificate 2 of 2 in the file .*, which is damaged\. Export it again/);
		remove();
	});
});
