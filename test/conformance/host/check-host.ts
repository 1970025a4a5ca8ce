/** A host without switches: does the agent pass its answers on unchanged, and on which side of each dispute does it stand? */
import { AgentProcess, freshDirectory } from '../../support/agent-process.ts';
import { Till } from '../../support/till.ts';
import { shapeOf, withoutAgent } from '../shape.ts';
import { type Asked, Asker, confirmationCodeIn, type MemberData, Names, type Verdict, verdictOf } from './asker.ts';
import { saleOf } from './bodies.ts';
import { type Day, spendDay } from './day.ts';
import { type Finding, findingsOf, type Suggestions, suggestionsFor } from './findings.ts';
import { probe, shapesFor, understood } from './probes.ts';

export interface HostOptions {
	/** Ends with a slash. */
	readonly baseUrl: string;
	readonly key: string;
	readonly branchId: string;
	readonly posId: string;
	/** The integrator's own test member; otherwise members are made up. */
	readonly member: MemberData | undefined;
}

export interface Check {
	readonly name: string;
	readonly isGood: boolean;
	readonly seen: string;
}

export interface HostReport {
	readonly checks: readonly Check[];
	readonly findings: readonly Finding[];
	readonly suggestions: Suggestions;
}

/** Rejects when the host does not answer, or the agent does not start. */
export async function checkHost(options: HostOptions): Promise<HostReport> {
	const { branchId, posId, baseUrl, member: given } = options;
	const names = new Names();
	const direct = new Asker(options);
	const probed = await probe(direct, new Asker({ ...options, key: 'lanekeeper-wrong-key' }), { names, given });
	const shapes = shapesFor(probed);
	const spend = (asker: Asker) => spendDay(asker, { member: given ?? names.nextMember(), nobody: names.nextMember(), names, shapes });
	const directDay = await spend(direct);

	const { directory, remove } = freshDirectory();
	const loyalty = { baseUrl, branchId, posId };
	const agent = new AgentProcess({
		directory,
		// Time enough for the real answer to every call.
		settings: { loyalty: { ...loyalty, timeoutMs: 30_000 }, local: { replyWithinMs: 30_000 } },
		environment: { LANEKEEPER_API_KEY: options.key },
	});
	try {
		await agent.ready();
		const till = new Asker({ baseUrl: `${agent.baseUrl}/v1/`, key: agent.token('register'), branchId, posId });
		const agentDay = await spend(till);
		const checks = [...compareDays(directDay, agentDay), ...(await repeatSale(agent, till, saleOf(names.next(), shapes.sale)))];
		return { checks, findings: findingsOf(probed, directDay), suggestions: suggestionsFor(probed, directDay, loyalty) };
	} finally {
		await agent.stop();
		remove();
	}
}

function compareDays(direct: Day, agent: Day): Check[] {
	return [...new Set([...direct.keys(), ...agent.keys()])].map((name) => compare(name, direct.get(name), agent.get(name)));
}

function compare(name: string, direct: Asked | undefined, agent: Asked | undefined): Check {
	if (direct === undefined || agent === undefined) return { name, isGood: true, seen: 'not comparable: possible on one side only' };
	if (name === 'register' && verdictOf(direct).kind === 'yes' && isKnown(verdictOf(agent)))
		return { name, isGood: true, seen: 'not comparable: the member was known' };
	const [expected, seen] = [wordsFor(direct), wordsFor(agent)];
	if (agent.json?.agent === undefined) return { name, isGood: false, seen: 'the answer through the agent has no agent object' };
	return expected === seen
		? { name, isGood: true, seen: 'passed on unchanged' }
		: { name, isGood: false, seen: `directly ${expected}, through the agent ${seen}` };
}

const isKnown = (verdict: Verdict) => understood(verdict) && verdict.kind === 'no';

/** Status and shape. A confirmed call is always answered 200, whatever kind of success the host's status is. */
function wordsFor({ status, json }: Asked): string {
	const kind = status >= 200 && status < 300 ? 'success' : String(status);
	return `${kind} ${json === undefined ? 'no JSON' : shapeOf(withoutAgent(json))}`;
}

async function repeatSale(agent: AgentProcess, till: Asker, transaction: object): Promise<Check[]> {
	const first = await till.ask('transaction', { transaction });
	const again = await till.ask('transaction', { transaction });
	const { deliveryId } = first.json?.agent ?? {};
	const { json: delivery } = await new Till(agent.baseUrl, agent.token('manager')).get(`/agent/v1/deliveries/${deliveryId ?? 'none'}`);
	const isRecognised =
		again.json?.agent?.duplicate === true && again.json.agent.deliveryId === deliveryId && confirmationCodeIn(first) === confirmationCodeIn(again);
	const isOnce = isRecognised && delivery['attempts'] === 1;
	const seen = isOnce ? 'recognised, sent once' : `state ${again.json?.agent?.state ?? 'unknown'}, ${String(delivery['attempts'])} attempts`;
	return [{ name: 'the same sale again', isGood: isOnce, seen }];
}
