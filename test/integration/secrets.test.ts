/** The API key and the master key, as a technician handles them. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AgentProcess, type Exit, freshDirectory, root, runProgram } from '../support/agent-process.ts';
import { readableIn } from '../support/plain-text.ts';
import { RecordingService } from '../support/recording-service.ts';
import { Till } from '../support/till.ts';

const apiKey = 'K-canary-1234567890';

function directoryOf(): string {
	const { directory, remove } = freshDirectory();
	onTestFinished(remove);
	return directory;
}

/** `lanekeeper secret …` with this on its standard input. */
function secret(words: readonly string[], input: string): Promise<Exit> {
	return new Promise((resolve) => {
		const program = [join(root, 'bin', 'lanekeeper.js'), 'secret', ...words];
		const child = execFile(process.execPath, program, { env: { PATH: process.env['PATH'] ?? '' } }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, signal: error?.signal ?? null, stdout, stderr });
		});
		child.stdin?.end(input);
	});
}

test('a stored API key makes the directory live, is sent upstream, and is in no output and no other file', async () => {
	const directory = directoryOf();
	const service = await RecordingService.start();
	onTestFinished(() => service.close());
	const kept = await secret(['set', 'api-key', '--data-dir', directory], `${apiKey}\n`);
	expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(/The API key is kept \(file\)/) });

	const agent = await new AgentProcess({ directory, settings: { loyalty: { baseUrl: service.baseUrl } } }).ready();
	onTestFinished(() => agent.stop());
	const sale = await new Till(agent.baseUrl, agent.token('register')).sell('S-1');
	expect([sale.json.agent?.state, sale.json.agent?.sandbox, service.last?.headers['x-api-key']]).toEqual(['confirmed', undefined, apiKey]);
	await agent.kill('SIGTERM');
	expect(agent.output + kept.stdout + kept.stderr).not.toContain(apiKey);
	expect(readFileSync(join(directory, 'api.key'), 'utf8').trim()).toBe(apiKey);
	rmSync(join(directory, 'api.key'));
	expect(readableIn(directory, [apiKey])).toEqual([]);
});

test('LANEKEEPER_API_KEY counts before a stored one', async () => {
	const directory = directoryOf();
	const service = await RecordingService.start();
	onTestFinished(() => service.close());
	await secret(['set', 'api-key', '--data-dir', directory], 'stored');
	const agent = await new AgentProcess({
		directory,
		settings: { loyalty: { baseUrl: service.baseUrl } },
		environment: { LANEKEEPER_API_KEY: 'given' },
	}).ready();
	onTestFinished(() => agent.stop());
	await new Till(agent.baseUrl, agent.token('register')).sell('S-2');
	expect(service.last?.headers['x-api-key']).toBe('given');
});

test.each([
	['no key at all', ['set', 'api-key'], '', 78, /holds no key/],
	['a key with a line break inside', ['set', 'api-key'], `${apiKey}\nsecond`, 78, /holds characters that no key has/],
	['the key on the command line', ['set', 'api-key', apiKey], '', 64, /never from the command line/],
	['another secret', ['set', 'password'], 'x', 64, /secret set api-key/],
])('%s is refused with what to do, and not repeated', async (_what, words, input, code, message) => {
	const refused = await secret([...words, '--data-dir', directoryOf()], input);
	expect(refused).toMatchObject({ code, stderr: expect.stringMatching(message) });
	expect(refused.stdout + refused.stderr).not.toContain(apiKey);
});

test('a forgotten key is gone: a live directory does not start without one', async () => {
	const directory = directoryOf();
	const service = await RecordingService.start();
	onTestFinished(() => service.close());
	await secret(['set', 'api-key', '--data-dir', directory], apiKey);
	const live = { loyalty: { baseUrl: service.baseUrl } };
	const agent = await new AgentProcess({ directory, settings: live }).ready();
	await agent.kill('SIGTERM');
	expect((await secret(['remove', 'api-key', '--data-dir', directory], '')).stdout).toMatch(/forgotten/);
	expect((await secret(['remove', 'api-key', '--data-dir', directory], '')).stdout).toMatch(/no stored API key/);
	const refused = await runProgram(['start', '--data-dir', directory], { LANEKEEPER_LOYALTY__BASE_URL: service.baseUrl });
	expect(refused).toMatchObject({ code: 78, stderr: expect.stringMatching(/there is no API key/) });
});

test('the status and the log say where the key is kept', async () => {
	const directory = directoryOf();
	const agent = await new AgentProcess({ directory, settings: { vault: { protection: 'file' } } }).ready();
	onTestFinished(() => agent.stop());
	const status: unknown = JSON.parse((await new Till(agent.baseUrl, agent.token('manager')).get('/agent/v1/status')).text);
	expect(status).toMatchObject({ keyProtection: 'file' });
	expect(readFileSync(join(directory, 'agent.log'), 'utf8')).toMatch(/"event":"vault\.opened"|"message":"vault\.opened"/);
});
