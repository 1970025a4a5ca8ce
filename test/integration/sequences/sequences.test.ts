/**
 * What happens at a till, call after call, with the line cut at every step: before the request leaves, after it arrived and
 * before its answer, after it was sent and before it took effect. In the end the register's answers, the agent's
 * deliveries and the service's effects are compared.
 */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OperationName } from '../../../agent/core/calls/operation.ts';
import type { DeliveryWithAttempts } from '../../../shared/local-api.ts';
import { Line } from '../../support/line.ts';
import { Service } from '../../support/service.ts';
import { Shop } from '../../support/shop.ts';
import { Till } from '../../support/till.ts';
import { judge } from './judge.ts';
import { Register } from './register.ts';
import { type Situation, situations } from './situations.ts';

const cuts = ['before it leaves', 'after it took effect', 'before it takes effect'] as const;
const mends = ['before the next step', 'in the end'] as const;
interface Cut {
	readonly step: number;
	readonly where: (typeof cuts)[number];
	readonly mended: (typeof mends)[number];
}

const pointsOfMember = 1_000;
const upstreamHeaders = { 'x-branch-id': 'BR001', 'x-pos-id': 'POS009', 'x-source-type': 'POS', 'x-source-name': 'test' };

let shop: Shop;
let line: Line;
let isLineCut = false;
let number = 0;
let phoneNumber: string;
let id: string;
/** Everything that was seen in all cases together. */
const seen = new Set<string>();

beforeAll(async () => {
	const service = await Service.start();
	line = await Line.lay(service.port);
	shop = await Shop.open({ loyalty: { baseUrl: `http://127.0.0.1:${line.port}/v1/`, timeoutMs: 500 }, local: { replyWithinMs: 300 } }, service);
	return async () => {
		await shop.close();
		await line.cut();
	};
}, 30_000);

beforeEach(() => {
	number += 1;
	id = `case-${number}`;
	phoneNumber = String(620_000_000 + number);
});

async function cutLine(): Promise<void> {
	isLineCut = true;
	await line.cut();
}

async function mendLine(): Promise<void> {
	if (isLineCut) await line.mend();
	isLineCut = false;
	await shop.drained();
	await shop.calmed();
}

const loseAnswer = (operation: OperationName) => shop.service.faults([{ fault: 'cut', when: 'after', calls: [operation], times: 1 }]);

/** What the service itself says, past agent and line. */
function ask(path: string, body: unknown) {
	return new Till(`http://127.0.0.1:${shop.service.port}`, 'test-key').post(path, body, upstreamHeaders);
}

async function points(): Promise<number | undefined> {
	const member: unknown = (await ask('/v1/member/details', { member: { phoneNumber } })).json['member'];
	return member === undefined ? undefined : Number(Reflect.get(Object(member), 'points'));
}

async function welcome({ customer }: Situation): Promise<number> {
	if (customer !== 'member') return 0;
	await ask('/v1/member/register', { newMemberData: { phoneNumber } });
	await ask('/v1/transaction', { member: { phoneNumber }, transaction: { transactionId: `earlier-${id}`, totalAmount: pointsOfMember * 10 } });
	return pointsOfMember;
}

function around(cut: Cut | undefined) {
	return {
		before: async (step: number, operation: OperationName) => {
			if (step !== cut?.step) return;
			if (cut.where === 'before it leaves') await cutLine();
			else if (cut.where === 'after it took effect') await loseAnswer(operation);
			else await shop.service.faults([{ fault: 'cut', when: 'before', calls: [operation], times: 1 }]);
		},
		after: async (step: number) => {
			if (step !== cut?.step) return;
			if (cut.mended === 'in the end') await cutLine();
			else await mendLine();
		},
	};
}

/** Plays one situation to its end and finds every broken promise. */
async function play(situation: Situation, cut?: Cut): Promise<{ broken: string[]; steps: string[]; ends: string[] }> {
	const pointsBefore = await welcome(situation);
	const register = new Register(shop.till, around(cut), { phoneNumber });
	await situation.play(register, { lineDrops: cutLine, answerIsLost: loseAnswer }, id);
	await mendLine();
	await shop.service.faults([]);
	const { told } = register;
	const deliveries = new Map<string, DeliveryWithAttempts>();
	for (const { answer } of told) {
		const deliveryId = answer.agent?.deliveryId;
		if (deliveryId !== undefined) deliveries.set(deliveryId, await shop.delivery(deliveryId));
	}
	for (const { call, state, attempts } of deliveries.values()) seen.add(`${call} ${state} ${attempts > 1 ? 'after several tries' : 'within one try'}`);
	const broken = judge({ situation, told, deliveries, effects: await shop.service.effects(), id, pointsBefore, pointsAfter: await points() });
	return { broken, steps: told.map(({ operation }) => operation), ends: [...deliveries.values()].map(({ state }) => state) };
}

describe.each(situations)('when $name', (situation) => {
	test('nothing else going wrong, all promises are kept', async () => {
		expect(await play(situation)).toEqual({ broken: [], steps: situation.steps, ends: situation.ends });
	});

	const all = situation.steps.flatMap((operation, index) => cuts.flatMap((where) => mends.map((mended) => ({ operation, where, mended, step: index + 1 }))));
	test.each(all)('and the line is cut at step $step ($operation) $where, mended $mended', async (cut) => {
		expect((await play(situation, cut)).broken).toEqual([]);
	});
});

test('all of that was no fair weather: each way a delivery can go was gone', () => {
	expect([...seen].sort()).toEqual([
		'member.register confirmed after several tries',
		'member.register confirmed within one try',
		'payment confirmed after several tries',
		'payment confirmed within one try',
		'payment doubtful after several tries',
		'payment doubtful within one try',
		'payment withdrawn within one try',
		'transaction confirmed after several tries',
		'transaction confirmed within one try',
		'transaction doubtful after several tries',
		'transaction refused after several tries',
		'transaction refused within one try',
		'transaction withdrawn within one try',
	]);
});
