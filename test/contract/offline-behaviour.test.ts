/** Every row of docs/offline-behaviour.md is played against a real agent, and what it says is what happens. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type OperationName, operationNames } from '../../agent/core/calls/operation.ts';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { Line } from '../support/line.ts';
import { Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { type Reply, Till } from '../support/till.ts';
import { until } from '../support/until.ts';
import { operationsOfPage, readToldTables, type ToldRow } from './told-tables.ts';

const deniz = { phoneNumber: '600100203' };
const nobody = { phoneNumber: '699999999' };

/** One way into a trouble: what is done before the call. Out of it they all go the same way. */
interface Way {
	readonly name: string;
	/** Whether the call has its effect nevertheless. */
	readonly hasEffect?: boolean;
	readonly enter: (operation: OperationName) => Promise<void>;
	/** The call, where it is another one than usual. */
	readonly calls?: Calls;
}

type Calls = (operation: OperationName) => Promise<Reply>;

let shop: Shop;
let line: Line;
let isLineCut = false;
let number = 0;
let id: string;
let newcomer: { phoneNumber: string };
/** Codes of a sale and a payment of this very row. */
let codes: { readonly sale: unknown; readonly pay: unknown };
/** A call that hangs, where the trouble is one. */
let earlier: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
	const service = await Service.start();
	line = await Line.lay(service.port);
	shop = await Shop.open({ loyalty: { baseUrl: `http://127.0.0.1:${line.port}/v1/`, timeoutMs: 500 }, local: { replyWithinMs: 400 } }, service);
	return async () => {
		await shop.close();
		await line.cut();
	};
}, 30_000);

const callAs =
	(till: Till, member: Record<string, string>): Calls =>
	(operation) => {
		const bodies: Readonly<Record<OperationName, readonly [path: string, body: unknown]>> = {
			sale: ['/v1/transaction', { member, transaction: { transactionId: id, totalAmount: 1_250 } }],
			cancelSale: ['/v1/transaction', { member, transaction: { action: 'cancel', confirmationCode: codes.sale } }],
			pay: ['/v1/payment', { member, payment: { action: 'pay', amount: 100 }, transaction: { transactionId: id } }],
			cancelPay: ['/v1/payment', { member, payment: { action: 'cancel', confirmationCode: codes.pay } }],
			register: ['/v1/member/register', { newMemberData: newcomer }],
			update: ['/v1/member/update', { member, newMemberData: { firstName: 'Deniz' } }],
			details: ['/v1/member/details', { member }],
			shortCode: ['/v1/member/shortCode', { member, action: 'send' }],
			event: ['/v1/event', { member, event: { type: 'opened_app' } }],
		};
		return till.post(...bodies[operation]);
	};

/** Of this call only: whatever the agent asks for by itself meanwhile is answered. */
const fault =
	(rule: Partial<FaultRule>) =>
	(operation: OperationName): Promise<void> =>
		shop.service.faults([{ ...rule, calls: [operation] }]);

/** Another call has met the trouble already. */
const knownFault = (rule: Partial<FaultRule>) => async () => {
	await shop.service.faults([rule]);
	await shop.till.post('/v1/event', { event: { type: 'opened_app' } });
};

async function cutLine(): Promise<void> {
	isLineCut = true;
	await line.cut();
}

const bothEffects = (name: string, rule: Partial<FaultRule>): Way[] => [
	{ name: `${name}, before its effect`, enter: fault({ ...rule, when: 'before' }) },
	{ name: `${name}, after its effect`, hasEffect: true, enter: fault({ ...rule, when: 'after' }) },
];

/** What the Loyalty API refuses by itself. */
const refusedCalls: Calls = (operation) => {
	const { till } = shop;
	switch (operation) {
		case 'register':
			return till.post('/v1/member/register', deniz);
		case 'pay':
			return till.post('/v1/payment', { member: deniz, payment: { amount: 900_000_000 }, transaction: { transactionId: id } });
		case 'cancelSale':
			return till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: `no-${id}` } });
		case 'cancelPay':
			return till.post('/v1/payment', { payment: { action: 'cancel', confirmationCode: `no-${id}` } });
		default:
			return callAs(till, nobody)(operation);
	}
};

/** By heading of the page. */
const troubles: Readonly<Record<string, readonly Way[]>> = {
	'All is well': [{ name: 'nothing happens', enter: async () => undefined }],
	'The line is down': [
		{ name: 'nobody accepts the connection', enter: cutLine },
		{
			name: 'it is known that nobody accepts the connection',
			enter: async () => {
				await cutLine();
				await shop.till.post('/v1/member/details', { member: deniz });
			},
		},
	],
	'A manager has paused sending': [{ name: 'paused', enter: async () => void (await shop.manager.post('/agent/v1/replay/pause', '')) }],
	'The API key is refused, or the agent knows that the line is misconfigured': [
		{ name: '401', enter: fault({ fault: 'status', status: 401 }) },
		{ name: '403 without an envelope', enter: fault({ fault: 'status', status: 403, envelope: false }) },
		{ name: '401 before', enter: knownFault({ fault: 'status', status: 401 }) },
		{ name: 'a web page before', enter: knownFault({ fault: 'html' }) },
		{ name: '404 before', enter: knownFault({ fault: 'html', status: 404 }) },
	],
	'The Loyalty API asks for a slower pace': [
		{ name: '429', enter: fault({ fault: 'status', status: 429, retryAfterSeconds: 60 }) },
		{ name: '429 before', enter: knownFault({ fault: 'status', status: 429, retryAfterSeconds: 60, times: 1 }) },
	],
	'The Loyalty API reports a fault of its own': [
		...bothEffects('502', { fault: 'status', status: 502, envelope: false }),
		{ name: '408', enter: fault({ fault: 'status', status: 408, envelope: false }) },
		{ name: '425', enter: fault({ fault: 'status', status: 425, envelope: false }) },
	],
	'The Loyalty API reports a fault of its own, in its envelope': bothEffects('503', { fault: 'status', status: 503 }),
	'Sent, and no answer comes back': [...bothEffects('cut', { fault: 'cut' }), ...bothEffects('no answer in time', { fault: 'timeout' })],
	"A web page, or another answer that is not the Loyalty API's": [
		{ name: 'a web page', enter: fault({ fault: 'html' }) },
		{ name: '404', enter: fault({ fault: 'html', status: 404 }) },
		{ name: 'an empty answer', enter: fault({ fault: 'empty' }) },
		{ name: 'half of an answer', hasEffect: true, enter: fault({ fault: 'truncated' }) },
	],
	'The Loyalty API says no': [{ name: 'refused', enter: async () => undefined, calls: refusedCalls }],
	'An earlier call of the same member still waits': [
		{
			name: 'a sale that gets no answer',
			enter: async (operation) => {
				const transactionId = `earlier-${id}`;
				await shop.service.faults([{ fault: 'timeout', transactionId }]);
				earlier = shop.till.sell(transactionId, { member: operation === 'register' ? newcomer : deniz });
				await until(async () => (await shop.deliveries(`?transactionId=${transactionId}&state=sending`)).length === 1, 'the earlier sale is under way');
			},
		},
	],
};

/** A good line, and a sale and a payment to cancel. */
async function begin(operation: OperationName): Promise<void> {
	number += 1;
	id = `told-${number}`;
	newcomer = { phoneNumber: String(640_000_000 + number) };
	await shop.calmed();
	codes = { sale: undefined, pay: undefined };
	const { till } = shop;
	if (operation === 'cancelSale') codes = { ...codes, sale: (await till.sell(`${id}-sold`, { member: deniz })).json.confirmationCode };
	if (operation !== 'cancelPay') return;
	const paid = await till.post('/v1/payment', { member: deniz, payment: { amount: 100 }, transaction: { transactionId: `${id}-paid` } });
	codes = { ...codes, pay: paid.json.data?.['confirmationCode'] };
}

async function leave(): Promise<void> {
	if (isLineCut) await line.mend();
	isLineCut = false;
	await earlier;
	await shop.service.faults([]);
	if ((await shop.status()).link.state === 'paused') await shop.manager.post('/agent/v1/replay/resume', '');
	await shop.drained();
}

const told = ({ status, json }: Reply) => ({ status, state: json.agent?.state, code: json.error?.code });

async function play({ enter, calls = callAs(shop.till, deniz), hasEffect = false }: Way, row: ToldRow) {
	const operation = operationsOfPage[row.call];
	if (operation === undefined) throw new Error(`there is no call "${row.call}"`);
	await begin(operation);
	await enter(operation);
	const reply = await calls(operation);
	expect(reply.headers.has('retry-after')).toBe(reply.json.error?.code === 'AGENT_OFFLINE');
	await leave();
	const deliveryId = reply.json.agent?.deliveryId;
	const end = deliveryId === undefined ? undefined : (await shop.delivery(deliveryId)).state;
	const promised = hasEffect ? row.later.withEffect : row.later.withoutEffect;
	return {
		happened: { call: row.call, ...told(reply), later: promised === undefined ? undefined : end },
		written: { call: row.call, status: row.status, state: row.state, code: row.code, later: promised },
	};
}

const tables = readToldTables();

test('each trouble has a table, each table is played, and no operation has been forgotten', () => {
	expect(Object.values(operationsOfPage).sort()).toEqual([...operationNames].sort());
	expect([...tables.keys()].sort()).toEqual(Object.keys(troubles).sort());
});

describe.each([...tables])('%s', (heading, rows) => {
	test('has one row for each call, and says what the cashier may do', () => {
		expect(rows.map(({ call }) => call).sort()).toEqual(Object.keys(operationsOfPage).sort());
		expect(rows.filter(({ cashier }) => !/[\w*`]\.( |$)/.test(cashier))).toEqual([]);
	});

	test('says what a delivery becomes wherever it is not over', () => {
		const open = rows.filter(({ state, later }) => state === 'queued' && (later.withoutEffect === undefined || later.withEffect === undefined));
		expect(open).toEqual([]);
	});

	test.each(troubles[heading] ?? [])('is what happens: $name', async (way) => {
		const played: Awaited<ReturnType<typeof play>>[] = [];
		for (const row of rows) played.push(await play(way, row));
		expect(played.map(({ happened }) => happened)).toEqual(played.map(({ written }) => written));
	});
});

test('a name that cannot be looked up is a line that is down', async () => {
	const { directory, remove } = freshDirectory();
	const agent = new AgentProcess({
		directory,
		environment: { LANEKEEPER_API_KEY: 'test-key' },
		settings: { loyalty: { baseUrl: 'https://loyalty.invalid/v1/' } },
	});
	try {
		await agent.ready();
		id = 'far-away';
		newcomer = { phoneNumber: '650000000' };
		codes = { sale: 'code-1', pay: 'code-2' };
		const calls = callAs(new Till(agent.baseUrl, agent.token('register')), deniz);
		for (const { call, status, state, code } of tables.get('The line is down') ?? []) {
			expect({ call, ...told(await calls(operationsOfPage[call] ?? 'event')) }).toEqual({ call, status, state, code });
		}
	} finally {
		await agent.stop();
		remove();
	}
});

test('details say who the member was when last seen, and nothing else', async () => {
	await shop.calmed();
	await shop.till.post('/v1/member/details', { member: deniz });
	await cutLine();
	const { status, json } = await shop.till.post('/v1/member/details', { member: deniz });
	await leave();
	expect([status, json.error?.code]).toEqual([503, 'AGENT_OFFLINE']);
	expect(Reflect.get(Object(json.agent), 'lastKnown')).toEqual({ name: 'Deniz Kaya', seenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
	expect(JSON.stringify(json)).not.toMatch(/points|credit|assets|appliedDeals/);
});
