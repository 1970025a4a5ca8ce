/** A provider that insists on one side of what the Loyalty API's pages dispute: the bytes that arrive there. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RecordingService } from '../support/recording-service.ts';
import { type Effect, sha256 } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import type { Reply, Till } from '../support/till.ts';

interface Side {
	readonly dialect: Record<string, string>;
	readonly register: (phone: string) => string;
	readonly sale: (id: string) => string;
	readonly pay: (id: string) => string;
	readonly saleCancel: (code: string) => string;
	readonly payCancel: (code: string) => string;
}

const member = '"member" : {"phoneNumber":"600100200"}';

/** What registers write, in every test. */
const written: Omit<Side, 'dialect'> = {
	register: (phone) => `{ "phoneNumber": "${phone}", "note":1.0, "newMemberData":{"gdpr":true} }`,
	sale: (id) =>
		`{${member}, "appliedDeals":[{"type":"X","amount":-150},{"type":"Y","amount":1.50}],"transaction":{"transactionId":"${id}","openTime":"2026-11-23T10:00:00Z", "totalAmount":1250, "payments":[],"items":[{"grossAmount":12345678901234567890,"total":1.0}]}}`,
	pay: (id) => `{${member},"payment":{"action":"pay", "amount":30.0},"transaction":{"transactionId":"${id}", "dateTime":"2026-11-23T10:00:00Z"}}`,
	saleCancel: (code) => `{ "confirmationCode": "${code}", ${member} }`,
	payCancel: (code) => `{${member},"payment":{ "action":"cancel", "amount": 7, "confirmationCode":"${code}" }}`,
};

const sides: Readonly<Record<string, Side>> = {
	'wrapped, nested, negative, newer, positive': {
		dialect: { registerBody: 'wrapped', saleCancelBody: 'nested', payCancelAmount: 'negative', saleFields: 'newer', discountSign: 'positive' },
		register: (phone) => `{ "note":1.0, "newMemberData":{"gdpr":true, "phoneNumber": "${phone}"} }`,
		sale: (id) =>
			`{${member}, "appliedDeals":[{"type":"X","amount":150},{"type":"Y","amount":1.50}],"transaction":{"transactionId":"${id}","dateTime":"2026-11-23T10:00:00Z", "totalAmount":1250, "payments":[],"items":[{"subtotal":12345678901234567890,"total":1.0}]}}`,
		pay: written.pay,
		saleCancel: (code) => `{"transaction":{"action":"cancel","confirmationCode":"${code}"}, ${member} }`,
		payCancel: (code) => `{${member},"payment":{ "action":"cancel", "amount": -30.0, "confirmationCode":"${code}" }}`,
	},
	'flat, topLevel, omit, older, negative': {
		dialect: { registerBody: 'flat', saleCancelBody: 'topLevel', payCancelAmount: 'omit', saleFields: 'older', discountSign: 'negative' },
		register: (phone) => `{ "phoneNumber": "${phone}", "note":1.0,"gdpr":true}`,
		sale: (id) =>
			`{${member}, "appliedDeals":[{"type":"X","amount":-150},{"type":"Y","amount":-1.50}],"transaction":{"transactionId":"${id}","openTime":"2026-11-23T10:00:00Z", "totalAmount":1250, "meansOfPayment":[],"items":[{"grossAmount":12345678901234567890,"netAmount":1.0}]}}`,
		pay: (id) => `{${member},"payment":{"action":"pay", "amount":30.0},"transaction":{"transactionId":"${id}", "openTime":"2026-11-23T10:00:00Z"}}`,
		saleCancel: (code) => `{ "confirmationCode": "${code}", ${member} ,"action":"cancel"}`,
		payCancel: (code) => `{${member},"payment":{ "action":"cancel", "confirmationCode":"${code}" }}`,
	},
	'nobody, by default': { dialect: {}, ...written },
};

const register = (till: Till, phone: string) => till.post('/v1/member/register', written.register(phone));
const sell = (till: Till, id: string) => till.post('/v1/transaction', written.sale(id));
const pay = (till: Till, id: string) => till.post('/v1/payment', written.pay(id));
const cancelSale = (till: Till, code: string) => till.post('/v1/transaction', written.saleCancel(code));
const cancelPay = (till: Till, code: string) => till.post('/v1/payment', written.payCancel(code));
const codeOf = ({ json }: Reply) => json.confirmationCode ?? String(json.data?.['confirmationCode']);

const hashesOf = (effects: readonly Effect[], isWanted: (effect: Effect) => boolean) => effects.filter(isWanted).flatMap(({ bodies }) => bodies);

describe.each(Object.entries(sides))('a provider on the side of %s', (_name, side) => {
	let shop: Shop;

	beforeAll(async () => {
		shop = await Shop.open({ dialect: side.dialect });
		return () => shop.close();
	}, 30_000);

	/** Answered `state` the first time and then again, as the same call. */
	async function twice(call: () => Promise<Reply>, state: string): Promise<Reply> {
		const first = await call();
		expect([first.json.agent?.state, first.json.agent?.duplicate], first.text).toEqual([state, false]);
		const second = await call();
		expect([second.json.agent?.duplicate, second.json.agent?.deliveryId]).toEqual([true, first.json.agent?.deliveryId]);
		return first;
	}

	async function expectArrived(kind: 'registers' | 'sales' | 'payments' | 'cancels', isWanted: (effect: Effect) => boolean, body: string): Promise<void> {
		expect(hashesOf((await shop.service.effects())[kind], isWanted)).toEqual([sha256(body)]);
	}

	test('gets the bytes it wants at once', async () => {
		const { till } = shop;
		const saleCode = codeOf(await twice(() => sell(till, 'live'), 'confirmed'));
		const payCode = codeOf(await twice(() => pay(till, 'live'), 'confirmed'));
		await twice(() => cancelSale(till, saleCode), 'confirmed');
		await twice(() => cancelPay(till, payCode), 'confirmed');
		await register(till, '611000001');
		await expectArrived('sales', ({ transactionId }) => transactionId === 'live', side.sale('live'));
		await expectArrived('payments', ({ transactionId }) => transactionId === 'live', side.pay('live'));
		await expectArrived('cancels', ({ confirmationCode }) => confirmationCode === saleCode, side.saleCancel(saleCode));
		await expectArrived('cancels', ({ confirmationCode }) => confirmationCode === payCode, side.payCancel(payCode));
		await expectArrived('registers', ({ member }) => member?.['phoneNumber'] === '611000001', side.register('611000001'));
	});

	test('gets the same bytes later, when they were accepted while the line was cut', async () => {
		const { till } = shop;
		const payCode = codeOf(await pay(till, 'before'));
		const saleCode = codeOf(await sell(till, 'before'));
		await shop.cutLine();
		await twice(() => register(till, '611000002'), 'queued');
		await twice(() => sell(till, 'later'), 'queued');
		await twice(() => cancelPay(till, payCode), 'queued');
		await twice(() => cancelSale(till, saleCode), 'queued');
		await shop.restoreLine();
		await shop.drained();
		await expectArrived('registers', () => true, side.register('611000002'));
		await expectArrived('sales', ({ transactionId }) => transactionId === 'later', side.sale('later'));
		await expectArrived('cancels', ({ confirmationCode }) => confirmationCode === payCode, side.payCancel(payCode));
		await expectArrived('cancels', ({ confirmationCode }) => confirmationCode === saleCode, side.saleCancel(saleCode));
	});

	test('gets the real code in the place it looks at, when the sale was cancelled by its provisional one', async () => {
		const { till, manager } = shop;
		await shop.calmed();
		await manager.post('/agent/v1/replay/pause', {});
		const sale = await sell(till, 'provisional');
		const provisional = codeOf(sale);
		await manager.post('/agent/v1/replay/resume', {});
		const { confirmationCode: real = '' } = await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		await twice(() => cancelSale(till, provisional), 'confirmed');
		await expectArrived('cancels', ({ confirmationCode }) => confirmationCode === real, side.saleCancel(real));
	});
});

test('a body keeps the dialect it was accepted in, through a restart with another, and its repeat is known', async () => {
	const [before, after] = Object.values(sides);
	const shop = await Shop.open({ dialect: before?.dialect ?? {} });
	onTestFinished(() => shop.close());
	await shop.manager.post('/agent/v1/replay/pause', {});
	const sale = await sell(shop.till, 'kept');
	await shop.restartAgent('SIGKILL', { dialect: after?.dialect ?? {} });
	const again = await sell(shop.till, 'kept');
	expect([again.json.agent?.duplicate, again.json.agent?.deliveryId]).toEqual([true, sale.json.agent?.deliveryId]);
	await shop.manager.post('/agent/v1/replay/resume', {});
	await sell(shop.till, 'new');
	await shop.drained();
	const { sales } = await shop.service.effects();
	expect(hashesOf(sales, () => true).sort()).toEqual([sha256(before?.sale('kept') ?? ''), sha256(after?.sale('new') ?? '')].sort());
});

test('a strict service refuses what the register sent, and takes it in its dialect', async () => {
	const shop = await Shop.open();
	onTestFinished(() => shop.close());
	await shop.service.settings({ strict: true });
	const codes = [codeOf(await pay(shop.till, 'strict-1')), codeOf(await pay(shop.till, 'strict-2')), codeOf(await pay(shop.till, 'strict-3'))];
	const states: unknown[] = [];
	for (const [index, payCancelAmount] of ['as-sent', 'negative', 'omit'].entries()) {
		await shop.restartAgent('SIGTERM', { dialect: { payCancelAmount } });
		const { json } = await cancelPay(shop.till, codes[index] ?? '');
		states.push([json.agent?.state, json.error?.code]);
	}
	expect(states).toEqual([
		['refused', '1001'],
		['confirmed', undefined],
		['confirmed', undefined],
	]);
});

test('of a pay that is not known here, a positive amount becomes negative and none is made up', async () => {
	const shop = await Shop.open({ dialect: { payCancelAmount: 'negative' } });
	onTestFinished(() => shop.close());
	await cancelPay(shop.till, 'code-of-another-till');
	await shop.till.post('/v1/payment', '{"payment":{"confirmationCode":"another"}}');
	const { cancels } = await shop.service.effects();
	expect(hashesOf(cancels, () => true)).toEqual([
		sha256(written.payCancel('code-of-another-till').replace('"amount": 7', '"amount": -7')),
		sha256('{"payment":{"confirmationCode":"another"}}'),
	]);
});

test('a question and an event go out in the dialect, too', async () => {
	const service = await RecordingService.start();
	const shop = await Shop.open({ loyalty: { baseUrl: service.baseUrl }, dialect: { saleFields: 'newer', discountSign: 'negative' } });
	onTestFinished(async () => {
		await shop.close();
		await service.close();
	});
	const sale = '"appliedDeals":[{"amount":1.0}],"transaction":{"openTime":"2026-11-23T10:00:00Z","items":[ ]}';
	const sent = '"appliedDeals":[{"amount":-1.0}],"transaction":{"dateTime":"2026-11-23T10:00:00Z","items":[ ]}';
	await shop.till.post('/v1/member/details', `{${member}, ${sale}}`);
	const event = await shop.till.post('/v1/event', `{"event":{"type":"x","payload":{"n":1.0}}, ${sale}}`);
	expect(service.requests.map(({ body }) => body)).toEqual([
		`{${member}, ${sent}}`,
		`{"event":{"type":"x","payload":{"idempotencyId":"${event.json.agent?.deliveryId}","n":1.0}}, ${sent}}`,
	]);
});
