/**
 * The agent is killed with SIGKILL at random moments while a till sends sales and the service cuts connections before
 * and after the effect; it is started again each time; in the end the till's answers and the service's effects are compared.
 */
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { seededRandom } from '../support/random.ts';
import { Service } from '../support/service.ts';
import { Till } from '../support/till.ts';
import { until } from '../support/until.ts';
import { judge, type Verdict } from './judge.ts';
import { type Connection, Shop } from './shop.ts';

export interface KillRun {
	readonly verdict: Verdict;
	readonly kills: number;
	/** Answers of the agent that no till should get in this run. */
	readonly unexpected: readonly string[];
	readonly stillWaiting: number;
	/** How often an attempt was under way when the agent died. */
	readonly recovered: number;
}

/** Longest time between the start of an agent and its death; most die earlier. */
const longestLifeMs = 450;

export async function killRun(kills: number, seed: number): Promise<KillRun> {
	const random = seededRandom(seed);
	const service = await Service.start();
	const { directory, remove } = freshDirectory();
	const live = service.liveAgent();
	let connection: Connection | undefined;
	let recovered = 0;
	const shop = new Shop(random, () => connection);
	try {
		await service.faults([
			{ fault: 'cut', when: 'before', probability: 0.08 },
			{ fault: 'cut', when: 'after', probability: 0.08 },
			{ fault: 'status', status: 503, when: 'after', probability: 0.04 },
			{ fault: 'latency', delayMs: 0, jitterMs: 25, probability: 0.5 },
		]);
		shop.open();
		for (let kill = 0; kill < kills; kill += 1) {
			const agent = await new AgentProcess({ directory, ...live }).ready();
			connection = { baseUrl: agent.baseUrl, token: agent.token('register') };
			await moment(random() * longestLifeMs);
			const { stderr } = await agent.kill('SIGKILL');
			recovered += Number(/delivery\.recovered count=(\d+)/.exec(stderr)?.[1] ?? 0);
		}
		await service.faults([]);
		const agent = await new AgentProcess({ directory, ...live }).ready();
		connection = { baseUrl: agent.baseUrl, token: agent.token('register') };
		await shop.close();
		const manager = new Till(agent.baseUrl, agent.token('manager'));
		const waiting = async () => Number(Reflect.get(Object((await manager.get('/agent/v1/status')).json['waiting']), 'count'));
		await until(async () => (await waiting()) === 0, 'everything is sent', 60_000);
		const stillWaiting = await waiting();
		await agent.kill('SIGTERM');
		return { verdict: judge(shop.told, await service.effects()), kills, unexpected: shop.unexpected, stillWaiting, recovered };
	} finally {
		await service.close();
		remove();
	}
}

/** The random moment of a kill is what is being tried. */
function moment(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
