import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { deliveryIdFromBytes } from '../../shared/ids.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { freeze } from '../core/frozen-request.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { BalanceJournal } from './balance-journal.ts';

const ana = { identifiers: [['phoneNumber', '600100200']] } as const;
const answerWith = (points: number) => JSON.stringify({ status: 'success', member: { firstName: 'Ana', points } });

function pay(sequence: number, lane: string): DeliveryRecord {
	return {
		...{ sequence, place: sequence, id: deliveryIdFromBytes(new Uint8Array(16).fill(sequence)), operation: 'pay', state: 'doubtful', tokenId: 't' },
		...{ acceptedAt: new FakeClock().now(), endedAt: undefined, transactionId: undefined, amountMinor: undefined, lanes: [lane.length], cancelLane: undefined },
		...{ confirmationCode: undefined, refusalCode: undefined, lastOutcome: undefined, supersededBy: undefined, flags: [], reason: 'unknown' },
		...{ attempts: 1, unknownOutcomes: 1 },
	};
}

/** Two doubtful pays, of Ana and of somebody else, in a memory that seals nothing. */
function scene() {
	const clock = new FakeClock();
	const pays = [pay(1, 'member:phoneNumber:600100200'), pay(2, 'somebody else')];
	const after = new Map<number, Uint8Array>();
	const line = { takesLiveCalls: true, points: 0, asked: 0 };
	const damaged = new Set<string>();
	const told: string[] = [];
	const log = (event: string) => void told.push(event);
	const journal = new BalanceJournal({
		clock,
		log: { error: log, warn: log, info: log, debug: log },
		store: {
			totals: () => ({ queued: 0, sending: 0, refusedUnseen: 0, doubtful: pays.length, waitingAmountMinor: 0 }),
			inState: () => pays,
			payBalance: (sequence) => ({ before: undefined, after: after.get(sequence) }),
			noteBalance: (sequence, sealed) => {
				after.set(sequence, sealed);
				return Promise.resolve();
			},
			content: () => Buffer.from(freeze({ headers: {}, query: '', body: '{"member":{"phoneNumber":"600100200"}}' })),
			attempts: () => [],
		},
		replay: { observe: () => undefined, link: line },
		vault: {
			seal: (_purpose, _owner, text) => Buffer.from(text),
			open: (purpose, owner, sealed) => {
				if (damaged.has(`${purpose} ${owner}`)) throw new Error('was changed');
				return Buffer.from(sealed).toString();
			},
			laneKey: (text) => text.length,
		},
		wire: {
			send: () => {
				line.asked += 1;
				return Promise.resolve({ kind: 'answered', status: 200, text: answerWith(line.points) });
			},
		},
		settings: { loyalty: { timeoutMs: 8_000 } },
	});
	/** What is noted as the balance after, of both. */
	const noted = () =>
		pays.map(({ sequence }) => {
			const sealed = after.get(sequence);
			return sealed === undefined ? undefined : JSON.parse(Buffer.from(sealed).toString());
		});
	return { clock, journal, line, damaged, told, pays, noted };
}

test('a register that asks for a member brings the balance of that member alone', () => {
	const { journal, clock, noted } = scene();
	journal.saw(ana, answerWith(100));
	expect(noted()).toEqual([{ points: 100, seenAt: clock.now() }, undefined]);
	journal.saw({ identifiers: [] }, answerWith(5));
	journal.saw(ana, '{"status":"success","member":{}}');
	expect(noted()).toEqual([{ points: 100, seenAt: clock.now() }, undefined]);
});

test('a look within the first minute is followed by one more, and only one, when the minute is over', async () => {
	const { journal, clock, line, noted, pays } = scene();
	pays.pop();
	journal.saw(ana, answerWith(100));
	clock.advance(1_000);
	journal.saw(ana, answerWith(90));
	expect(clock.pending).toBe(1);
	journal.ended();
	clock.advance(8_000);
	await setImmediate();
	expect(line.asked).toBe(0);
	line.points = 60;
	clock.advance(51_000);
	await setImmediate();
	expect([line.asked, noted()]).toEqual([1, [{ points: 60, seenAt: clock.now() }]]);
	line.points = 10;
	journal.saw(ana, answerWith(10));
	await journal.ask();
	clock.advance(600_000);
	await setImmediate();
	expect([line.asked, noted()[0].points, clock.pending]).toEqual([1, 60, 0]);
});

test('nothing is asked while the line takes no live calls, and nothing after the end', async () => {
	const { journal, line, noted, clock } = scene();
	line.takesLiveCalls = false;
	await journal.ask();
	line.takesLiveCalls = true;
	journal.ended();
	journal.stop();
	clock.advance(8_000);
	await journal.ask();
	journal.saw(ana, answerWith(100));
	await setImmediate();
	expect([line.asked, noted()]).toEqual([0, [undefined, undefined]]);
});

test('what cannot be opened keeps nobody else from being asked for', async () => {
	const { journal, line, damaged, told, noted, pays } = scene();
	line.points = 70;
	damaged.add(`content ${pays[0]?.id ?? ''}`);
	await journal.ask();
	expect([line.asked, noted()[0], noted()[1].points]).toEqual([1, undefined, 70]);
	damaged.add(`balance ${pays[1]?.id ?? ''}`);
	journal.saw({ identifiers: [['phoneNumber', 'nobody']] }, answerWith(1));
	await journal.ask();
	expect(new Set(told)).toEqual(new Set(['storage.damaged']));
});
