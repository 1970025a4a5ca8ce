/** The first minute of somebody who has just cloned this: `npm start`, then the lines it prints, pasted as they are. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freshDirectory, root } from '../support/agent-process.ts';
import type { Answered } from '../support/till.ts';
import { until } from '../support/until.ts';

const anyPort = { LANEKEEPER_LOCAL__HTTP_PORT: '0', LANEKEEPER_LOCAL__SOCKET_PORT: '0' };

function paste(line: string): Answered {
	const { stdout } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
	return JSON.parse(stdout);
}

test('npm start runs a sandbox, and its printed lines work as printed', async () => {
	const { directory, remove } = freshDirectory();
	const npm = spawn('npm', ['start'], { cwd: root, env: { ...process.env, ...anyPort, LANEKEEPER_DATA_DIR: directory }, detached: true });
	let output = '';
	npm.stdout.on('data', (chunk: Buffer) => {
		output += chunk.toString();
	});
	onTestFinished(async () => {
		// The whole group, as a closed terminal ends it.
		if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGKILL');
		await new Promise((resolve) => npm.once('close', resolve));
		remove();
	});
	await until(() => output.includes('Ctrl+C ends it'), 'the agent says that it is ready', 20_000);
	const [sale, status] = output.split('\n').filter((line) => line.trim().startsWith('curl '));
	const first = paste(sale ?? '');
	expect(first).toMatchObject({ status: 'success', agent: { state: 'confirmed', duplicate: false, sandbox: true } });
	const second = paste(sale ?? '');
	expect(second).toMatchObject({ confirmationCode: first.confirmationCode, agent: { state: 'confirmed', duplicate: true } });
	expect(paste(status ?? '')).toMatchObject({ sandbox: true, link: { state: 'online' }, deliveries: { queued: 0, confirmedToday: 1 }, safeToClose: true });
});

/** A Node.js of another version than ours, as a till's own may be. */
const otherNode = spawnSync('sh', ['-c', 'PATH=$(echo "$PATH" | tr ":" "\\n" | grep -v node_modules | paste -sd:) command -v node'], {
	encoding: 'utf8',
}).stdout.trim();
const isOther = otherNode !== '' && spawnSync(otherNode, ['--version'], { encoding: 'utf8' }).stdout.trim() !== process.version;

test.runIf(isOther)('an older Node.js starts the agent on the right one, and takes it along when it is killed', async () => {
	const { directory, remove } = freshDirectory();
	const launcher = spawn(otherNode, [join(root, 'bin', 'lanekeeper.js'), 'start', '--data-dir', directory], { env: { ...process.env, ...anyPort } });
	let output = '';
	launcher.stdout.on('data', (chunk: Buffer) => {
		output += chunk.toString();
	});
	onTestFinished(remove);
	await until(() => output.includes('Ctrl+C ends it'), 'the agent says that it is ready', 20_000);
	const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
	expect((await fetch(`${url}/livez`)).status).toBe(200);
	launcher.kill('SIGKILL');
	await until(
		() =>
			fetch(`${url}/livez`).then(
				() => false,
				() => true,
			),
		'the agent is gone, too',
	);
});
