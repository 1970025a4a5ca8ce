/** What waits, as it is counted while running, is what the database says: by operation, with amounts and the oldest. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../agent/core/outcome.ts';
import { usualRules } from '../../agent/core/shop-rules.ts';
import { systemClock } from '../../agent/ops/system-clock.ts';
import { Outbox } from '../../agent/outbox/outbox.ts';
import { deliveryIdFromBytes } from '../../shared/ids.ts';
import { freshDirectory } from '../support/agent-process.ts';
import { seededRandom } from '../support/random.ts';

const operations = ['sale', 'event', 'update'] as const;
const place = freshDirectory();
const random = seededRandom(20);
const pick = (count: number) => Math.floor(random() * count);
let outbox: Outbox;

interface Waiting {
	readonly sequence: number;
	readonly operation: (typeof operations)[number];
	readonly amountMinor: number;
	readonly acceptedAt: number;
}

const open = () =>
	Outbox.open(place.directory, usualRules, { key: new Uint8Array(32), clock: systemClock }, { onCrash: fail, onDamage: fail, onLedgerTrouble: fail });
function fail(what: unknown): never {
	throw new Error(`this should not happen: ${String(what)}`);
}

beforeAll(async () => {
	outbox = await open();
});
afterAll(async () => {
	await outbox.close();
	place.remove();
});

let number = 0;
async function accept(operation: Waiting['operation'], amountMinor: number, acceptedAt: number): Promise<Waiting> {
	number += 1;
	const id = deliveryIdFromBytes(
		new Uint8Array(16)
			.fill(0)
			.with(15, number % 256)
			.with(14, number >> 8),
	);
	const acceptance = await outbox.accept(
		{
			...{ id, operation, tokenId: 't', acceptedAt, transactionId: undefined, amountMinor: operation === 'sale' ? amountMinor : undefined },
			...{ cancelledCode: undefined, lanes: [], cancelLane: undefined, keys: [], fingerprint: new Uint8Array(16), sealedContent: new Uint8Array(1) },
			...{ flags: [], sealedBalance: undefined },
		},
		undefined,
	);
	if (acceptance.kind !== 'accepted') return fail(acceptance.kind);
	return { sequence: acceptance.delivery.sequence, operation, amountMinor: operation === 'sale' ? amountMinor : 0, acceptedAt };
}

async function attempt(sequence: number, outcome: AttemptOutcome): Promise<void> {
	await outbox.startAttempt({ sequence, at: 1, resolvedContent: undefined });
	const report = { sequence, outcome, httpStatus: undefined, durationMs: 1, sealedAnswer: undefined, seen: false };
	await outbox.endAttempt({ report, at: 2, day: '2026-11-23' });
}

function decided(type: 'retried' | 'withdrawnByPerson', sequence: number) {
	return outbox.decide({ type, sequence, at: 3, day: '2026-11-23', person: 'p', sealedReason: new Uint8Array(1), confirmationCode: undefined });
}

function expectSums(waiting: readonly Waiting[]): void {
	for (const names of [['sale'], ['event'], ['sale', 'update'], [...operations], ['register']] as const) {
		const counted = waiting.filter(({ operation }) => names.some((name) => name === operation));
		expect(outbox.waitingOf(names), names.join()).toEqual({
			count: counted.length,
			amountMinor: counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
			oldestAt: counted.length === 0 ? undefined : Math.min(...counted.map(({ acceptedAt }) => acceptedAt)),
		});
	}
}

let waiting: readonly Waiting[] = [];
const refused: Waiting[] = [];

/** What can happen to one that waits. */
const turns: readonly ((one: Waiting) => Promise<void>)[] = [
	async (one) => {
		await attempt(one.sequence, { kind: 'confirmed' });
		waiting = waiting.filter((other) => other !== one);
	},
	async (one) => {
		await attempt(one.sequence, { kind: 'refused', refusal: { code: '203' } });
		waiting = waiting.filter((other) => other !== one);
		refused.push(one);
	},
	(one) => attempt(one.sequence, { kind: 'unknown', trouble: 'timeout' }),
	async (one) => {
		await decided('withdrawnByPerson', one.sequence);
		waiting = waiting.filter((other) => other !== one);
	},
	async () => {
		const back = refused.pop();
		if (back === undefined) return;
		await decided('retried', back.sequence);
		waiting = [...waiting, back];
	},
];

test('through acceptance, success, refusal, trouble, decisions and restarts', async () => {
	for (let step = 1; step <= 300; step += 1) {
		const one = waiting[pick(Math.min(waiting.length, 3))];
		const turn = turns[pick(turns.length * 2)];
		if (one === undefined || turn === undefined) waiting = [...waiting, await accept(operations[pick(3)] ?? 'sale', pick(1_000), step * 1_000)];
		else await turn(one);
		if (step % 60 === 0) {
			await outbox.close();
			outbox = await open();
		}
		expectSums(waiting);
	}
	expect([number > 80, waiting.length > 5]).toEqual([true, true]);
});
