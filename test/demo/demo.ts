/**
 * The demonstration: a till rings up sales, the line is cut, sales go on, the agent is killed and started again, the
 * line comes back, the agent is killed once more while it catches up. In the end what the till was told is compared
 * with what the loyalty service did. Ends with 1 when anything is wrong.
 */
import { judge } from '../faults/judge.ts';
import { type Connection, Shop } from '../faults/shop.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { Line } from '../support/line.ts';
import { seededRandom } from '../support/random.ts';
import { Service } from '../support/service.ts';
import { Till } from '../support/till.ts';
import { until } from '../support/until.ts';
import { progressLine, resultTable } from './display.ts';

const service = await Service.start();
const line = await Line.lay(service.port);
const { directory, remove } = freshDirectory();
const start = { directory, settings: { loyalty: { baseUrl: `http://127.0.0.1:${line.port}/v1/` } }, environment: { LANEKEEPER_API_KEY: 'demo-key' } };

let agent = await new AgentProcess(start).ready();
let connection: Connection | undefined;
let phase = '';
let kills = 0;
const connect = () => {
	connection = { baseUrl: agent.baseUrl, token: agent.token('register') };
};
connect();

async function kill(): Promise<void> {
	connection = undefined;
	await agent.kill('SIGKILL');
	kills += 1;
	agent = await new AgentProcess(start).ready();
	connect();
}

async function waiting(): Promise<number> {
	if (connection === undefined) return 0;
	const { json } = await new Till(connection.baseUrl, agent.token('manager')).get('/agent/v1/status');
	return Number(Reflect.get(Object(json['waiting']), 'count'));
}

const shop = new Shop(seededRandom(7), () => connection);
const display = progressLine(process.stdout);
const show = async () => {
	const { totals } = await service.effects();
	display.show({ phase, kills, told: shop.told, waiting: await waiting().catch(() => 0), applied: totals['sale']?.applied ?? 0 });
};

/** What is shown is a matter of time: a person watches. */
async function during(words: string, ms: number): Promise<void> {
	phase = words;
	const end = performance.now() + ms;
	while (performance.now() < end) {
		await show();
		await new Promise((resolve) => setTimeout(resolve, 150));
	}
	display.endPhase();
}

shop.open();
await during('the line is good', 4_000);
await line.cut();
await during('the line is cut, sales go on', 5_000);
phase = 'the agent is killed and started again';
await kill();
await kill();
await during('killed twice, still no line', 3_000);
await line.mend();
await during('the line is back', 1_500);
await kill();
await during('killed while catching up', 3_000);
phase = 'the till closes, the rest is sent';
await shop.close();
await until(async () => (await waiting()) === 0, 'everything is sent', 30_000);
await show();
display.endPhase();

const verdict = judge(shop.told, await service.effects());
process.stdout.write(resultTable(verdict, shop.told, kills));
await agent.kill('SIGTERM');
await line.cut();
await service.close();
remove();
const wrong = [...verdict.lost, ...verdict.doubled, ...verdict.outOfOrder, ...verdict.untrue, ...shop.unexpected];
for (const sentence of wrong.slice(0, 20)) process.stdout.write(`  wrong: ${sentence}\n`);
process.exitCode = wrong.length === 0 && verdict.applied === verdict.accepted ? 0 : 1;
