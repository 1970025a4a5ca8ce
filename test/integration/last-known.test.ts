/** Who a member was, for the cashier, while nobody can say who they are: what is told, to whom, for how long, and where it is kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peekMember } from '../../agent/core/calls/peek.ts';
import type { Log } from '../../agent/core/log.ts';
import { usualRules } from '../../agent/core/shop-rules.ts';
import { MemberMemory } from '../../agent/intake/member-memory.ts';
import { eraseOld } from '../../agent/ops/housekeeping.ts';
import { Outbox } from '../../agent/outbox/outbox.ts';
import { loadSettings } from '../../agent/settings/load.ts';
import { newKeySet } from '../../agent/vault/key-set.ts';
import { Vault } from '../../agent/vault/vault.ts';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import { freshDirectory } from '../support/agent-process.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { readableIn } from '../support/plain-text.ts';
import { Shop } from '../support/shop.ts';
import type { Reply } from '../support/till.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const luis = { phoneNumber: '600100201' };

const details = (shop: Shop, member: Record<string, string>, headers: Record<string, string> = {}) => shop.till.post('/v1/member/details', { member }, headers);

async function seen(shop: Shop, member: Record<string, string>): Promise<Reply> {
	const reply = await details(shop, member);
	expect([reply.status, reply.json.status]).toEqual([200, 'success']);
	expect(reply.json.agent).not.toHaveProperty('lastKnown');
	return reply;
}

/** A 503 that names the member, and nothing but the name. */
function expectName(reply: Reply, name: string): void {
	expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([503, 'AGENT_OFFLINE', 'none']);
	expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
	expect(reply.json.agent?.lastKnown).toEqual({ name, seenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) });
	expect(reply.json.error?.message).toMatch(/nobody has verified/);
	for (const word of name.split(' ')) expect(reply.json.error?.message).not.toContain(word);
	expect(reply.text).not.toMatch(/points|credit|assets|GIFT|appliedDeals|birthday|membershipKey|@|600100/);
}

function expectNoName(reply: Reply): void {
	expect([reply.status, reply.json.error?.code]).toEqual([503, 'AGENT_OFFLINE']);
	expect(reply.json.agent).not.toHaveProperty('lastKnown');
	expect(reply.json.error?.message).not.toMatch(/name/);
}

describe('a member who was seen', () => {
	let shop: Shop;
	let seenAt: string;

	beforeAll(async () => {
		shop = await Shop.open({ log: { level: 'debug' } });
		const before = new Date().toISOString();
		await seen(shop, ana);
		await shop.till.post('/v1/member/shortCode', { member: luis, action: 'send' });
		await shop.cutLine();
		await until(async () => {
			const { lastKnown } = (await details(shop, ana)).json.agent ?? {};
			seenAt = lastKnown?.seenAt ?? '';
			return seenAt !== '';
		}, 'the name is remembered');
		expect(seenAt >= before && seenAt <= new Date().toISOString()).toBe(true);
		return () => shop.close();
	}, 30_000);

	test('is named while the line is cut, whatever the register wants to have returned', async () => {
		const plain = await details(shop, ana);
		expectName(plain, 'Ana Ruiz');
		expectName(await details(shop, ana, { 'x-return-assets': 'all', 'x-return-benefits': 'true' }), 'Ana Ruiz');
		expectName(await details(shop, { email: 'nobody@example.com', ...ana }), 'Ana Ruiz');
		expect(plain.json.agent?.lastKnown?.seenAt).toBe(seenAt);
	});

	test('is named by the identifier that was asked with, and by no other', async () => {
		for (const other of [{ email: 'ana@example.com' }, { externalId: ana.phoneNumber }, luis, { phoneNumber: '699999999' }])
			expectNoName(await details(shop, other));
	});

	test('is not named to a call that asks for something else', async () => {
		expectNoName(await shop.till.post('/v1/member/shortCode', { member: ana, action: 'get' }));
		const pay = await shop.till.post('/v1/payment', { member: ana, payment: { amount: 1 }, transaction: { transactionId: 'p-1' } });
		expectNoName(pay);
		const sale = await shop.till.sell('offline-1', { member: ana });
		expect(sale.text).not.toMatch(/lastKnown|Ana/);
	});

	test('is named while a person holds everything back', async () => {
		await shop.manager.post('/agent/v1/replay/pause', '');
		expectName(await details(shop, ana), 'Ana Ruiz');
		await shop.manager.post('/agent/v1/replay/resume', '');
	});

	test('is named after the agent was killed and started again', async () => {
		await shop.restartAgent('SIGKILL');
		const reply = await details(shop, ana);
		expectName(reply, 'Ana Ruiz');
		expect(reply.json.agent?.lastKnown?.seenAt).toBe(seenAt);
	});

	test('is named in the clear nowhere in the data directory, the log or the output', async () => {
		const found = readableIn(shop.agent.directory, ['offline-1', 'Ana', 'Ruiz', ana.phoneNumber, 'ana@example.com', 'lastKnown']);
		expect(found.filter((line) => !line.endsWith('offline-1'))).toEqual([]);
		expect(found.length).toBeGreaterThan(0);
		expect(shop.agent.output).not.toMatch(/Ana|Ruiz/);
	});

	test('is not named any more once the days are set to none, also though the name was kept', async () => {
		await shop.restartAgent('SIGTERM', { members: { keepLastKnownDays: 0 } });
		expectNoName(await details(shop, ana));
	});
});

describe('when the question is tried, and fails:', () => {
	let shop: Shop;

	beforeAll(async () => {
		shop = await Shop.open({ loyalty: { timeoutMs: 1_200 } });
		return () => shop.close();
	}, 30_000);

	test.each<[string, Partial<FaultRule>]>([
		['a 5xx without envelope', { fault: 'status', status: 502, envelope: false }],
		['no answer in time', { fault: 'timeout' }],
		['a connection that is cut', { fault: 'cut' }],
		['half an answer', { fault: 'truncated' }],
		['a page of the network', { fault: 'html' }],
		['a call for peace', { fault: 'status', status: 429, retryAfterSeconds: 1 }],
		['a refused key', { fault: 'status', status: 401 }],
	])('%s, the name is told', async (_what, fault) => {
		await shop.service.faults([]);
		await shop.manager.post('/agent/v1/replay/send-now', '');
		await shop.calmed();
		await seen(shop, luis);
		await until(async () => {
			await shop.service.faults([{ ...fault, calls: ['details'], times: 1 }]);
			const reply = await details(shop, luis);
			await shop.manager.post('/agent/v1/replay/send-now', '');
			if (reply.json.agent?.lastKnown === undefined) return false;
			expectName(reply, 'Luis Vega');
			return true;
		}, 'the name is told');
	});

	test("a 5xx in the Loyalty API's own words, those words are handed on", async () => {
		await shop.service.faults([]);
		await shop.calmed();
		await seen(shop, luis);
		await shop.service.faults([{ fault: 'status', status: 500, calls: ['details'], times: 1 }]);
		const reply = await details(shop, luis);
		expect([reply.status, reply.json.status, reply.json.error?.code]).toEqual([500, 'error', '500']);
	});
});

test('a member the service does not know any more is forgotten', async () => {
	const shop = await Shop.open();
	try {
		const nora = { phoneNumber: '611000777' };
		await shop.till.post('/v1/member/register', { ...nora, firstName: 'Nora', lastName: 'Vidal' });
		await seen(shop, nora);
		await seen(shop, luis);
		await shop.cutLine();
		expectName(await details(shop, nora), 'Nora Vidal');
		// The service that comes back has never heard of her.
		await shop.restoreLine();
		await shop.manager.post('/agent/v1/replay/send-now', '');
		await shop.calmed();
		const refused = await details(shop, nora);
		expect([refused.status, refused.json.error?.code]).toEqual([200, '203']);
		expect(refused.json.agent).not.toHaveProperty('lastKnown');
		await shop.cutLine();
		expectNoName(await details(shop, nora));
		expectName(await details(shop, luis), 'Luis Vega');
	} finally {
		await shop.close();
	}
});

test('with members.keepLastKnownDays 0 nobody is ever remembered', async () => {
	const shop = await Shop.open({ members: { keepLastKnownDays: 0 } });
	try {
		await seen(shop, ana);
		await shop.cutLine();
		expectNoName(await details(shop, ana));
		await shop.restartAgent('SIGTERM', { members: { keepLastKnownDays: 30 } });
		expectNoName(await details(shop, ana));
	} finally {
		await shop.close();
	}
});

describe('in a real database, with a clock that is turned', () => {
	const dayMs = 24 * 60 * 60_000;
	const place = freshDirectory();
	const clock = new FakeClock();
	const told: string[] = [];
	const write = (event: string) => void told.push(event);
	const log: Log = { error: write, warn: write, info: write, debug: write };
	const vault = new Vault(newKeySet());
	const crash = (error: Error) => {
		throw error;
	};
	let outbox: Outbox;

	const memoryFor = (days: number) => {
		const settings = loadSettings({ file: undefined, environment: { LANEKEEPER_MEMBERS__KEEP_LAST_KNOWN_DAYS: String(days) } });
		return new MemberMemory({ clock, store: outbox, vault, log, settings });
	};
	const peek = (phoneNumber: string) => peekMember({ member: { phoneNumber } }, ['member']);
	const learn = (phoneNumber: string, firstName: string, more: Record<string, unknown> = {}) =>
		memoryFor(30).learn(peek(phoneNumber), { kind: 'confirmed' }, JSON.stringify({ status: 'success', member: { firstName, ...more } }));
	const housekeeping = () =>
		eraseOld({ clock, log, store: outbox, timeZone: 'Europe/Madrid', keepConfirmedDays: 30, keepKeysDays: 400, keepLastKnownDays: 30 });
	/** After everything that was asked for before. */
	const flushed = () => outbox.set('flushed', 'yes');
	const isStored = (phoneNumber: string) => outbox.lastKnown(vault.lookupKey(`last-known:phoneNumber:${phoneNumber}`)) !== undefined;

	beforeAll(async () => {
		outbox = await Outbox.open(place.directory, usualRules, { key: vault.ledgerKey(), clock }, { onCrash: crash, onDamage: write });
	});
	afterAll(async () => {
		await outbox.close();
		place.remove();
	});

	test('a name is told for as many days as the shop wants, then not, then erased, and others stay', async () => {
		learn('1', 'Ana', { points: 5 });
		await flushed();
		const anasDay = clock.now();
		clock.advance(10 * dayMs);
		learn('2', 'Luis');
		await flushed();
		expect(memoryFor(30).recall(peek('1'))).toEqual({ name: 'Ana', balance: { points: 5 }, seenAt: anasDay });
		clock.advance(20 * dayMs);
		await housekeeping();
		expect(memoryFor(30).recall(peek('1'))?.name).toBe('Ana');
		clock.advance(1);
		expect([memoryFor(30).recall(peek('1')), memoryFor(0).recall(peek('2')), memoryFor(5).recall(peek('2'))]).toEqual([undefined, undefined, undefined]);
		expect([memoryFor(30).recall(peek('2'))?.name, isStored('1')]).toEqual(['Luis', true]);
		await housekeeping();
		expect([isStored('1'), isStored('2')]).toEqual([false, true]);
		expect(told.filter((event) => event !== 'storage.erased')).toEqual([]);
	});

	test('what was just learnt counts at once, before it is on the disk', async () => {
		const memory = memoryFor(30);
		const heard = JSON.stringify({ status: 'success', member: { firstName: 'Eva', points: 3 } });
		memory.learn(peek('7'), { kind: 'confirmed' }, heard);
		expect(memory.recall(peek('7'))).toEqual({ name: 'Eva', balance: { points: 3 }, seenAt: clock.now() });
		memory.paid(peek('7'));
		expect(memory.recall(peek('7'))?.paidSince).toBe(true);
		await flushed();
		memory.learn(peek('7'), { kind: 'refused', refusal: { code: '203' } }, undefined);
		expect(memory.recall(peek('7'))).toBeUndefined();
		await flushed();
		expect([memory.recall(peek('7')), isStored('7')]).toEqual([undefined, false]);
	});

	test('more names than one portion are all erased', async () => {
		for (let number = 0; number < 1_201; number += 1) learn(`many-${number}`, 'Ana');
		await flushed();
		clock.advance(30 * dayMs + 1);
		await housekeeping();
		expect(Array.from({ length: 1_201 }, (_, number) => isStored(`many-${number}`)).filter(Boolean)).toEqual([]);
	});

	test('a name that came later takes the place of an earlier one, and an answer without a name leaves none', async () => {
		learn('3', 'Eva');
		learn('3', 'Evangelina');
		await flushed();
		expect(memoryFor(30).recall(peek('3'))?.name).toBe('Evangelina');
		expect(memoryFor(0).recall(peek('3'))).toBeUndefined();
		memoryFor(30).learn(peek('3'), { kind: 'confirmed' }, '{"status":"success","member":{}}');
		await flushed();
		expect(memoryFor(30).recall(peek('3'))).toEqual({ seenAt: clock.now() });
	});

	test('only "no such member" makes it forget: trouble and other refusals do not', async () => {
		learn('4', 'Marta');
		await flushed();
		const memory = memoryFor(30);
		memory.learn(peek('4'), { kind: 'unknown', trouble: 'timeout' }, undefined);
		memory.learn(peek('4'), { kind: 'notSent', trouble: 'rate-limited' }, '{"status":"error"}');
		memory.learn(peek('4'), { kind: 'refused', refusal: { code: '1001' } }, '{"status":"error"}');
		await flushed();
		expect(memory.recall(peek('4'))?.name).toBe('Marta');
		for (const code of ['203', '4001012', 'MEMBER_NOT_FOUND']) {
			learn('4', 'Marta');
			memory.learn(peek('4'), { kind: 'refused', refusal: { code } }, undefined);
			await flushed();
			expect(isStored('4'), code).toBe(false);
		}
	});

	test('a pay leaves name and date alone, and marks the balance as not theirs any more', async () => {
		learn('5', 'Deniz', { points: 900 });
		await flushed();
		const seenAt = clock.now();
		clock.advance(1_000);
		memoryFor(30).paid(peek('5'));
		memoryFor(30).paid(peek('nobody'));
		await flushed();
		expect(memoryFor(30).recall(peek('5'))).toEqual({ name: 'Deniz', balance: { points: 900 }, paidSince: true, seenAt });
		learn('5', 'Deniz', { points: 800 });
		await flushed();
		expect(memoryFor(30).recall(peek('5'))).toEqual({ name: 'Deniz', balance: { points: 800 }, seenAt: clock.now() });
	});

	test('a memo that was changed by somebody is not believed, and said to be damaged', async () => {
		await outbox.remember([{ member: vault.lookupKey('last-known:phoneNumber:6'), sealed: new Uint8Array(60) }], clock.now());
		expect(memoryFor(30).recall(peek('6'))).toBeUndefined();
		expect(told).toContain('storage.damaged');
	});
});
