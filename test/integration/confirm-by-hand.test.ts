/** A manager has asked the loyalty provider, and says what a doubtful delivery came to. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DeliveryWithAttempts, Status } from '../../shared/local-api.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { decide } from '../support/decide.ts';
import { RecordingService } from '../support/recording-service.ts';
import { Shop } from '../support/shop.ts';
import { cancelBody, idOf, type Reply, Till } from '../support/till.ts';
import { until } from '../support/until.ts';

/** Two sales that were given one code; a cancel of the second one waits. `codes` are answered after that. */
async function oneCodeForTwo(...codes: string[]) {
	const service = await RecordingService.start();
	service.firstAnswers.push(...['SAME', 'SAME', ...codes].map((confirmationCode) => ({ body: JSON.stringify({ status: 'success', confirmationCode }) })));
	const { directory, remove } = freshDirectory();
	const begin = () =>
		new AgentProcess({ directory, settings: { loyalty: { baseUrl: service.baseUrl } }, environment: { LANEKEEPER_API_KEY: 'test-key' } }).ready();
	let agent = await begin();
	onTestFinished(async () => {
		await agent.stop();
		await service.close();
		remove();
	});
	const scene = {
		service,
		till: () => new Till(agent.baseUrl, agent.token('register')),
		manager: () => new Till(agent.baseUrl, agent.token('manager')),
		restart: async () => {
			await agent.kill('SIGKILL');
			agent = await begin();
		},
		status: async (): Promise<Status> => JSON.parse((await scene.manager().get('/agent/v1/status')).text),
		delivery: async (id: string): Promise<DeliveryWithAttempts> => JSON.parse((await scene.manager().get(`/agent/v1/deliveries/${id}`)).text),
		reaches: (id: string, state: string) => until(async () => (await scene.delivery(id)).state === state, `${id} is ${state}`),
	};
	const first = idOf(await scene.till().sell('first'));
	const second = await scene.till().sell('second');
	expect(second.json.agent?.state).toBe('doubtful');
	const cancel = await scene.till().post('/v1/transaction', cancelBody(`PENDING-${idOf(second)}`));
	expect(cancel.json.agent?.state).toBe('queued');
	return { ...scene, first, second: idOf(second), cancel: idOf(cancel) };
}

describe('a doubtful sale', () => {
	test('is confirmed with the code a person found out; the cancel that waited goes out with it, also over restarts', async () => {
		const { manager, till, service, status, delivery, reaches, restart, second, cancel } = await oneCodeForTwo();
		await restart();
		const before = await status();
		expect(before.deliveries).toMatchObject({ doubtful: 1, queued: 1, confirmedToday: 1 });
		const confirmed = await decide(manager(), 'confirm', second, { confirmationCode: 'FOUND-1' });
		expect([confirmed.status, confirmed.delivery?.state, confirmed.delivery?.confirmationCode]).toEqual([200, 'confirmed', 'FOUND-1']);
		expect(confirmed.delivery).not.toHaveProperty('doubt');
		await reaches(cancel, 'confirmed');
		expect(service.last?.body).toBe(JSON.stringify(cancelBody('FOUND-1')));
		expect((await status()).deliveries).toMatchObject({ doubtful: 0, queued: 0, confirmedToday: 3 });
		await restart();
		expect(await delivery(second)).toMatchObject({ state: 'confirmed', decisions: [{ decision: 'confirm', person: 'manager' }] });
		const again = await till().sell('second');
		expect([again.status, again.json.confirmationCode, again.json.agent?.duplicate]).toEqual([200, 'FOUND-1', true]);
		const cancelled = await till().post('/v1/transaction', cancelBody(`PENDING-${second}`));
		expect(cancelled.json.agent).toMatchObject({ state: 'confirmed', duplicate: true });
		expect(service.requests).toHaveLength(3);
	});

	test('is not confirmed with a code that cannot be its own', async () => {
		const { manager, delivery, status, first, second, cancel } = await oneCodeForTwo();
		const before = await delivery(second);
		const taken = await decide(manager(), 'confirm', second, { confirmationCode: 'SAME' });
		expect([taken.status, taken.json.error?.code]).toEqual([409, 'INVALID_STATE']);
		expect(taken.json.error?.message).toContain(`belongs to delivery ${first}`);
		for (const confirmationCode of [`PENDING-${second}`, 'PENDING-x', '', ' ', ' FOUND-1', 'FOUND-1\n', 'x'.repeat(201), 7, null]) {
			const reply: Reply = await decide(manager(), 'confirm', second, { confirmationCode });
			expect([confirmationCode, reply.status, reply.json.error?.path]).toEqual([confirmationCode, 400, 'body.confirmationCode']);
		}
		expect(await delivery(second)).toEqual(before);
		expect((await delivery(cancel)).state).toBe('queued');
		expect((await status()).deliveries.confirmedToday).toBe(1);
	});

	test('confirmed without a code cannot be cancelled here: the cancel that waited needs a person, too', async () => {
		const { manager, delivery, reaches, service, second, cancel } = await oneCodeForTwo();
		expect((await decide(manager(), 'confirm', second)).delivery?.state).toBe('confirmed');
		await reaches(cancel, 'doubtful');
		expect((await delivery(cancel)).doubt?.message).toMatch(/without a confirmation code/);
		// Its sale is over, so that no code can be added any more: trying again changes nothing.
		await decide(manager(), 'retry', cancel);
		await reaches(cancel, 'doubtful');
		expect((await delivery(cancel)).doubt?.advice).toMatch(/let them cancel it and confirm this by hand/);
		expect((await decide(manager(), 'confirm', cancel)).delivery?.state).toBe('confirmed');
		expect(service.requests).toHaveLength(2);
	});

	test('withdrawn makes the cancel that waited doubtful, because the service may have the sale', async () => {
		const { manager, delivery, service, status, second, cancel } = await oneCodeForTwo();
		expect((await decide(manager(), 'withdraw', second)).delivery?.state).toBe('withdrawn');
		expect(await delivery(cancel)).toMatchObject({ state: 'doubtful', attempts: 0 });
		expect((await status()).waiting.count).toBe(0);
		expect((await decide(manager(), 'confirm', cancel)).delivery?.state).toBe('confirmed');
		expect(service.requests).toHaveLength(2);
	});

	test('that is retried is doubtful again when it gets the same code, and confirmed when it gets one of its own', async () => {
		const { manager, reaches, delivery, service, second, cancel } = await oneCodeForTwo('SAME', 'OWN');
		await decide(manager(), 'retry', second);
		await until(async () => (await delivery(second)).attempts === 2 && (await delivery(second)).state === 'doubtful', 'it is doubtful again');
		expect((await delivery(cancel)).state).toBe('queued');
		await decide(manager(), 'retry', second);
		await reaches(cancel, 'confirmed');
		expect(await delivery(second)).toMatchObject({ state: 'confirmed', confirmationCode: 'OWN', attempts: 3 });
		expect(service.last?.body).toBe(JSON.stringify(cancelBody('OWN')));
	});
});

test('a doubtful pay is confirmed without a code: a repeat of it is answered, and not sent', async () => {
	const shop = await Shop.open();
	onTestFinished(() => shop.close());
	await shop.service.faults([{ fault: 'cut', when: 'after', calls: ['pay'], times: 1 }]);
	const pay = () => shop.till.post('/v1/payment', { member: { phoneNumber: '600100203' }, payment: { amount: 100 }, transaction: { transactionId: 'P-1' } });
	const doubtful = await pay();
	expect(doubtful.json.agent?.state).toBe('doubtful');
	const confirmed = await decide(shop.manager, 'confirm', idOf(doubtful));
	expect(confirmed.delivery).toMatchObject({ state: 'confirmed', attempts: 1 });
	expect(confirmed.delivery).not.toHaveProperty('confirmationCode');
	expect((await shop.status()).deliveries).toMatchObject({ doubtful: 0, confirmedToday: 1 });
	await shop.restartAgent('SIGKILL');
	const again = await pay();
	expect([again.status, again.json.agent?.state, again.json.agent?.duplicate]).toEqual([200, 'confirmed', true]);
	expect((await shop.service.effects()).payments).toMatchObject([{ requests: 1, applied: 1 }]);
});
