/** The suite in front of a host without switches: a sandbox behind a curtain, and somebody who is no Loyalty API at all. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from '../../support/agent-process.ts';
import { RecordingService } from '../../support/recording-service.ts';
import { Service } from '../../support/service.ts';
import { Curtain } from './curtain.ts';

const key = 'key-of-an-integrator';

interface Run {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

function conformance(words: readonly string[], environment: Readonly<Record<string, string>> = { LANEKEEPER_API_KEY: key }): Promise<Run> {
	return new Promise((resolve) => {
		const env = { PATH: process.env['PATH'] ?? '', ...environment };
		execFile(process.execPath, [join(root, 'test/conformance/main.ts'), ...words], { env }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
		});
	});
}

async function curtain(settings: Record<string, unknown>): Promise<Curtain> {
	const service = await Service.start();
	await service.settings(settings);
	const host = await Curtain.before(`http://127.0.0.1:${service.port}`);
	onTestFinished(async () => {
		await host.close();
		await service.close();
	});
	return host;
}

/** The line of the report that begins with these words. */
const lineOf = ({ stdout }: Run, words: string) => stdout.split('\n').find((line) => line.trim().startsWith(words)) ?? '';

test('a lenient host: everything is passed on, both sides of each dispute are taken, nothing is suggested', async () => {
	const host = await curtain({});
	const run = await conformance(['--base-url', host.baseUrl.slice(0, -1), '--branch', 'BR9', '--pos', 'POS9']);
	expect([run.code, run.stderr], run.stdout).toEqual([0, '']);
	expect(run.stdout).toContain('All of 17 checks as expected.');
	expect(lineOf(run, 'K1')).toContain('wrapped accepted; flat accepted');
	expect(lineOf(run, 'the very same sale again')).toContain('same code');
	expect(JSON.parse(run.stdout.split('Suggested settings of the agent')[1]?.split('A sandbox')[0] ?? '')).toEqual({
		loyalty: { baseUrl: host.baseUrl, branchId: 'BR9', posId: 'POS9' },
	});
	// The wrong key is tried once, on a call that only reads.
	expect(host.heard.filter((call) => call.key !== key).map(({ path }) => path)).toEqual(['/v1/member/details']);
	const sales = host.heard.filter(({ path, body }) => path === '/v1/transaction' && !body.includes('cancel'));
	// Sent twice on purpose is only the sale of the probe.
	expect(sales.length - new Set(sales.map(({ body }) => body)).size).toBe(1);
}, 60_000);

test('a strict host of the other kind: what it says is found, and a sandbox can be set like it', async () => {
	const settings = { businessErrorStatus: 400, strict: true, errorEnvelope: 'errors', memberNotFoundCode: '4001012', confirmationCodePlace: 'data' };
	const host = await curtain({ ...settings, registerAnswer: 'flat' });
	const run = await conformance(['--base-url', host.baseUrl]);
	expect(run.code, run.stdout).toBe(0);
	expect(lineOf(run, 'K2 register with email')).toContain('refused with BAD_REQUEST');
	expect(lineOf(run, 'K12, K13, K15 sale in the newer dialect')).toContain('refused with BAD_REQUEST');
	expect(lineOf(run, 'HTTP status of refusals')).toContain('400');
	expect(JSON.parse(run.stdout.split('(PUT /sandbox/settings)')[1]?.split('All of')[0] ?? '')).toEqual({ ...settings, registerAnswer: 'flat' });
}, 60_000);

test("the integrator's own member is used and not shown, nor is the key", async () => {
	const host = await curtain({});
	const run = await conformance(['--base-url', host.baseUrl, '--phone', '600100203', '--email', 'deniz@example.com']);
	expect(run.code, run.stdout).toBe(0);
	expect(host.heard.filter(({ path, body }) => path === '/v1/member/register' && !body.includes('600100203'))).toEqual([]);
	for (const secret of [key, '600100203', 'deniz@example.com']) expect(run.stdout + run.stderr).not.toContain(secret);
}, 60_000);

test('somebody who is no Loyalty API: every check fails, and the report says how', async () => {
	const host = await RecordingService.start();
	host.answer = { headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' };
	onTestFinished(() => host.close());
	const run = await conformance(['--base-url', host.baseUrl]);
	expect(run.code, run.stdout).toBe(1);
	expect(lineOf(run, 'FAILED  sale ')).toContain('directly success no JSON, through the agent success {status:string');
	expect(lineOf(run, 'K1')).toContain('answered with HTTP 200 and no envelope');
}, 60_000);

describe('a command line that is wrong ends with 2 and says how', () => {
	test.each([
		[['--nonsense'], "Unknown option '--nonsense'. See --help."],
		[['600100200'], 'There is a value without its option.'],
		[['--phone', '600100200'], '--phone needs --base-url.'],
		[['--base-url', 'http://127.0.0.1:9/v1', '--pos', ' '], '--pos is empty.'],
		[['--base-url', 'nonsense'], 'is no address'],
		[['--base-url', 'https://me:secret@example.com/v1/'], 'has a user name'],
		[['--base-url', 'http://example.com/v1/', '--yes'], 'must begin with https:'],
		[['--base-url', 'https://example.com/v1/'], 'Add --yes'],
	])('%j', async (words, sentence) => {
		const run = await conformance(words);
		expect([run.code, run.stdout]).toEqual([2, '']);
		expect(run.stderr).toContain(sentence);
		for (const secret of ['600100200', 'secret', key]) expect(run.stderr).not.toContain(secret);
	});

	test('no key for a host that is no sandbox', async () => {
		const host = await curtain({});
		const run = await conformance(['--base-url', host.baseUrl], {});
		expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('LANEKEEPER_API_KEY is not set')]);
		expect(host.heard).toEqual([]);
	});
});

test('help is printed, and a host that does not answer is said to be so', async () => {
	expect(await conformance(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--base-url URL') });
	const service = await Service.start();
	await service.close();
	expect(await conformance(['--base-url', service.baseUrl])).toMatchObject({
		code: 1,
		stdout: expect.stringContaining('does not answer (ECONNREFUSED). Check --base-url'),
	});
});
