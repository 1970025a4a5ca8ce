/** The sandbox as the loyalty service of a live agent, with its switches in reach. */
import { createHash } from 'node:crypto';
import { systemClock } from '../../agent/ops/system-clock.ts';
import { type Sandbox, startSandbox } from '../../agent/sandbox/sandbox.ts';
import type { FaultRule } from '../../shared/sandbox-schema.ts';

export interface Effect {
	readonly operation: string;
	readonly key: string;
	readonly transactionId: string | null;
	readonly posId: string | null;
	readonly requests: number;
	readonly applied: number;
	readonly order: number | null;
	readonly confirmationCode: string | null;
	readonly cancelled: boolean;
	readonly member: Record<string, string> | null;
	readonly bodies: readonly string[];
}

export interface Effects {
	readonly totals: Record<string, { readonly requests: number; readonly applied: number }>;
	readonly sales: readonly Effect[];
	readonly cancels: readonly Effect[];
	readonly payments: readonly Effect[];
	readonly registers: readonly Effect[];
	readonly updates: readonly Effect[];
	readonly events: readonly Effect[];
}

export class Service {
	readonly #sandbox: Sandbox;

	private constructor(sandbox: Sandbox) {
		this.#sandbox = sandbox;
	}

	/** On a port of its own choosing, or again on one it had: a line that comes back. */
	static async start(port = 0): Promise<Service> {
		return new Service(await startSandbox({ port, clock: systemClock }));
	}

	get baseUrl(): string {
		return this.#sandbox.baseUrl;
	}

	get port(): number {
		return this.#sandbox.port;
	}

	/** Settings and environment of a live agent that sends to this service. */
	liveAgent(loyalty: Record<string, unknown> = {}) {
		return { settings: { loyalty: { baseUrl: this.baseUrl, ...loyalty } }, environment: { LANEKEEPER_API_KEY: 'test-key' } };
	}

	async faults(rules: readonly Partial<FaultRule>[]): Promise<void> {
		await this.#put('faults', rules);
	}

	async settings(settings: Record<string, unknown>): Promise<void> {
		await this.#put('settings', settings);
	}

	async effects(): Promise<Effects> {
		const response = await fetch(`http://127.0.0.1:${this.port}/sandbox/effects`);
		const effects: Effects = JSON.parse(await response.text());
		return effects;
	}

	close(): Promise<void> {
		return this.#sandbox.close();
	}

	async #put(what: string, body: unknown): Promise<void> {
		const response = await fetch(`http://127.0.0.1:${this.port}/sandbox/${what}`, {
			method: 'PUT',
			body: JSON.stringify(body),
			headers: { 'content-type': 'application/json' },
		});
		if (!response.ok) throw new Error(`the sandbox refuses ${what}: ${await response.text()}`);
	}
}

/** How a body that arrived is shown among the effects. A text stands for itself. */
export function sha256(body: unknown): string {
	return createHash('sha256')
		.update(typeof body === 'string' ? body : JSON.stringify(body))
		.digest('hex');
}

export function ofTransaction(effects: readonly Effect[], id: string): Effect | undefined {
	return effects.find(({ transactionId }) => transactionId === id);
}
