/** What a shop learns about a pay that nobody knows the outcome of, who may see it, and what it does not hold up. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryWithAttempts, PayJournalView } from '../../shared/local-api.ts';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import { Line } from '../support/line.ts';
import { readableIn } from '../support/plain-text.ts';
import { Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import type { Reply } from '../support/till.ts';
import { until } from '../support/until.ts';

const deniz = { phoneNumber: '600100203' };
const luis = { phoneNumber: '600100201' };
const marta = { phoneNumber: '600100202' };
const balance = expect.objectContaining({ points: expect.any(Number), credit: expect.any(Number), seenAt: expect.any(String) });

let shop: Shop;
let number = 0;
let id: string;

beforeAll(async () => {
	shop = await Shop.open({ loyalty: { timeoutMs: 1_500 }, local: { replyWithinMs: 5_000 }, log: { level: 'debug' } });
	return () => shop.close();
}, 30_000);

beforeEach(async () => {
	number += 1;
	id = `unclear-${number}`;
	await shop.service.faults([]);
	await shop.calmed();
});

const payBody = (member: Record<string, string>, amount = 100) => ({ member, payment: { amount }, transaction: { transactionId: id } });
const pay = (member: Record<string, string>, amount?: number) => shop.till.post('/v1/payment', payBody(member, amount));
const paymentsSent = async () => (await shop.service.effects()).payments.filter(({ transactionId }) => transactionId === id);
const questions = async () => (await shop.service.effects()).totals['details']?.requests ?? 0;

/** What the Loyalty API answers to a register that asks for the member. */
async function pointsOf(member: Record<string, string>): Promise<number> {
	const reply = await shop.till.post('/v1/member/details', { member });
	expect(reply.status).toBe(200);
	return Number(Reflect.get(Object(reply.json['member']), 'points'));
}

async function whole(reply: Reply): Promise<DeliveryWithAttempts> {
	const found: DeliveryWithAttempts = JSON.parse((await shop.manager.get(`/agent/v1/deliveries/${reply.json.agent?.deliveryId ?? ''}?include=body`)).text);
	return found;
}

async function journal(reply: Reply): Promise<PayJournalView | undefined> {
	return (await whole(reply)).payJournal;
}

/** Waits for the balance after, whoever asks for it. */
async function settledJournal(reply: Reply): Promise<PayJournalView | undefined> {
	await until(async () => (await journal(reply))?.after !== undefined, 'the balance after is known');
	return journal(reply);
}

function expectDoubtful(reply: Reply): void {
	expect([reply.status, reply.json.error?.code, reply.json.agent?.state, reply.json.agent?.duplicate]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful', false]);
}

const unclear: readonly [string, Partial<FaultRule>, boolean][] = [
	['is cut after the effect', { fault: 'cut', when: 'after' }, true],
	['is cut before the effect', { fault: 'cut', when: 'before' }, false],
	['is never answered, after the effect', { fault: 'timeout', when: 'after' }, true],
	['is never answered, without an effect', { fault: 'timeout' }, false],
	['gets half of its answer', { fault: 'truncated' }, true],
];

test.each(unclear)('a pay that %s is doubtful, sent once, and its journal leans the right way', async (_what, fault, isTaken) => {
	const points = await pointsOf(deniz);
	await shop.service.faults([{ ...fault, calls: ['pay'], times: 1 }]);
	const paid = await pay(deniz);
	expectDoubtful(paid);
	expect(await paymentsSent()).toMatchObject([{ requests: 1, applied: isTaken ? 1 : 0 }]);

	const asked = await questions();
	const now = await pointsOf(deniz);
	expect(now).toBe(isTaken ? points - 100 : points);
	const { payJournal, acceptedAt, state } = await until(async () => (await journal(paid))?.after !== undefined, 'the register brought the balance after').then(
		() => whole(paid),
	);
	expect(state).toBe('doubtful');
	expect(payJournal?.before).toEqual({ points, credit: 25_000, seenAt: expect.any(String) });
	expect(payJournal?.after).toEqual({ points: now, credit: 25_000, seenAt: expect.any(String) });
	expect(payJournal?.advice).toMatch(isTaken ? /lower.*probably taken.*confirm/ : /as it was.*probably not taken.*withdraw/);
	const times = [payJournal?.before?.seenAt, acceptedAt, payJournal?.after?.seenAt];
	expect(times).toEqual([...times].sort());
	expect(await questions()).toBe(asked + 1);

	// Neither its sale nor a repeat of it changes that it was sent once.
	const sale = await shop.till.sell(id, { member: deniz });
	expect([sale.status, sale.json.agent?.state]).toEqual([200, 'confirmed']);
	const again = await pay(deniz);
	expect([again.status, again.json.agent?.state, again.json.agent?.duplicate]).toEqual([504, 'doubtful', true]);
	expect(await paymentsSent()).toMatchObject([{ requests: 1 }]);
});

describe('when no register asks for the member again, the agent does', () => {
	test('a little later', async () => {
		const points = await pointsOf(deniz);
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
		const asked = await questions();
		const paid = await pay(deniz);
		expectDoubtful(paid);
		expect(await settledJournal(paid)).toMatchObject({
			before: { points },
			after: { points: points - 100 },
			advice: expect.stringContaining('probably taken'),
		});
		expect(await questions()).toBeGreaterThan(asked);
		expect(await paymentsSent()).toMatchObject([{ requests: 1, applied: 1 }]);
	});

	test('once the line is good again', async () => {
		const points = await pointsOf(deniz);
		await shop.service.faults([
			{ fault: 'cut', calls: ['pay'], times: 1 },
			{ fault: 'status', status: 503 },
		]);
		const asked = await questions();
		const paid = await pay(deniz);
		expectDoubtful(paid);
		await until(async () => (await questions()) > asked, 'the agent has asked in vain');
		expect((await journal(paid))?.after).toBeUndefined();
		expect((await journal(paid))?.advice).toMatch(/not known/);
		await shop.service.faults([]);
		await shop.calmed();
		expect(await settledJournal(paid)).toMatchObject({ before: { points }, after: { points }, advice: expect.stringContaining('probably not taken') });
		expect(await paymentsSent()).toMatchObject([{ requests: 1, applied: 0 }]);
	});

	test('after it was killed in the middle of the pay, and started again', async () => {
		const points = await pointsOf(deniz);
		await shop.service.faults([{ fault: 'timeout', when: 'after', calls: ['pay'], times: 1 }]);
		const lost = pay(deniz).catch(() => undefined);
		await until(async () => (await paymentsSent()).length === 1, 'the pay has arrived');
		await shop.restartAgent('SIGKILL');
		await lost;
		const repeated = await pay(deniz);
		expect([repeated.status, repeated.json.agent?.state, repeated.json.agent?.duplicate]).toEqual([504, 'doubtful', true]);
		expect(await settledJournal(repeated)).toMatchObject({
			before: { points },
			after: { points: points - 100 },
			advice: expect.stringContaining('probably taken'),
		});
		expect(await paymentsSent()).toMatchObject([{ requests: 1, applied: 1 }]);
	});
});

test('a pay that a person retried and that is unclear again is judged by a look that came after that', async () => {
	const points = await pointsOf(deniz);
	await shop.service.faults([{ fault: 'cut', calls: ['pay'], times: 1 }]);
	const paid = await pay(deniz);
	expectDoubtful(paid);
	// The agent's own question for the first try is over then: it cannot be the one for the second.
	const first = await settledJournal(paid);
	expect(first?.advice).toMatch(/probably not taken/);
	await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
	const retried = await shop.manager.post(`/agent/v1/deliveries/${paid.json.agent?.deliveryId ?? ''}/retry`, { reason: 'the balance is as it was' });
	expect(retried.json['delivery']).toMatchObject({ state: 'doubtful', attempts: 2 });
	expect(await journal(paid)).toEqual({ before: balance, advice: expect.stringContaining('not known') });
	const second = await settledJournal(paid);
	expect(second).toMatchObject({ before: { points }, after: { points: points - 100 }, advice: expect.stringContaining('probably taken') });
	expect(await paymentsSent()).toMatchObject([{ requests: 2, applied: 1 }]);
});

describe('the balance before', () => {
	test('is not known when nobody asked for it, and nothing is guessed', async () => {
		await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
		const paid = await pay(luis);
		expectDoubtful(paid);
		expect(await settledJournal(paid)).toEqual({ after: balance, advice: expect.stringContaining('not known') });
	});

	test('is not trusted after another pay of the same member', async () => {
		const points = await pointsOf(deniz);
		const first = await shop.till.post('/v1/payment', { ...payBody(deniz, 300), transaction: { transactionId: `${id}-first` } });
		expect(first.status).toBe(200);
		await shop.service.faults([{ fault: 'cut', calls: ['pay'], times: 1 }]);
		const paid = await pay(deniz);
		const found = await settledJournal(paid);
		// Lower, but by the other pay: this one took nothing.
		expect(found).toMatchObject({ before: { points }, after: { points: points - 300 } });
		expect(found?.before).not.toHaveProperty('paidSince');
		expect(found?.advice).toMatch(/tells little/);
	});
});

describe('balances', () => {
	test('are for a manager who asks for the whole delivery, and stand nowhere in the clear', async () => {
		await pointsOf(marta);
		await shop.service.faults([{ fault: 'cut', calls: ['pay'], times: 1 }]);
		const paid = await pay(marta);
		await pointsOf(marta);
		await settledJournal(paid);
		const path = `/agent/v1/deliveries/${paid.json.agent?.deliveryId ?? ''}`;
		const views = [
			await shop.manager.get(path),
			await shop.till.get(path),
			await shop.manager.get('/agent/v1/deliveries'),
			await shop.till.get('/agent/v1/deliveries'),
		];
		for (const view of views) {
			expect(view.status).toBe(200);
			expect(view.text).not.toMatch(/points|credit|payJournal|balance is/i);
		}
		const refused = await shop.till.get(`${path}?include=body`);
		expect([refused.status, refused.json.error?.code]).toEqual([403, 'FORBIDDEN']);
		expect(refused.text).not.toMatch(/points|credit/);

		// That the search finds what is there is shown by the number of the sale.
		const found = readableIn(shop.agent.directory, [id, '"points"', '"credit"', '25000', 'Deniz', 'Marta', marta.phoneNumber, deniz.phoneNumber]);
		expect(found.filter((line) => !line.endsWith(id))).toEqual([]);
		expect(found.length).toBeGreaterThan(0);
		expect(shop.agent.output).not.toMatch(/points|Marta/);
	});

	test('have no journal where the outcome of the pay was clear', async () => {
		await pointsOf(deniz);
		const paid = await pay(deniz);
		expect(paid.json.agent?.state).toBe('confirmed');
		const refused = await shop.till.post('/v1/payment', { member: marta, payment: { amount: 1_000_000 } });
		expect(refused.json.agent?.state).toBe('refused');
		for (const clear of [paid, refused]) expect(await whole(clear)).not.toHaveProperty('payJournal');
	});

	test('have nothing left to decide once a person has decided', async () => {
		await shop.service.faults([{ fault: 'cut', calls: ['pay'], times: 1 }]);
		const paid = await pay(deniz);
		await pointsOf(deniz);
		await settledJournal(paid);
		const decided = await shop.manager.post(`/agent/v1/deliveries/${paid.json.agent?.deliveryId ?? ''}/withdraw`, { reason: 'balance unchanged' });
		expect(decided.status).toBe(200);
		expect(await journal(paid)).toMatchObject({ after: balance, advice: expect.stringContaining('nothing to decide') });
	});
});

describe('a pay that cannot be sent', () => {
	function expectNothingCharged(reply: Reply): void {
		expect([reply.status, reply.json.error?.code, reply.json.agent?.state]).toEqual([503, 'AGENT_OFFLINE', 'withdrawn']);
		expect(reply.json.error?.message).toMatch(/nothing was charged/i);
		expect(reply.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
	}
	const secondsLeft = (reply: Reply) => Number(reply.headers.get('retry-after'));

	test('while sending is paused ends withdrawn, and goes out when it is sent again later', async () => {
		await shop.manager.post('/agent/v1/replay/pause', '');
		const first = await pay(deniz);
		expectNothingCharged(first);
		await shop.manager.post('/agent/v1/replay/resume', '');
		expect(await paymentsSent()).toEqual([]);
		const second = await pay(deniz);
		expect([second.status, second.json.agent?.state, second.json.agent?.duplicate]).toEqual([200, 'confirmed', false]);
		expect(await paymentsSent()).toMatchObject([{ requests: 1, applied: 1 }]);
		expect(await shop.delivery(first.json.agent?.deliveryId)).toMatchObject({ state: 'withdrawn', attempts: 0 });
	});

	test('while the service asks for peace is told how long that lasts', async () => {
		await shop.service.faults([{ fault: 'status', status: 429, retryAfterSeconds: 30 }]);
		const asked = await shop.till.post('/v1/member/details', { member: deniz });
		expect([asked.status, secondsLeft(asked)]).toEqual([503, 30]);
		const unsent = await pay(deniz);
		expectNothingCharged(unsent);
		expect(await paymentsSent()).toEqual([]);
		const askedAgain = await shop.till.post('/v1/member/details', { member: deniz });
		for (const reply of [unsent, askedAgain]) {
			expect(secondsLeft(reply)).toBeGreaterThan(20);
			expect(secondsLeft(reply)).toBeLessThanOrEqual(30);
		}

		// The same, heard by the pay itself: it was turned away at the door.
		await shop.manager.post('/agent/v1/replay/send-now', '');
		const turnedAway = await pay(deniz);
		expectNothingCharged(turnedAway);
		expect(await shop.delivery(turnedAway.json.agent?.deliveryId)).toMatchObject({ attempts: 1, lastOutcome: 'notSent:rate-limited' });
		expect(secondsLeft(turnedAway)).toBeGreaterThan(20);
		expect(secondsLeft(turnedAway)).toBeLessThanOrEqual(30);
		await shop.service.faults([]);
		await shop.manager.post('/agent/v1/replay/send-now', '');
	});
});

test('the cancel of a confirmed pay waits while the line is cut, survives a kill, and is sent once', async () => {
	const service = await Service.start();
	const line = await Line.lay(service.port);
	const far = await Shop.open({ loyalty: { baseUrl: service.baseUrl.replace(String(service.port), String(line.port)) } });
	try {
		const paid = await far.till.post('/v1/payment', { member: deniz, payment: { amount: 700 }, transaction: { transactionId: 'far-1' } });
		expect(paid.json.agent?.state).toBe('confirmed');
		await line.cut();
		await far.till.post('/v1/member/details', { member: deniz });
		await until(async () => (await far.status()).link.state === 'offline', 'the line is known to be cut');
		const cancel = { payment: { action: 'cancel', confirmationCode: paid.json.data?.['confirmationCode'] } };
		const queued = await far.till.post('/v1/payment', cancel);
		expect([queued.status, queued.json.agent?.state]).toEqual([202, 'queued']);
		const unsent = await far.till.post('/v1/payment', { member: deniz, payment: { amount: 5 }, transaction: { transactionId: 'far-2' } });
		expect([unsent.status, unsent.json.agent?.state]).toEqual([503, 'withdrawn']);
		expect(unsent.json.error?.message).toMatch(/nothing was charged/);
		expect(unsent.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
		await far.restartAgent('SIGKILL');
		const repeated = await far.till.post('/v1/payment', cancel);
		expect([repeated.json.agent?.deliveryId, repeated.json.agent?.duplicate]).toEqual([queued.json.agent?.deliveryId, true]);
		await line.mend();
		await far.reaches(queued.json.agent?.deliveryId, 'confirmed');
		const { payments, totals } = await service.effects();
		expect(payments.filter(({ operation }) => operation === 'pay')).toMatchObject([{ transactionId: 'far-1', cancelled: true, applied: 1 }]);
		expect([totals['cancelPay'], totals['pay']]).toEqual([
			{ requests: 1, applied: 1 },
			{ requests: 1, applied: 1 },
		]);
	} finally {
		await far.close();
		await line.cut();
		await service.close();
	}
});
