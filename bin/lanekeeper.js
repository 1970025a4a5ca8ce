#!/usr/bin/env node
// Starts the agent on the Node.js that came with it (package "node"), whichever Node.js runs this file: the agent needs
// a newer one than many terminals have. Plain JavaScript, because an old Node.js has to read it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'agent', 'main.ts');
const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node;

if (process.versions.node === wanted) {
	await import(main);
} else {
	const bundled = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	if (!existsSync(bundled)) {
		process.stderr.write(`lanekeeper: ${bundled} is missing. Run "npm ci" in ${root} first.\n`);
		process.exit(78);
	}
	// The fourth channel is a lifeline: it closes when this process ends, however it ends, and the agent ends with it.
	const agent = spawn(bundled, ['--import', join(root, 'bin', 'lifeline.js'), main, ...process.argv.slice(2)], {
		stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
	});
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => agent.kill(signal));
	agent.once('exit', (code, signal) => {
		if (signal === null) process.exit(code ?? 70);
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	});
}
