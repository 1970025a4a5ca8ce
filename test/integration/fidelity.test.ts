/** A register that changes nothing but its base URL and key finds everything as it was. */
import { beforeAll, describe, expect, test } from 'vitest';
import { RecordingService, type ScriptedAnswer } from '../support/recording-service.ts';
import { Shop } from '../support/shop.ts';
import type { Reply } from '../support/till.ts';

let service: RecordingService;
let shop: Shop;

beforeAll(async () => {
	service = await RecordingService.start();
	shop = await Shop.open({ loyalty: { baseUrl: service.baseUrl } });
	return async () => {
		await shop.close();
		await service.close();
	};
}, 30_000);

/** The answer without the member that the agent puts at its end. */
function withoutAgent({ text }: Reply): string {
	return text.replace(/,"agent":\{[^{}]*\}\}$/, '}');
}

const member = { phoneNumber: '600100200' };
const strange =
	'{ "zeta":1, "status" : "success" ,"data":{"b":1.0,"a":12345678901234567890, "10":1,"2":2},"confirmationCode":"00123","unknown":[null,"\\u00e9",{}] }';

describe('an answer of the Loyalty API comes through as it is, with one member more', () => {
	const answers: readonly (readonly [string, ScriptedAnswer])[] = [
		['key order, unknown fields, numbers and blanks', { body: strange }],
		['a success in the word of another page', { body: '{"status":"ok","member":{"points":{"monetary":100,"nonMonetary":20.50}}}' }],
		[
			'a refusal with everything it says',
			{ body: '{"status":"error","error":{"code":203,"message":"No such member","path":"body.member","details":{"x":1e2}}}' },
		],
		['a refusal in a list', { status: 400, body: '{"errors":[{"code":"1001","message":"m"},{"code":"2","message":"n"}],"status":"error"}' }],
	];

	test.each(answers)('to a question: %s', async (_what, answer) => {
		service.answer = answer;
		const reply = await shop.till.post('/v1/member/details', { member });
		expect([reply.status, withoutAgent(reply)]).toEqual([answer.status ?? 200, answer.body]);
		expect(reply.json.agent?.state).toBe('none');
	});

	test.each(answers)('to a write, also when it is asked for again: %s', async (what, answer) => {
		const update = { member, newMemberData: { firstName: 'Ana' } };
		service.answer = answer;
		const first = await shop.till.post('/v1/member/update', update, { 'idempotency-key': what });
		expect([first.status, withoutAgent(first)]).toEqual([answer.status ?? 200, answer.body]);
		if (first.json.agent?.state !== 'confirmed') return;
		const again = await shop.till.post('/v1/member/update', update, { 'idempotency-key': what });
		expect([again.json.agent?.duplicate, withoutAgent(again)]).toEqual([true, answer.body]);
	});
});

describe('what a register sends arrives as it was sent', () => {
	const odd = `{ "unknown":{"a":1.0,"n":12345678901234567890},"member":{"phoneNumber":"600100200"},"transaction":{"transactionId":"0012", "totalAmount":1250.00 , "items":[] } }`;
	const headers = {
		'x-pos-id': 'POS7',
		'x-source-type': 'Kiosk',
		'x-return-assets': 'all',
		'x-return-benefits': 'true',
		'x-source-version': '3',
		'x-other': 'no',
	};
	const kept = { 'x-pos-id': 'POS7', 'x-source-type': 'Kiosk', 'x-return-assets': 'all', 'x-return-benefits': 'true', 'x-source-version': '3' };

	test.each(['/v1/member/details', '/v1/transaction'])('body, query and headers of %s', async (path) => {
		service.answer = { body: '{"status":"success","confirmationCode":"A1"}' };
		await shop.till.post(`${path}?expand=a%20b&x=1`, odd, headers);
		expect(service.last).toMatchObject({
			target: `${path}?expand=a%20b&x=1`,
			body: odd,
			headers: { ...kept, 'x-api-key': 'test-key', 'x-branch-id': 'BR001' },
		});
		expect(service.last?.headers).not.toHaveProperty('x-other');
		expect(JSON.stringify(service.last?.headers)).not.toContain(shop.agent.token('register'));
	});

	test('body, query and headers of a sale that waited, also for a restart', async () => {
		await shop.manager.post('/agent/v1/replay/pause', {});
		const waiting = odd.replace('0012', '0013');
		const sale = await shop.till.post('/v1/transaction?late=1', waiting, headers);
		await shop.restartAgent('SIGKILL');
		service.answer = { body: '{"status":"success","confirmationCode":"A2"}' };
		await shop.manager.post('/agent/v1/replay/resume', {});
		await shop.reaches(sale.json.agent?.deliveryId, 'confirmed');
		expect(service.last).toMatchObject({ target: '/v1/transaction?late=1', body: waiting, headers: kept });
	});
});
