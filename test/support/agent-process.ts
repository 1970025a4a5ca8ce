/** The real agent as a process of its own, started the way a till starts it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

export const root = join(import.meta.dirname, '../..');
const program = join(root, 'bin', 'lanekeeper.js');
/** Hundreds of agents are started: what one of them compiled the next ones need not compile again. */
const compileCache = join(tmpdir(), 'lanekeeper-test-compile-cache');

export interface AgentStart {
	readonly directory: string;
	/** Merged over a configuration for tests: any free port, the loopback address of the sandbox. */
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly environment?: Readonly<Record<string, string>>;
	/** Runs the agent under another program, such as a tracer: its words come first. */
	readonly under?: readonly string[];
}

export interface Exit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A directory that nobody else uses; the returned function removes it. */
export function freshDirectory(): { directory: string; remove: () => void } {
	const directory = mkdtempSync(join(tmpdir(), 'lanekeeper-test-'));
	return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Runs the program with these words, and nothing else in its environment, until it ends by itself. */
export function runProgram(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Exit> {
	return new Promise((resolve) => {
		const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...environment };
		execFile(process.execPath, [program, ...words], { env, timeout: 20_000 }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, signal: error?.signal ?? null, stdout, stderr });
		});
	});
}

export class AgentProcess {
	readonly directory: string;
	readonly #child: ChildProcess;
	readonly #exit: Promise<Exit>;
	#hasExited = false;
	#stdout = '';
	#stderr = '';

	constructor({ directory, settings = {}, environment = {}, under = [] }: AgentStart) {
		this.directory = directory;
		const config = join(directory, '..', `${directory.split('/').at(-1) ?? ''}.config.json`);
		writeFileSync(config, JSON.stringify({ ...settings, local: { httpPort: 0, socketPort: 0, ...(settings['local'] ?? {}) } }));
		const words = [...under, process.execPath, program, 'start', '--config', config, '--data-dir', directory];
		const [command = '', ...rest] = words;
		this.#child = spawn(command, rest, {
			env: { PATH: process.env['PATH'] ?? '', HOME: directory, NODE_COMPILE_CACHE: compileCache, ...environment },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.#child.stdout?.on('data', (chunk: Buffer) => {
			this.#stdout += chunk.toString();
		});
		this.#child.stderr?.on('data', (chunk: Buffer) => {
			this.#stderr += chunk.toString();
		});
		this.#exit = new Promise((resolve) => {
			this.#child.once('close', (code, signal) => {
				this.#hasExited = true;
				rmSync(config, { force: true });
				resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
			});
		});
	}

	/** Resolves once the agent says it is ready; throws with its words when it ended instead. */
	async ready(): Promise<this> {
		await until(() => this.#stdout.includes('Ctrl+C ends it') || this.#hasExited, 'the agent is ready', 20_000);
		if (this.#hasExited) throw new Error(`the agent did not start: ${this.#stderr}`);
		return this;
	}

	get pid(): number {
		const file: unknown = JSON.parse(readFileSync(join(this.directory, 'agent.json'), 'utf8'));
		return Number(Reflect.get(Object(file), 'pid'));
	}

	get baseUrl(): string {
		const file: unknown = JSON.parse(readFileSync(join(this.directory, 'agent.json'), 'utf8'));
		return `http://127.0.0.1:${String(Reflect.get(Object(file), 'httpPort'))}`;
	}

	get output(): string {
		return this.#stdout + this.#stderr;
	}

	token(role: 'register' | 'manager'): string {
		return readFileSync(join(this.directory, `${role}.token`), 'utf8').trim();
	}

	kill(signal: NodeJS.Signals): Promise<Exit> {
		this.#child.kill(signal);
		return this.#exit;
	}

	exited(): Promise<Exit> {
		return this.#exit;
	}

	/** Ends it if it still runs. */
	async stop(): Promise<void> {
		if (!this.#hasExited) await this.kill('SIGKILL');
	}
}
