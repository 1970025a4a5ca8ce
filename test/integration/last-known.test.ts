/** Who a member was, for the cashier, while nobody can say who they are: what is told, to whom, and where it is kept. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
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
