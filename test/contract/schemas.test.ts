/** What the schemas say is what is really answered, by the agent and by the sandbox. */
import type { TSchema } from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentObject, DeliveryView, DeliveryWithAttempts, LinkView, Refusal, Status } from '../../shared/local-api.ts';
import { ApiError, Discount, LoyaltyEvent, Member, Payment, Profile, Transaction } from '../../shared/loyalty-objects.ts';
import { parserFor } from '../../shared/validate.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { Service } from '../support/service.ts';
import { type Answered, saleBody, Till } from '../support/till.ts';

const house = freshDirectory();
let service: Service;
let agent: AgentProcess;
let till: Till;
let manager: Till;

beforeAll(async () => {
	service = await Service.start();
	agent = await new AgentProcess({ directory: house.directory, ...service.liveAgent() }).ready();
	till = new Till(agent.baseUrl, agent.token('register'));
	manager = new Till(agent.baseUrl, agent.token('manager'));
});

afterAll(async () => {
	await agent.stop();
	await service.close();
	house.remove();
});

function expectToBe(schema: TSchema, value: unknown): void {
	const parsed = parserFor(schema)(value);
	expect(parsed.ok ? [] : parsed.problems).toEqual([]);
}

const ana = { phoneNumber: '600100200' };
const calls: readonly (readonly [string, string, unknown])[] = [
	['register', '/v1/member/register', { newMemberData: { phoneNumber: '600100900', gdpr: true } }],
	['update', '/v1/member/update', { member: ana, newMemberData: { allowedSMS: false } }],
	['details', '/v1/member/details', { member: ana }],
	['short code', '/v1/member/shortCode', { member: ana, action: 'send' }],
	['sale', '/v1/transaction', saleBody('C-1', { member: ana })],
	['pay', '/v1/payment', { member: ana, payment: { action: 'pay', amount: 100 }, ...saleBody('C-2') }],
	['event', '/v1/event', { member: ana, event: { type: 'signup' } }],
	['refused sale', '/v1/transaction', saleBody('C-3', { member: { phoneNumber: '699000000' } })],
	['own error', '/v1/transaction', {}],
];

describe('the agent', () => {
	test.each(calls)('adds its object to the answer of a %s', async (_name, path, body) => {
		const { json } = await till.post(path, body);
		expectToBe(AgentObject, json.agent);
		if (json.error !== undefined) expectToBe(ApiError, json.error);
	});

	test('describes deliveries, attempts and refusals as the schemas say', async () => {
		const { json } = await manager.get('/agent/v1/deliveries');
		const deliveries: readonly Answered[] = Array.isArray(json['deliveries']) ? json['deliveries'] : [];
		expect(deliveries.length).toBeGreaterThanOrEqual(6);
		for (const delivery of deliveries) {
			expectToBe(DeliveryView, delivery);
			expectToBe(DeliveryWithAttempts, (await manager.get(`/agent/v1/deliveries/${String(delivery['id'])}`)).json);
		}
		const refused = deliveries.find((delivery) => Reflect.get(delivery, 'state') === 'refused');
		expectToBe(Refusal, refused?.['refusal']);
	});

	test('describes how things stand as the schemas say', async () => {
		const { json } = await manager.get('/agent/v1/status');
		expectToBe(Status, json);
		expectToBe(LinkView, json['link']);
	});
});

describe('the sandbox', () => {
	test('answers with the objects of the Loyalty API', async () => {
		const { json } = await till.post('/v1/member/details', { member: ana, ...saleBody('C-9') }, { 'x-return-benefits': 'true' });
		expectToBe(Member, json['member']);
		expectToBe(Profile, json['member']);
		const deals: readonly unknown[] = Array.isArray(json['appliedDeals']) ? json['appliedDeals'] : [];
		expect(deals.length).toBeGreaterThan(0);
		for (const deal of deals) expectToBe(Discount, deal);
	});
});

describe('a full document', () => {
	test('of a sale is a Transaction, and one with a text for an amount is not', () => {
		const transaction = {
			transactionId: 'C-4',
			openTime: '2026-11-23T09:58:00Z',
			dateTime: '2026-11-23T10:00:00Z',
			totalAmount: 5000,
			items: [{ lineId: '1', code: 'PLU1', name: 'Burger', quantity: 2, grossAmount: 5000, netAmount: 4500, action: 'sale', tags: [] }],
			meansOfPayment: [{ type: 'CASH', amount: 5000 }],
		};
		expectToBe(Transaction, transaction);
		expect(parserFor(Transaction)({ ...transaction, totalAmount: '5000' }).ok).toBe(false);
	});

	test('of a payment and of an event', () => {
		expectToBe(Payment, { action: 'cancel', confirmationCode: 'X' });
		expectToBe(LoyaltyEvent, { type: 'signup', dateTime: '2026-11-23T10:00:00Z', payload: {} });
	});
});
