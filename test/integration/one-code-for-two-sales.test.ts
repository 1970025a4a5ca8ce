/** A service that answers two different sales with one code: a later cancel would undo the wrong one, so somebody has to look. */
import { expect, onTestFinished, test } from 'vitest';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { RecordingService } from '../support/recording-service.ts';
import { Till } from '../support/till.ts';

test('one confirmation code for two sales confirms only the first one and raises an alarm', async () => {
	const service = await RecordingService.start();
	service.answer = { body: '{"status":"success","confirmationCode":"SAME-CODE"}' };
	const { directory, remove } = freshDirectory();
	const agent = new AgentProcess({
		directory,
		settings: { loyalty: { baseUrl: service.baseUrl } },
		environment: { LANEKEEPER_API_KEY: 'test-key' },
	});
	onTestFinished(async () => {
		await agent.stop();
		await service.close();
		remove();
	});
	await agent.ready();
	const till = new Till(agent.baseUrl, agent.token('register'));

	const first = await till.sell('first');
	expect([first.status, first.json.confirmationCode, first.json.agent?.state]).toEqual([200, 'SAME-CODE', 'confirmed']);
	const second = await till.sell('second');
	expect([second.status, second.json.error?.code, second.json.agent?.state]).toEqual([504, 'OUTCOME_UNKNOWN', 'doubtful']);
	expect(second.text).not.toContain('SAME-CODE');

	const again = await till.sell('second');
	expect([again.status, again.json.agent?.state, again.json.agent?.duplicate]).toEqual([504, 'doubtful', true]);
	const firstAgain = await till.sell('first');
	expect([firstAgain.status, firstAgain.json.agent?.state]).toEqual([200, 'confirmed']);

	const doubtful = await till.get(`/agent/v1/deliveries/${second.json.agent?.deliveryId}`);
	expect(doubtful.json).toMatchObject({ state: 'doubtful', attempts: 1, lastOutcome: 'codeGivenTwice' });
	expect(doubtful.json).not.toHaveProperty('confirmationCode');
	expect((await till.get('/agent/v1/status')).json).toMatchObject({ deliveries: { doubtful: 1, queued: 0, confirmedToday: 1 }, safeToClose: false });
	expect(agent.output).toMatch(new RegExp(`error +delivery\\.codeGivenTwice deliveryId=${second.json.agent?.deliveryId}`));
	expect(service.requests).toHaveLength(2);

	const cancel = await till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: `PENDING-${second.json.agent?.deliveryId}` } });
	expect([cancel.status, cancel.json.agent?.state]).toEqual([202, 'queued']);
	expect(service.requests).toHaveLength(2);
});
