/**
 * No answer leaves before its flush: seen from outside the process, by watching its system calls, where strace is
 * installed; elsewhere by a second connection that must find the delivery as soon as the answer is there.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { deliveryIdToBytes, isDeliveryId } from '../../shared/ids.ts';
import { AgentProcess, freshDirectory } from '../support/agent-process.ts';
import { type Reply, Till } from '../support/till.ts';
import { answersWithoutFlush, countFlushes, readTrace } from './trace.ts';

const tracer = ['strace', '-f', '-s', '64', '-e', 'trace=read,write,writev,fsync,fdatasync'];
const canTrace = spawnSync('strace', ['-V']).status === 0;
const alone = 20;
const together = 64;

const traceOf = ({ directory }: { directory: string }) => `${directory}.trace`;

/** A live agent whose service is not there. */
async function startOffline(under: readonly string[]) {
	const { directory, remove } = freshDirectory();
	const agent = new AgentProcess({
		directory,
		settings: { loyalty: { baseUrl: 'http://127.0.0.1:9/v1/' } },
		environment: { LANEKEEPER_API_KEY: 'test-key' },
		under: under.length === 0 ? [] : [...under, '-o', traceOf({ directory })],
	});
	onTestFinished(async () => {
		await agent.stop();
		remove();
		rmSync(traceOf(agent), { force: true });
	});
	await agent.ready();
	return agent;
}

async function sellAll(agent: AgentProcess): Promise<Reply[]> {
	const till = new Till(agent.baseUrl, agent.token('register'));
	const replies: Reply[] = [];
	for (let index = 0; index < alone; index += 1) replies.push(await till.sell(`alone-${index}`));
	replies.push(...(await Promise.all(Array.from({ length: together }, (_, index) => till.sell(`together-${index}`)))));
	return replies;
}

test.runIf(canTrace)('every answer is preceded by a flush that began after its request was read', { timeout: 60_000 }, async () => {
	const agent = await startOffline(tracer);
	const replies = await sellAll(agent);
	process.kill(agent.pid, 'SIGTERM');
	await agent.exited();
	const trace = readTrace(readFileSync(traceOf(agent), 'utf8'));
	expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: alone + together }, () => 202));
	const { answers, unflushed } = answersWithoutFlush(trace);
	expect(answers).toBe(alone + together);
	expect(unflushed).toEqual([]);
});

test.runIf(canTrace)('calls that come together share flushes', { timeout: 60_000 }, async () => {
	const agent = await startOffline(['strace', '-f', '--seccomp-bpf', '-e', 'trace=fsync,fdatasync']);
	const till = new Till(agent.baseUrl, agent.token('register'));
	const rounds = 8;
	for (let round = 0; round < rounds; round += 1) await Promise.all(Array.from({ length: together }, (_, index) => till.sell(`${round}-${index}`)));
	process.kill(agent.pid, 'SIGTERM');
	await agent.exited();
	const flushes = countFlushes(readTrace(readFileSync(traceOf(agent), 'utf8')));
	expect(flushes).toBeGreaterThan(rounds);
	expect(flushes).toBeLessThan((rounds * together) / 2);
});

test('every answer finds its delivery committed, on a connection of its own', async () => {
	const agent = await startOffline([]);
	const database = new Database(join(agent.directory, 'outbox.db'), { readonly: true });
	onTestFinished(() => void database.close());
	const stateOf = database.prepare('SELECT state FROM delivery WHERE id = ?').pluck();
	const till = new Till(agent.baseUrl, agent.token('register'));
	for (let index = 0; index < alone; index += 1) {
		const { json } = await till.sell(`seen-${index}`);
		const id = json.agent?.deliveryId ?? '';
		expect(isDeliveryId(id) && stateOf.get(deliveryIdToBytes(id))).toBe('queued');
	}
});
