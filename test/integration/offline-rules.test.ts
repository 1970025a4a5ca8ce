/** The shop's rules for calls that would wait: what they flag, what they refuse, what they count, and what they leave alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDirectory, runProgram } from '../support/agent-process.ts';
import { Shop } from '../support/shop.ts';
import type { Reply } from '../support/till.ts';
import { until } from '../support/until.ts';

const ana = { phoneNumber: '600100200' };
const luis = { phoneNumber: '600100201' };

const flagsOf = async (shop: Shop, reply: Reply) => (await shop.delivery(reply.json.agent?.deliveryId)).flags;
const accepted = (reply: Reply) => {
	expect([reply.status, reply.json.agent?.state]).toEqual([202, 'queued']);
	return reply;
};
const pause = (shop: Shop) => shop.manager.post('/agent/v1/replay/pause', '');
const resume = async (shop: Shop) => {
	await shop.manager.post('/agent/v1/replay/resume', '');
	await shop.drained();
	await shop.calmed();
};

/** Turned away, by this rule, and nothing of it was stored. */
async function expectRefused(shop: Shop, reply: Reply, rule: string): Promise<void> {
	expect([reply.status, reply.json.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([409, 'error', 'OFFLINE_POLICY', 'none']);
	expect(reply.json.error?.message).toContain(`"${rule}"`);
	expect(reply.json.agent).not.toHaveProperty('deliveryId');
	expect(reply.json).not.toHaveProperty('confirmationCode');
	const { waiting } = await shop.status();
	expect(reply.json.agent?.waiting).toBe(waiting.count);
}

describe('without rules of its own, a shop', () => {
	let shop: Shop;

	beforeAll(async () => {
		shop = await Shop.open({ local: { replyWithinMs: 5_000 } });
		return () => shop.close();
	}, 30_000);

	test('has sales flagged that use gifts while the line is cut, and no others', async () => {
		const online = await shop.till.sell('online', { member: ana, usedAssets: ['GIFT-1'] });
		expect(await flagsOf(shop, online)).toBeUndefined();
		await shop.cutLine();
		const beside = accepted(await shop.till.sell('beside', { member: ana, usedAssets: ['GIFT-1'] }));
		const inside = accepted(await shop.till.sell('inside', { member: ana, transaction: { usedAssets: [{ key: 'GIFT-2' }] } }));
		const without = accepted(await shop.till.sell('without', { member: ana, usedAssets: [] }));
		const register = accepted(await shop.till.post('/v1/member/register', { phoneNumber: '611000009', usedAssets: ['GIFT-1'] }));
		for (const risky of [beside, inside]) expect(await flagsOf(shop, risky)).toEqual(['gifts-used-offline']);
		for (const usual of [without, register]) expect(await flagsOf(shop, usual)).toBeUndefined();
		const listed = await shop.deliveries('?state=queued');
		expect(listed.filter(({ flags }) => flags !== undefined).map(({ transactionId }) => transactionId)).toEqual(['inside', 'beside']);
		// A register sees the flags of its own sales, too.
		expect((await shop.till.get(`/agent/v1/deliveries/${beside.json.agent?.deliveryId ?? ''}`)).json['flags']).toEqual(['gifts-used-offline']);

		await shop.restartAgent('SIGKILL');
		expect(await flagsOf(shop, beside)).toEqual(['gifts-used-offline']);
		const repeated = await shop.till.sell('beside', { member: ana, usedAssets: ['GIFT-1'] });
		expect([repeated.json.agent?.duplicate, repeated.json.agent?.deliveryId]).toEqual([true, beside.json.agent?.deliveryId]);
		await shop.restoreLine();
		const sent = await shop.reaches(beside.json.agent?.deliveryId, 'confirmed');
		expect(sent.flags).toEqual(['gifts-used-offline']);
	});

	test('has them flagged as well while a person holds everything back, and while the service answers nothing usable', async () => {
		await resume(shop);
		await pause(shop);
		const held = accepted(await shop.till.sell('held', { usedAssets: ['GIFT-1'] }));
		expect(await flagsOf(shop, held)).toEqual(['gifts-used-offline']);
		await resume(shop);
		await shop.service.faults([{ fault: 'status', status: 503, envelope: false }]);
		await shop.till.post('/v1/member/details', { member: ana });
		expect((await shop.status()).link.state).toBe('failing');
		const failing = accepted(await shop.till.sell('failing', { usedAssets: ['GIFT-1'] }));
		expect(await flagsOf(shop, failing)).toEqual(['gifts-used-offline']);
		await shop.service.faults([]);
	});
});

const rule = (name: string, operations: string[], limit: string, per: string, above: number, action: 'flag' | 'refuse' = 'refuse') => ({
	...{ name, operations, limit, per, above, action },
});

describe('a shop that wants calls refused', () => {
	let shop: Shop;

	beforeAll(async () => {
		const rules = [
			rule('no-gifts', ['sale'], 'gifts', 'call', 0),
			rule('dear-sale', ['sale'], 'amount', 'call', 100_000),
			rule('much-of-one', ['sale'], 'amount', 'member', 3_000),
			rule('many-of-one', ['sale', 'event'], 'count', 'member', 3),
			rule('many-updates', ['update'], 'count', 'call', 2),
			rule('some-sales', ['sale'], 'count', 'call', 1, 'flag'),
		];
		shop = await Shop.open({ offline: { rules }, local: { replyWithinMs: 5_000 } });
		return () => shop.close();
	}, 30_000);

	afterEach(() => resume(shop));

	test('has nothing refused, flagged or counted while the line is good', async () => {
		for (const id of ['good-1', 'good-2', 'good-3', 'good-4']) {
			const reply = await shop.till.sell(id, { member: ana, usedAssets: ['NO-GIFT'], transaction: { totalAmount: 200_000 } });
			expect(reply.json.agent?.state).not.toBe('none');
			expect(reply.status).not.toBe(409);
			expect(await flagsOf(shop, reply)).toBeUndefined();
		}
	});

	test('has the rule named, nothing stored, and every repeat of what was accepted answered', async () => {
		await pause(shop);
		const before = accepted(await shop.till.sell('kept', { member: ana }));
		const sales = (await shop.deliveries()).length;
		await expectRefused(shop, await shop.till.sell('gift', { usedAssets: ['GIFT-1'] }), 'no-gifts');
		await expectRefused(shop, await shop.till.sell('dear', { transaction: { totalAmount: 100_001 } }), 'dear-sale');
		// Of several rules the first that refuses is named.
		await expectRefused(shop, await shop.till.sell('both', { usedAssets: ['GIFT-1'], transaction: { totalAmount: 100_001 } }), 'no-gifts');
		expect((await shop.deliveries()).length).toBe(sales);
		expect((await shop.deliveries('?transactionId=gift')).length).toBe(0);

		accepted(await shop.till.sell('kept-2', { member: ana }));
		await expectRefused(shop, await shop.till.sell('kept-3', { member: ana }), 'much-of-one');
		const repeated = await shop.till.sell('kept', { member: ana });
		expect([repeated.status, repeated.json.agent?.duplicate, repeated.json.agent?.deliveryId]).toEqual([202, true, before.json.agent?.deliveryId]);
		const other = await shop.till.sell('kept', { member: ana, note: 'other body' });
		expect([other.status, other.json.error?.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
		const cancel = await shop.till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: before.json.confirmationCode } });
		expect([cancel.status, cancel.json.agent?.state]).toEqual([200, 'withdrawn']);
		// What was withdrawn waits no longer, so there is room again; and the one that was refused may be sent again.
		accepted(await shop.till.sell('kept-3', { member: ana }));
		await resume(shop);
		const free = await shop.till.sell('gift', { usedAssets: ['GIFT-1'] });
		expect([free.status === 409, free.json.agent?.duplicate]).toEqual([false, false]);
	});

	test('counts what waits of a member under any of their identifiers, sums it up, and leaves others alone', async () => {
		await pause(shop);
		const both = { ...luis, email: 'luis@example.com' };
		// A call of the same member that neither rule is for.
		accepted(await shop.till.post('/v1/member/update', { member: both, newMemberData: { firstName: 'Luis' } }));
		accepted(await shop.till.sell('luis-1', { member: both, transaction: { totalAmount: 2_000 } }));
		accepted(await shop.till.sell('luis-2', { member: { email: 'LUIS@example.com' }, transaction: { totalAmount: 1_000 } }));
		await expectRefused(shop, await shop.till.sell('luis-3', { member: luis, transaction: { totalAmount: 1_001 } }), 'much-of-one');
		// The second came under the e-mail alone: by phone only the first is the same member.
		accepted(await shop.till.sell('luis-4', { member: luis, transaction: { totalAmount: 1_000 } }));
		await expectRefused(shop, await shop.till.sell('luis-5', { member: both, transaction: { totalAmount: 1 } }), 'much-of-one');
		await expectRefused(shop, await shop.till.post('/v1/event', { member: both, event: { type: 'x' } }), 'many-of-one');
		accepted(await shop.till.post('/v1/event', { member: luis, event: { type: 'x' } }));
		// Neither another member's sale nor one of nobody.
		accepted(await shop.till.sell('ana-1', { member: ana, transaction: { totalAmount: 3_000 } }));
		accepted(await shop.till.sell('nobody-1', { transaction: { totalAmount: 3_000 } }));
	});

	test('has sums that are right after a restart, by call and by member, and forgets what was sent', async () => {
		await pause(shop);
		accepted(await shop.till.sell('first', { member: ana, transaction: { totalAmount: 1_500 } }));
		accepted(await shop.till.sell('second', { member: ana, transaction: { totalAmount: 1_400 } }));
		for (const firstName of ['A', 'B']) accepted(await shop.till.post('/v1/member/update', { member: luis, newMemberData: { firstName } }));
		const late = async () => {
			await expectRefused(shop, await shop.till.sell('third', { member: ana, transaction: { totalAmount: 101 } }), 'much-of-one');
			await expectRefused(shop, await shop.till.post('/v1/member/update', { member: luis, newMemberData: { firstName: 'C' } }), 'many-updates');
		};
		await late();
		await shop.restartAgent('SIGKILL');
		await late();
		await shop.restartAgent('SIGTERM');
		await late();
		const fits = accepted(await shop.till.sell('third', { member: ana, transaction: { totalAmount: 100 } }));
		expect(await flagsOf(shop, fits)).toEqual(['some-sales']);
		await expectRefused(shop, await shop.till.post('/v1/event', { member: ana, event: { type: 'x' } }), 'many-of-one');
		await resume(shop);
		await pause(shop);
		const fresh = accepted(await shop.till.sell('fresh', { member: ana, transaction: { totalAmount: 3_000 } }));
		expect(await flagsOf(shop, fresh)).toBeUndefined();
		accepted(await shop.till.post('/v1/member/update', { member: luis, newMemberData: { firstName: 'D' } }));
	});
});

describe('a rule about age', () => {
	/** The clock counts milliseconds: what was accepted in this one has no age yet. */
	const aged = async (reply: Reply) => {
		const now = Date.now();
		await until(() => Date.now() > now, 'the next millisecond');
		return accepted(reply);
	};

	test('looks at the oldest of its own operations only, also after a restart', async () => {
		// The shortest age there is: anything that has waited at all, even a part of a minute.
		const rules = [rule('old-sales', ['sale'], 'age', 'call', 0), rule('old-news', ['event', 'update'], 'age', 'member', 0)];
		const shop = await Shop.open({ offline: { rules } });
		try {
			await pause(shop);
			await aged(await shop.till.post('/v1/member/register', { phoneNumber: '611000011' }));
			await aged(await shop.till.post('/v1/event', { member: luis, event: { type: 'x' } }));
			const sale = await aged(await shop.till.sell('age-1', { member: ana }));
			await expectRefused(shop, await shop.till.sell('age-2', { member: luis }), 'old-sales');
			await aged(await shop.till.post('/v1/event', { member: ana, event: { type: 'x' } }));
			await expectRefused(shop, await shop.till.post('/v1/member/update', { member: luis, newMemberData: { firstName: 'L' } }), 'old-news');
			await aged(await shop.till.post('/v1/event', { event: { type: 'of nobody' } }));
			await shop.restartAgent('SIGKILL');
			await expectRefused(shop, await shop.till.sell('age-2', { member: luis }), 'old-sales');
			await expectRefused(shop, await shop.till.post('/v1/event', { member: luis, event: { type: 'y' } }), 'old-news');
			await shop.till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: sale.json.confirmationCode } });
			await aged(await shop.till.sell('age-2', { member: luis }));
			await expectRefused(shop, await shop.till.sell('age-3', { member: luis }), 'old-sales');
		} finally {
			await shop.close();
		}
	});

	test('counts what a person took back into the queue by the time it was first accepted', async () => {
		const rules = [rule('old-sales', ['sale'], 'age', 'call', 0)];
		const shop = await Shop.open({ offline: { rules } });
		try {
			const refused = await shop.till.sell('back', { member: { phoneNumber: '699999999' } });
			expect(refused.json.agent?.state).toBe('refused');
			await pause(shop);
			await shop.manager.post(`/agent/v1/deliveries/${refused.json.agent?.deliveryId ?? ''}/retry`, { reason: 'again' });
			await until(async () => (await shop.status()).waiting.count === 1, 'it waits again');
			await expectRefused(shop, await shop.till.sell('new'), 'old-sales');
			await shop.manager.post(`/agent/v1/deliveries/${refused.json.agent?.deliveryId ?? ''}/withdraw`, { reason: 'enough' });
			await aged(await shop.till.sell('new'));
		} finally {
			await shop.close();
		}
	});
});

describe('rules that cannot be meant stop the start with 78 and their path:', () => {
	const good = rule('good', ['sale'], 'count', 'call', 1);
	const { action: _action, ...unfinished } = good;
	test.each<[string, unknown, string]>([
		['an unknown limit', [{ ...good, limit: 'weight' }], 'offline.rules.0.limit is "weight", allowed is "amount", "count", "age" or "gifts"'],
		['an unknown operation', [good, { ...good, name: 'b', operations: ['pay'] }], 'offline.rules.1.operations.0 is "pay", allowed is'],
		['no operation', [{ ...good, operations: [] }], 'offline.rules.0.operations'],
		['an unknown measure', [{ ...good, per: 'shop' }], 'offline.rules.0.per is "shop", allowed is "call" or "member"'],
		['an unknown action', [{ ...good, action: 'block' }], 'offline.rules.0.action is "block", allowed is "flag" or "refuse"'],
		['a key that is missing', [unfinished], 'offline.rules.0.action is missing'],
		['a key too many', [{ ...good, below: 3 }], 'offline.rules.0.below is not a known key'],
		['a name with capitals', [{ ...good, name: 'Good' }], 'offline.rules.0.name is "Good", but it must match'],
		['a name that a list of flags could not hold', [{ ...good, name: 'a,b' }], 'offline.rules.0.name is "a,b", but it must match'],
		['a limit below nothing', [{ ...good, above: -1 }], 'offline.rules.0.above is the number -1'],
		['half a limit', [{ ...good, above: 0.5 }], 'offline.rules.0.above is the number 0.5'],
		['a name given twice', [good, { ...good, limit: 'age' }], 'offline.rules.1.name is "good", which an earlier rule has; allowed is a name of its own'],
		['gifts of a member', [{ ...good, limit: 'gifts', per: 'member' }], 'offline.rules.0.per is "member", but gifts are counted in one call only'],
		['no list', { good }, 'offline.rules is an object'],
	])('%s', async (_what, rules, told) => {
		const { directory, remove } = freshDirectory();
		try {
			const config = join(directory, 'shop.json');
			writeFileSync(config, JSON.stringify({ offline: { rules } }));
			const exit = await runProgram(['start', '--config', config, '--data-dir', join(directory, 'data')]);
			expect([exit.code, exit.stdout]).toEqual([78, '']);
			expect(exit.stderr).toContain(told);
		} finally {
			remove();
		}
	});
});
