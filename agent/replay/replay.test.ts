import { expect, test } from 'vitest';
import { isDeliveryId } from '../../shared/ids.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { operations } from '../core/calls/table.ts';
import { type DeliveryEvent, nextState } from '../core/delivery.ts';
import { freeze } from '../core/frozen-request.ts';
import type { WireResult } from '../core/outcome.ts';
import type { DeliveryRecord, Settlement } from '../core/records.ts';
import { usualRules } from '../core/shop-rules.ts';
import { Replay } from './replay.ts';

const answered = (status: number, text: string): WireResult => ({ kind: 'answered', status, text });
const refusal = answered(200, '{"status":"error","error":{"code":"203"}}');
const failure = answered(500, '');
const success = answered(200, '{"status":"success","confirmationCode":"C-1"}');

const id = '01JABCDEFGHJKMNPQRSTVWXYZ0';
if (!isDeliveryId(id)) throw new Error('no delivery id');
const aSale: DeliveryRecord = {
	...{ sequence: 1, place: 1, id, operation: 'sale', state: 'queued', tokenId: 't', acceptedAt: 0, endedAt: undefined, transactionId: 'T-1' },
	...{ amountMinor: undefined, lanes: [123_456], cancelLane: 99, confirmationCode: undefined, refusalCode: undefined, lastOutcome: undefined },
	...{ supersededBy: undefined, flags: [], reason: 'accepted', attempts: 0, unknownOutcomes: 0 },
};

/** Sales in a memory of their own, and a service that gives these answers, one after the other, then success. */
function scene(answers: readonly WireResult[], sales: readonly DeliveryRecord[] = [aSale]) {
	const clock = new FakeClock();
	const stored = new Map(sales.map((sale) => [sale.sequence, sale]));
	const sent: number[] = [];
	let onRefused: () => void = () => undefined;
	const apply = (sequence: number, event: DeliveryEvent): Settlement | undefined => {
		const before = stored.get(sequence);
		const change = before && nextState(operations.sale, before, event, usualRules);
		if (before === undefined || change === undefined) return undefined;
		const delivery = { ...before, ...change, attempts: before.attempts + (event.type === 'attemptStarted' ? 1 : 0) };
		stored.set(sequence, delivery);
		return { delivery, alsoEnded: [] };
	};
	const replay = new Replay({
		clock,
		random: () => 0.5,
		rules: usualRules,
		networkAddresses: () => '',
		settings: { concurrency: 4, timeZone: 'Europe/Madrid', timeoutMs: 8_000 },
		log: { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined },
		sealer: { seal: (_purpose, _owner, text) => Buffer.from(text), open: (_purpose, _owner, sealed) => Buffer.from(sealed).toString() },
		wire: {
			send: ({ body }) => {
				sent.push(Number(body));
				return Promise.resolve(answers[sent.length - 1] ?? success);
			},
			probe: () => Promise.resolve(undefined),
			clockOffsetSeconds: 0,
		},
		store: {
			startAttempt: ({ sequence }) => Promise.resolve(apply(sequence, { type: 'attemptStarted' })),
			endAttempt: ({ report }) => {
				const settlement = apply(report.sequence, { type: 'attemptEnded', outcome: report.outcome });
				if (settlement?.delivery.state === 'refused') onRefused();
				return Promise.resolve(settlement);
			},
			apply: (sequence, event) => Promise.resolve(apply(sequence, event)),
			// One at a time: a backlog is loaded in portions.
			inState: (state, after) => [...stored.values()].filter((sale) => sale.state === state && sale.sequence > after).slice(0, 1),
			displacedInState: () => [],
			bySequence: (sequence) => stored.get(sequence),
			originalOf: () => undefined,
			content: (sequence) => Buffer.from(freeze({ headers: {}, query: '', body: String(sequence) })),
			setting: () => undefined,
			set: () => Promise.resolve(),
		},
	});
	/** As when a register's repeat reaches the disk in one flush with the refusal: whatever was accepted is told first. */
	const repeatWithTheRefusal = (newer: DeliveryRecord) => {
		onRefused = () => {
			onRefused = () => undefined;
			stored.set(newer.sequence, newer);
			void Promise.resolve().then(() => replay.accepted(newer, [1]));
		};
	};
	/** A register's repeat takes the place of a refused one. */
	const repeat = (newer: DeliveryRecord) => {
		stored.set(newer.sequence, newer);
		replay.accepted(newer, [newer.place]);
	};
	/** As when both reach the disk with one flush: the decision is told right behind the end of the attempt. */
	const decideWithTheRefusal = (type: 'retried' | 'withdrawnByPerson') => {
		onRefused = () => {
			onRefused = () => undefined;
			const settlement = apply(1, { type });
			if (settlement !== undefined) void Promise.resolve().then(() => replay.decided(settlement));
		};
	};
	const decide = (sequence: number, type: 'retried' | 'withdrawnByPerson') => {
		const settlement = apply(sequence, { type });
		if (settlement !== undefined) replay.decided(settlement);
	};
	const reaches = (state: DeliveryRecord['state'], sequence = 1) =>
		until(() => {
			clock.advance(1_000);
			return stored.get(sequence)?.state === state;
		}, `sale ${sequence} is ${state}`);
	return { replay, decide, decideWithTheRefusal, repeat, repeatWithTheRefusal, reaches, sent };
}

test('a retry that reaches the disk together with the refusal is not lost, whatever becomes of its first attempts', async () => {
	const { replay, decideWithTheRefusal, reaches, sent } = scene([refusal, failure, failure, success]);
	decideWithTheRefusal('retried');
	replay.start();
	await reaches('confirmed');
	expect(sent).toHaveLength(4);
});

test('a withdrawal that reaches the disk together with the refusal ends it', async () => {
	const { replay, decideWithTheRefusal, reaches, sent } = scene([refusal, success]);
	decideWithTheRefusal('withdrawnByPerson');
	replay.start();
	await reaches('withdrawn');
	replay.sendNow();
	await reaches('withdrawn');
	expect(sent).toHaveLength(1);
});

test('a retry while the backlog is being loaded overtakes nobody who is not loaded yet', async () => {
	const other = { ...aSale, sequence: 1, place: 1, lanes: [1] };
	const earlier = { ...aSale, sequence: 2, place: 2, lanes: [2] };
	const refused = { ...aSale, sequence: 3, place: 3, lanes: [2], state: 'refused' as const };
	const { replay, decide, reaches, sent } = scene([], [other, earlier, refused]);
	replay.start();
	decide(3, 'retried');
	await reaches('confirmed', 3);
	expect(sent).toEqual([1, 2, 3]);
});

test('a withdrawal while the backlog is being loaded ends a retry that was decided before it', async () => {
	const { replay, decide, reaches, sent } = scene([], [aSale, { ...aSale, sequence: 2, place: 2, lanes: [2], state: 'refused' }]);
	replay.start();
	decide(2, 'retried');
	decide(2, 'withdrawnByPerson');
	await reaches('confirmed');
	expect(sent).toEqual([1]);
});

test('a repeat that reaches the disk together with the refusal is not held up by what it supersedes', async () => {
	const { replay, repeatWithTheRefusal, reaches, sent } = scene([refusal]);
	repeatWithTheRefusal({ ...aSale, sequence: 2, lanes: [123_456, 99] });
	replay.start();
	await reaches('confirmed', 2);
	expect(sent).toEqual([1, 2]);
});

test('what waits for a refused delivery does not overtake a repeat that comes while the backlog is being loaded', async () => {
	const refused = { ...aSale, sequence: 1, place: 1, lanes: [99], state: 'refused' as const };
	const other = { ...aSale, sequence: 2, place: 2, lanes: [1] };
	const follower = { ...aSale, sequence: 3, place: 3, lanes: [99] };
	const last = { ...aSale, sequence: 4, place: 4, lanes: [4] };
	const { replay, repeat, reaches, sent } = scene([], [refused, other, follower, last]);
	replay.start();
	repeat({ ...aSale, sequence: 5, place: 1, lanes: [99] });
	await reaches('confirmed', 3);
	await reaches('confirmed', 5);
	expect(sent.indexOf(5)).toBeLessThan(sent.indexOf(3));
});
