/** A shop for tests: a live agent, the loyalty service it sends to, a register and the manager. */
import type { DeliveryView, DeliveryWithAttempts, Status } from '../../shared/local-api.ts';
import { AgentProcess, freshDirectory } from './agent-process.ts';
import { Service } from './service.ts';
import { Till } from './till.ts';
import { until } from './until.ts';

export interface ShopSettings {
	readonly loyalty?: Record<string, unknown>;
	readonly local?: Record<string, unknown>;
	readonly outbox?: Record<string, unknown>;
	readonly dialect?: Record<string, unknown>;
	readonly members?: Record<string, unknown>;
	readonly offline?: Record<string, unknown>;
	readonly log?: Record<string, unknown>;
	readonly transactions?: Record<string, unknown>;
	readonly payments?: Record<string, unknown>;
	readonly events?: Record<string, unknown>;
}

export class Shop {
	readonly #directory: ReturnType<typeof freshDirectory>;
	readonly #settings: ShopSettings;
	#service: Service;
	#agent: AgentProcess;
	#isLineCut = false;

	private constructor(directory: ReturnType<typeof freshDirectory>, settings: ShopSettings, service: Service, agent: AgentProcess) {
		this.#directory = directory;
		this.#settings = settings;
		this.#service = service;
		this.#agent = agent;
	}

	/** With a service of its own, or with one that is there already; it is closed with the shop in either case. */
	static async open(settings: ShopSettings = {}, openService?: Service): Promise<Shop> {
		const directory = freshDirectory();
		const service = openService ?? (await Service.start());
		const agent = await startAgent(directory.directory, service, settings);
		return new Shop(directory, settings, service, agent);
	}

	get agent(): AgentProcess {
		return this.#agent;
	}

	/** The service; after the line was cut and restored another one, which remembers nothing. */
	get service(): Service {
		return this.#service;
	}

	get till(): Till {
		return new Till(this.#agent.baseUrl, this.#agent.token('register'));
	}

	get manager(): Till {
		return new Till(this.#agent.baseUrl, this.#agent.token('manager'));
	}

	/** Nobody listens any more where the service was, and the agent knows it. */
	async cutLine(): Promise<void> {
		await this.#service.close();
		this.#isLineCut = true;
		await this.till.post('/v1/member/details', { member: { phoneNumber: '600100200' } });
		await until(async () => (await this.status()).link.state === 'offline', 'the agent knows that the line is cut');
	}

	/** A service listens again on the same port. */
	async restoreLine(): Promise<void> {
		if (!this.#isLineCut) return;
		this.#service = await Service.start(this.#service.port);
		this.#isLineCut = false;
	}

	/** Ends the agent and starts it again on the same directory. */
	async restartAgent(signal: NodeJS.Signals = 'SIGTERM', settings: ShopSettings = {}): Promise<void> {
		await this.#agent.kill(signal);
		this.#agent = await startAgent(this.#directory.directory, this.#service, { ...this.#settings, ...settings });
	}

	async status(): Promise<Status> {
		const status: Status = JSON.parse((await this.manager.get('/agent/v1/status')).text);
		return status;
	}

	async deliveries(query = ''): Promise<readonly DeliveryView[]> {
		const page: { readonly deliveries: readonly DeliveryView[] } = JSON.parse((await this.manager.get(`/agent/v1/deliveries${query}`)).text);
		return page.deliveries;
	}

	async delivery(id: string | undefined): Promise<DeliveryWithAttempts> {
		const found: DeliveryWithAttempts = JSON.parse((await this.manager.get(`/agent/v1/deliveries/${id ?? 'none'}`)).text);
		return found;
	}

	/** Waits for a state, looking at the line again and again instead of waiting for its next probe. */
	async reaches(id: string | undefined, state: DeliveryView['state']): Promise<DeliveryWithAttempts> {
		await this.#hurriedUntil(async () => (await this.delivery(id)).state === state, `delivery ${id ?? 'none'} is ${state}`);
		return this.delivery(id);
	}

	/** Waits until it was tried and the attempt has ended. */
	async attempted(id: string | undefined): Promise<void> {
		await this.#hurriedUntil(async () => (await this.delivery(id)).lastOutcome !== undefined, `delivery ${id ?? 'none'} was tried`);
	}

	/** Waits until nothing waits any more. */
	async drained(): Promise<void> {
		await this.#hurriedUntil(async () => (await this.status()).waiting.count === 0, 'nothing waits');
	}

	/** Waits until the line counts as good again after faults that are over; only a write can prove that in every case. */
	async calmed(): Promise<void> {
		await until(async () => {
			if ((await this.status()).link.state === 'online') return true;
			await this.till.post('/v1/event', { event: { type: 'line_check' } });
			await this.drained();
			return false;
		}, 'the line is online');
	}

	async close(): Promise<void> {
		await this.#agent.stop();
		await this.#service.close();
		this.#directory.remove();
	}

	async #hurriedUntil(isTrue: () => Promise<boolean>, what: string): Promise<void> {
		await until(async () => {
			if (await isTrue()) return true;
			await this.manager.post('/agent/v1/replay/send-now', '');
			return false;
		}, what);
	}
}

async function startAgent(directory: string, service: Service, settings: ShopSettings): Promise<AgentProcess> {
	const live = service.liveAgent(settings.loyalty);
	const agent = new AgentProcess({ directory, environment: live.environment, settings: { ...settings, ...live.settings } });
	try {
		return await agent.ready();
	} catch (error) {
		await agent.stop();
		throw error;
	}
}
