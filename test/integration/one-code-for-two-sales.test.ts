/** A service that answers two different sales with one code: a later cancel would undo the wrong one, so somebody has to look. */
import { createServer, type Server } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { Till } from '../support/till.ts';

test('one confirmation code for two sales confirms only the first one and raises an alarm', async () => {
	const bodies: string[] = [];
	const service = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => {
			body += chunk.toString();
		});
		request.on('end', () => {
			bodies.push(body);
			response.setHeader('content-type', 'application/json').end('{"status":"success","confirmationCode":"SAME-CODE"}');
		});
	});
	const port = await listening(service);
	const { directory, remove } = freshDirectory();
	const agent = new AgentProcess({
		directory,
		settings: { loyalty: { baseUrl: `http://127.0.0.1:${port}/v1/` } },
		environment: { LANEKEEPER_API_KEY: 'test-key' },
	});
	onTestFinished(async () => {
		await agent.stop();
		service.closeAllConnections();
		await new Promise<void>((resolve) => service.close(() => resolve()));
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
	expect(bodies).toHaveLength(2);

	const cancel = await till.post('/v1/transaction', { transaction: { action: 'cancel', confirmationCode: `PENDING-${second.json.agent?.deliveryId}` } });
	expect([cancel.status, cancel.json.agent?.state]).toEqual([202, 'queued']);
	expect(bodies).toHaveLength(2);
});

function listening(server: Server): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : 0);
		});
	});
}
