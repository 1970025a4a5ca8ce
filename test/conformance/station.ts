/** One agent with its loyalty service, on which cases are played one after the other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryWithAttempts, Status } from '../../shared/local-api.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { Till } from '../support/till.ts';
import { until } from '../support/until.ts';
import type { StationKind } from './case.ts';
import { TlsLine } from './tls-line.ts';
import type { Upstream } from './upstream.ts';

/** A name with an empty label: no name service in the world can know it, and none is asked. */
const nowhere = 'https://no..where/v1/';

const limits: Readonly<Record<StationKind, { readonly timeoutMs: number; readonly replyWithinMs: number }>> = {
	patient: { timeoutMs: 10_000, replyWithinMs: 20_000 },
	hasty: { timeoutMs: 500, replyWithinMs: 20_000 },
	brisk: { timeoutMs: 10_000, replyWithinMs: 40 },
	wired: { timeoutMs: 10_000, replyWithinMs: 20_000 },
	nowhere: { timeoutMs: 10_000, replyWithinMs: 20_000 },
};

export class Station {
	readonly upstream: Upstream;
	readonly line: TlsLine | undefined;
	readonly till: Till;
	readonly #manager: Till;
	readonly #agent: AgentProcess;
	readonly #remove: () => void;
	readonly #canCalm: boolean;

	private constructor(kind: StationKind, upstream: Upstream, line: TlsLine | undefined, agent: AgentProcess, remove: () => void) {
		this.upstream = upstream;
		this.line = line;
		this.till = new Till(agent.baseUrl, agent.token('register'));
		this.#manager = new Till(agent.baseUrl, agent.token('manager'));
		this.#agent = agent;
		this.#remove = remove;
		this.#canCalm = kind !== 'nowhere';
	}

	static async open(kind: StationKind, upstream: Upstream): Promise<Station> {
		const { directory, remove } = freshDirectory();
		const line = kind === 'wired' ? await TlsLine.lay(upstream.baseUrl) : undefined;
		const { timeoutMs, replyWithinMs } = limits[kind];
		const baseUrl = kind === 'nowhere' ? nowhere : (line?.baseUrl ?? upstream.baseUrl.href);
		const agent = new AgentProcess({
			directory,
			settings: { loyalty: { baseUrl, timeoutMs }, local: { replyWithinMs }, log: { level: 'error' } },
			environment: { LANEKEEPER_API_KEY: upstream.key, ...(line === undefined ? {} : trusting(line, directory)) },
		});
		try {
			await agent.ready();
			const station = new Station(kind, upstream, line, agent, remove);
			// The agent looks at the line when it starts: that is over once a question was answered.
			await station.ask();
			return station;
		} catch (error) {
			await agent.stop();
			await line?.close();
			remove();
			throw error;
		}
	}

	async status(): Promise<Status> {
		const status: Status = JSON.parse((await this.#manager.get('/agent/v1/status')).text);
		return status;
	}

	async delivery(id: string): Promise<DeliveryWithAttempts> {
		const delivery: DeliveryWithAttempts = JSON.parse((await this.#manager.get(`/agent/v1/deliveries/${id}`)).text);
		return delivery;
	}

	/** `what` is the last word of the endpoint: pause, resume, send-now. */
	async replay(what: 'pause' | 'resume' | 'send-now'): Promise<void> {
		await this.#manager.post(`/agent/v1/replay/${what}`, '');
	}

	/** Over for good, whatever it was: what is on its way cannot be withdrawn until its attempt has ended. */
	async withdrawn(id: string): Promise<void> {
		await until(async () => {
			const { state } = await this.delivery(id);
			if (state === 'confirmed' || state === 'withdrawn') return true;
			await this.#manager.post(`/agent/v1/deliveries/${id}/withdraw`, { reason: 'The case is over.' });
			return false;
		}, `delivery ${id} is over`);
	}

	/** Until nothing waits and the line counts as good again. Only an answer proves that, so a question is asked. */
	async calmed(): Promise<void> {
		if (!this.#canCalm) return;
		await until(async () => {
			const { link, waiting } = await this.status();
			if (link.state === 'online' && waiting.count === 0) return true;
			await this.replay('send-now');
			await this.ask();
			return false;
		}, 'the line is good and nothing waits');
	}

	async ask(): Promise<void> {
		await this.till.post('/v1/member/details', { member: { phoneNumber: '600100200' } });
	}

	async close(): Promise<void> {
		await this.#agent.stop();
		await this.line?.close();
		this.#remove();
	}
}

/** The agent trusts the good line's certificate beside those of the system. */
function trusting(line: TlsLine, directory: string): Record<string, string> {
	const file = join(directory, 'line.pem');
	writeFileSync(file, line.certificate);
	return { NODE_EXTRA_CA_CERTS: file };
}
