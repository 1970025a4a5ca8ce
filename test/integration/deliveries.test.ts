/** Looking up what became of deliveries: filters, pages, whose they are, and that nothing personal is in any answer. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryView } from '../../shared/local-api.ts';
import { runProgram } from '../support/agent-process.ts';
import { Shop } from '../support/shop.ts';
import { idOf, Till } from '../support/till.ts';

const eva = { phoneNumber: '611222333', email: 'eva.personal@example.com', firstName: 'Evangelina', lastName: 'Sorolla', birthday: '1991-05-06' };
const card = '2900000000018';
/** Whatever of these shows up in an answer about deliveries is one too many. */
const personal = [eva.phoneNumber, eva.email, eva.firstName, eva.lastName, eva.birthday, card, '699999999', 'SECRET-KEY', 'garden-note'];
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

interface Page {
	readonly deliveries: readonly DeliveryView[];
	readonly nextCursor: string | null;
}

let shop: Shop;
let garden: Till;
/** Everything that was accepted, oldest first. */
const ids = { confirmed: '', refused: '', retried: '', doubtful: '', registered: '', withdrawn: '', queued: '', gardens: '' };

async function page(query = '', asker: Till = shop.manager): Promise<Page> {
	const reply = await asker.get(`/agent/v1/deliveries${query}`);
	expect(reply.status).toBe(200);
	const found: Page = JSON.parse(reply.text);
	expect(Object.keys(found)).toEqual(['deliveries', 'nextCursor']);
	return found;
}

const idsOf = async (query = '', asker: Till = shop.manager) => (await page(query, asker)).deliveries.map(({ id }) => id);

beforeAll(async () => {
	shop = await Shop.open();
	const made = await runProgram(['token', 'create', 'garden', '--data-dir', shop.agent.directory]);
	garden = new Till(shop.agent.baseUrl, made.stdout.trim());
	const { till, service } = shop;
	const key = { 'idempotency-key': 'SECRET-KEY' };
	ids.confirmed = idOf(await till.sell('A-1', { member: { externalId: card }, note: 'garden-note' }, key));
	ids.refused = idOf(await till.sell('A-2', { member: { phoneNumber: '699999999' } }));
	ids.retried = idOf(await till.sell('A-2', { member: { externalId: card } }));
	await service.faults([{ fault: 'cut', when: 'after', times: 1 }]);
	const pay = { member: { phoneNumber: '600100203' }, payment: { amount: 100 }, transaction: { transactionId: 'A-1' } };
	ids.doubtful = idOf(await till.post('/v1/payment', pay));
	await shop.manager.post('/agent/v1/replay/pause', {});
	ids.registered = idOf(await till.post('/v1/member/register', eva));
	const second = await till.sell('A-3', { member: { externalId: card } });
	ids.withdrawn = idOf(second);
	await till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: second.json.confirmationCode } });
	ids.queued = idOf(await till.sell('A/4 & co', { member: eva }));
	ids.gardens = idOf(await garden.sell('G-1', { member: { externalId: card } }));
	return () => shop.close();
}, 30_000);

describe('the list', () => {
	test('shows the newest first, each as promised', async () => {
		const { deliveries, nextCursor } = await page();
		expect(nextCursor).toBeNull();
		expect(deliveries).toHaveLength(9);
		expect(deliveries.map(({ id }) => id)).toEqual([...deliveries.map(({ id }) => id)].sort().reverse());
		const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
		expect(byId.get(ids.confirmed)).toEqual({
			id: ids.confirmed,
			call: 'transaction',
			state: 'confirmed',
			transactionId: 'A-1',
			acceptedAt: instant,
			attempts: 1,
			lastOutcome: 'confirmed',
			confirmationCode: expect.stringMatching(/^[0-9a-f-]{36}$/),
		});
		expect(byId.get(ids.refused)).toEqual({
			id: ids.refused,
			call: 'transaction',
			state: 'refused',
			transactionId: 'A-2',
			acceptedAt: instant,
			attempts: 1,
			lastOutcome: 'refused',
			refusal: { code: '203', message: expect.stringMatching(/no such member/), advice: expect.stringMatching(/\w/) },
			supersededBy: ids.retried,
		});
		expect(byId.get(ids.doubtful)).toEqual({
			doubt: { message: expect.stringMatching(/no usable answer/), advice: expect.stringMatching(/Do not charge again/) },
			id: ids.doubtful,
			call: 'payment',
			state: 'doubtful',
			transactionId: 'A-1',
			acceptedAt: instant,
			attempts: 1,
			lastOutcome: 'unknown:reset',
		});
		expect(byId.get(ids.withdrawn)).toEqual({
			id: ids.withdrawn,
			call: 'transaction',
			state: 'withdrawn',
			transactionId: 'A-3',
			acceptedAt: instant,
			attempts: 0,
			withdrawnReason: expect.stringMatching(/cancelled before it was sent/),
		});
		expect(byId.get(ids.registered)).toMatchObject({ call: 'member.register', state: 'queued', attempts: 0, acceptedAt: instant });
		expect(byId.get(ids.registered)).not.toHaveProperty('transactionId');
	});

	test.each<[string, () => readonly string[]]>([
		['?state=queued', () => [ids.gardens, ids.queued, ids.registered]],
		['?state=doubtful,refused', () => [ids.doubtful, ids.refused]],
		['?state=sending', () => []],
		['?call=payment', () => [ids.doubtful]],
		['?call=member.register&state=queued', () => [ids.registered]],
		['?call=event', () => []],
		['?transactionId=A-1', () => [ids.doubtful, ids.confirmed]],
		['?transactionId=A-2', () => [ids.retried, ids.refused]],
		['?transactionId=A-2&state=refused', () => [ids.refused]],
		['?transactionId=A%2F4%20%26%20co', () => [ids.queued]],
		['?transactionId=A', () => []],
		['?transactionId=A-1%25', () => []],
		["?transactionId=x'%20OR%201=1--", () => []],
	])('finds with %s what belongs to it', async (query, expected) => {
		expect(await idsOf(query)).toEqual(expected());
	});

	test('comes in pages that neither repeat nor leave out anything, also while new ones arrive', async () => {
		const all = await idsOf();
		const seen: string[] = [];
		let cursor: string | null = '';
		let pages = 0;
		while (cursor !== null) {
			const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${encodeURIComponent(cursor)}`;
			const next = await page(query);
			expect(next.deliveries.length).toBeLessThanOrEqual(2);
			seen.push(...next.deliveries.map(({ id }) => id));
			cursor = next.nextCursor;
			pages += 1;
			if (pages === 2) expect((await garden.sell('G-while-paging')).status).toBe(202);
		}
		expect(seen).toEqual(all);
		expect(pages).toBe(5);
	});

	test('keeps its filter from page to page', async () => {
		const first = await page('?state=queued&limit=1&call=member.register');
		expect([first.deliveries.map(({ id }) => id), first.nextCursor]).toEqual([[ids.registered], null]);
	});

	test('shows a register only what its own token brought', async () => {
		const own = await idsOf('', garden);
		expect(own).toContain(ids.gardens);
		expect((await page('', garden)).deliveries.every(({ transactionId }) => transactionId?.startsWith('G-') === true)).toBe(true);
		expect(await idsOf('?transactionId=A-1', garden)).toEqual([]);
		const others = await idsOf('', shop.till);
		expect(others).toContain(ids.confirmed);
		expect(others).not.toContain(ids.gardens);
	});
});

describe('one delivery', () => {
	test('shows each of its attempts', async () => {
		expect(await shop.delivery(ids.confirmed)).toMatchObject({
			id: ids.confirmed,
			attemptLog: [{ startedAt: instant, outcome: 'confirmed', httpStatus: 200, durationMs: expect.any(Number) }],
		});
		expect((await shop.delivery(ids.refused)).attemptLog).toEqual([
			{ startedAt: instant, outcome: 'refused', code: '203', httpStatus: 200, durationMs: expect.any(Number) },
		]);
		expect((await shop.delivery(ids.doubtful)).attemptLog).toEqual([
			{ startedAt: instant, outcome: 'unknown', reason: 'reset', durationMs: expect.any(Number) },
		]);
		expect((await shop.delivery(ids.queued)).attemptLog).toEqual([]);
	});

	test('of another till is answered like one that does not exist', async () => {
		const absent = await garden.get('/agent/v1/deliveries/01ARZ3NDEKTSV4RRFFQ69G5FAV');
		const foreign = await garden.get(`/agent/v1/deliveries/${ids.confirmed}`);
		for (const reply of [absent, foreign]) expect([reply.status, reply.json.status, reply.json.error?.code]).toEqual([404, 'error', 'NOT_FOUND']);
		expect(foreign.json.error).toEqual(absent.json.error);
		expect((await garden.get(`/agent/v1/deliveries/${ids.gardens}`)).status).toBe(200);
		expect((await shop.manager.get(`/agent/v1/deliveries/${ids.gardens}`)).status).toBe(200);
	});

	test.each(['none', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '1', '%27', '01arz3ndektsv4rrffq69g5fav', 'A-1'])('with the id %s is not found', async (id) => {
		const reply = await shop.manager.get(`/agent/v1/deliveries/${id}`);
		expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([404, 'NOT_FOUND', 'none']);
	});
});

test('nothing personal is in any answer about deliveries, in the status or in the log', async () => {
	const answers: string[] = [];
	for (const asker of [shop.manager, shop.till, garden]) {
		for (const path of ['/agent/v1/deliveries', '/agent/v1/status', ...(await idsOf('', asker)).map((id) => `/agent/v1/deliveries/${id}`)]) {
			answers.push((await asker.get(path)).text);
		}
	}
	answers.push((await shop.till.sell('A-1', { member: { externalId: card, phoneNumber: eva.phoneNumber } })).text);
	answers.push((await shop.till.post('/v1/member/register', { ...eva, firstName: 'Other' })).text);
	answers.push(shop.agent.output);
	for (const word of personal) expect(answers.filter((answer) => answer.includes(word))).toEqual([]);
	for (const role of ['register', 'manager'] as const) expect(answers.filter((answer) => answer.includes(shop.agent.token(role)))).toEqual([]);
});
