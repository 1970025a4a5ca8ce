/** The loyalty service that a station's agent sends to: a sandbox with its switches in reach, here or elsewhere. */
import type { FaultRule, SandboxSettings } from '../../shared/sandbox-schema.ts';
import type { Effects } from '../support/service.ts';
import { type Reply, Till } from '../support/till.ts';

/** What the agent adds where a register says nothing; whoever asks the service directly says it, too. */
const ownWords = { 'x-branch-id': 'BR001', 'x-pos-id': 'POS001', 'x-source-type': 'POS', 'x-source-name': 'conformance' };

export class Upstream {
	readonly baseUrl: URL;
	readonly key: string;
	readonly #direct: Till;

	/** `baseUrl` ends with /v1/, as the agent's setting does. */
	constructor(baseUrl: string, key: string) {
		this.baseUrl = new URL(baseUrl);
		this.key = key;
		this.#direct = new Till(this.baseUrl.origin, key);
	}

	/** Whether the switches of a sandbox answer there. */
	async isSandbox(): Promise<boolean> {
		const response = await fetch(new URL('/sandbox/settings', this.baseUrl), { signal: AbortSignal.timeout(10_000) });
		const text = await response.text();
		return response.ok && text.includes('"businessErrorStatus"');
	}

	/** A call past the agent. */
	post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
		return this.#direct.post(path, body, { ...ownWords, ...headers });
	}

	reset(): Promise<void> {
		return this.#control('POST', 'reset');
	}

	settings(settings: Partial<SandboxSettings>): Promise<void> {
		return this.#control('PUT', 'settings', settings);
	}

	faults(rules: readonly FaultRule[]): Promise<void> {
		return this.#control('PUT', 'faults', rules);
	}

	async effects(): Promise<Effects> {
		const response = await fetch(new URL('/sandbox/effects', this.baseUrl));
		const effects: Effects = JSON.parse(await response.text());
		return effects;
	}

	async #control(method: string, name: string, body?: unknown): Promise<void> {
		const response = await fetch(new URL(`/sandbox/${name}`, this.baseUrl), {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`the sandbox refuses ${name}: ${text}`);
	}
}
