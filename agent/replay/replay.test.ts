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

/** One sale in a memory of its own, and a service that gives these answers, one after the other. */
function scene(answers: readonly WireResult[]) {
	const clock = new FakeClock();
	let delivery = aSale;
	let sent = 0;
	let onRefused: () => void = () => undefined;
	const apply = (event: DeliveryEvent): Settlement | undefined => {
		const change = nextState(operations.sale, delivery, event, usualRules);
		if (change === undefined) return undefined;
		delivery = { ...delivery, ...change, attempts: delivery.attempts + (event.type === 'attemptStarted' ? 1 : 0) };
		return { delivery, alsoEnded: [] };
	};
	const replay = new Replay({
		clock,
		random: () => 0.5,
		rules: usualRules,
		networkAddresses: () => '',
		settings: { concurrency: 4, timeZone: 'Europe/Madrid', timeoutMs: 8_000 },
		log: { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined },
		sealer: { seal: (_purpose, _owner, plain) => plain, open: (_purpose, _owner, sealed) => sealed },
		wire: {
			send: () => {
				sent += 1;
				return Promise.resolve(answers[sent - 1] ?? failure);
			},
			probe: () => Promise.resolve(undefined),
			clockOffsetSeconds: 0,
		},
		store: {
			startAttempt: () => Promise.resolve(apply({ type: 'attemptStarted' })),
			endAttempt: ({ report }) => {
				const settlement = apply({ type: 'attemptEnded', outcome: report.outcome });
				if (settlement?.delivery.state === 'refused') onRefused();
				return Promise.resolve(settlement);
			},
			apply: (_sequence, event) => Promise.resolve(apply(event)),
			inState: (state, after): DeliveryRecord[] => (state === delivery.state && delivery.sequence > after ? [delivery] : []),
			displacedInState: () => [],
			bySequence: () => delivery,
			originalOf: () => undefined,
			content: () => new TextEncoder().encode(freeze({ headers: {}, query: '', body: '{}' })),
			setting: () => undefined,
			set: () => Promise.resolve(),
		},
	});
	/** As when both reach the disk with one flush: the decision is told right behind the end of the attempt. */
	const decideWithTheRefusal = (type: 'retried' | 'withdrawnByPerson') => {
		onRefused = () => {
			onRefused = () => undefined;
			const settlement = apply({ type });
			if (settlement !== undefined) void Promise.resolve().then(() => replay.decided(settlement));
		};
	};
	const reaches = (state: DeliveryRecord['state']) =>
		until(() => {
			clock.advance(1_000);
			return delivery.state === state;
		}, `the sale is ${state}`);
	return { replay, decideWithTheRefusal, reaches, sent: () => sent };
}

test('a retry that reaches the disk together with the refusal is not lost, whatever becomes of its first attempts', async () => {
	const { replay, decideWithTheRefusal, reaches, sent } = scene([refusal, failure, failure, success]);
	decideWithTheRefusal('retried');
	replay.start();
	await reaches('confirmed');
	expect(sent()).toBe(4);
});

test('a withdrawal that reaches the disk together with the refusal ends it', async () => {
	const { replay, decideWithTheRefusal, reaches, sent } = scene([refusal, success]);
	decideWithTheRefusal('withdrawnByPerson');
	replay.start();
	await reaches('withdrawn');
	replay.sendNow();
	await reaches('withdrawn');
	expect(sent()).toBe(1);
});
