/** The same plain register, once directly at the Loyalty API and once through the agent: every answer is the same. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { Service } from '../support/service.ts';
import { Shop } from '../support/shop.ts';
import { type Answer, shoppingDay } from './plain-register.ts';

/** Random by nature. */
const randomNames = new Set(['confirmationCode', 'membershipKey', 'memberId', 'code']);

/** Text of an answer with its random values blotted out: names, their order and all other values stay. */
function comparable({ step, status, contentType, body }: Answer): string {
	const { agent: _added, ...answered } = body;
	const text = JSON.stringify(answered, (name, value: unknown) => (randomNames.has(name) && !('error' in answered) ? typeof value : value));
	return `${step}: ${status} ${contentType} ${text}`;
}

describe.each([
	['as documented', {}],
	['with HTTP 400 for refusals', { businessErrorStatus: 400 }],
	['that asks for every field', { strict: true }],
])('a service %s', (_name, settings) => {
	test('answers a register through the agent as it does directly', async () => {
		const service = await Service.start();
		// The register waits for the real answer however slow this machine is.
		const shop = await Shop.open({ local: { replyWithinMs: 20_000 } });
		onTestFinished(async () => {
			await service.close();
			await shop.close();
		});
		await service.settings(settings);
		await shop.service.settings(settings);

		const directly = await shoppingDay({ baseUrl: service.baseUrl, apiKey: 'any-key' });
		const throughAgent = await shoppingDay({ baseUrl: `${shop.agent.baseUrl}/v1/`, apiKey: shop.agent.token('register') });

		expect(throughAgent.map(comparable)).toEqual(directly.map(comparable));
		expect(directly.filter(({ body }) => 'agent' in body)).toEqual([]);
		expect(throughAgent.map(({ body }) => Object.keys(body).at(-1))).toEqual(throughAgent.map(() => 'agent'));
		expect((await shop.service.effects()).totals).toMatchObject({
			sale: { applied: 3 },
			cancelSale: { applied: 1 },
			pay: { applied: 1 },
			cancelPay: { applied: 1 },
		});
	});
});
