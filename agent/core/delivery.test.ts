/** The machine against a plain reading of the documents: design.md 2 "A delivery's states", local-api.md 3. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeliveryState, deliveryStates } from '../../shared/local-api.ts';
import { type OperationName, operationNames } from './calls/operation.ts';
import { operations } from './calls/table.ts';
import { type DeliveryEvent, type DeliveryFacts, isFinal, isWaiting, neverLeft, nextState } from './delivery.ts';
import { type ShopRules, usualRules } from './shop-rules.ts';

const refusalCodes = ['203', '204', '407', '1001', '4001012', 'BAD_REQUEST', 'MEMBER_NOT_FOUND', 'HTTP_400', 'UNNAMED'] as const;

const events: readonly DeliveryEvent[] = [
	{ type: 'attemptStarted' },
	{ type: 'attemptEnded', outcome: { kind: 'confirmed' } },
	{ type: 'attemptEnded', outcome: { kind: 'confirmed', confirmationCode: 'ABC123' } },
	...refusalCodes.map((code): DeliveryEvent => ({ type: 'attemptEnded', outcome: { kind: 'refused', refusal: { code } } })),
	{ type: 'attemptEnded', outcome: { kind: 'notSent', trouble: 'no-route' } },
	{ type: 'attemptEnded', outcome: { kind: 'notSent', trouble: 'rate-limited' } },
	{ type: 'attemptEnded', outcome: { kind: 'unknown', trouble: 'timeout' } },
	{ type: 'codeGivenTwice' },
	{ type: 'attemptLost' },
	{ type: 'tooLate' },
	{ type: 'cancelledBeforeSending' },
	{ type: 'originalWithdrawn' },
	{ type: 'originalWithoutCode' },
	{ type: 'retried' },
	{ type: 'withdrawnByPerson' },
	{ type: 'confirmedByPerson' },
];

/** An event in one word, as the rows below name it. */
function wordOf(event: DeliveryEvent): string {
	return event.type === 'attemptEnded' ? event.outcome.kind : event.type;
}

interface Case {
	readonly name: OperationName;
	/** An earlier attempt left open whether the Loyalty API has it. */
	readonly isUnclear: boolean;
	readonly code: string;
	readonly rules: ShopRules;
}

type Row = readonly [from: DeliveryState, word: string, to: (about: Case) => DeliveryState | 'stays'];

const isCancel = (name: OperationName) => name === 'cancelSale' || name === 'cancelPay';
const whatARefusalMeans = ({ name, isUnclear, code, rules }: Case): DeliveryState => {
	if (!isUnclear) return 'refused';
	if (name === 'register' && code === '204') return 'confirmed';
	if (name === 'pay') return rules.unclearPay === 'hold' ? 'doubtful' : 'refused';
	return isCancel(name) ? 'doubtful' : 'refused';
};
const repeatable = ({ name, rules }: Case): DeliveryState => {
	if (name === 'pay') return rules.unclearPay === 'hold' ? 'doubtful' : 'queued';
	return name === 'event' && rules.unclearEvent === 'hold' ? 'doubtful' : 'queued';
};
/** The register of a pay is gone with the process that sent it. */
const repeatableLater = (about: Case): DeliveryState => (about.name === 'pay' ? 'doubtful' : repeatable(about));
/** What is unclear is never ended by the agent alone. */
const endedUnlessUnclear = ({ isUnclear }: Case): DeliveryState => (isUnclear ? 'doubtful' : 'withdrawn');
const payNotSent = (about: Case): DeliveryState => (about.isUnclear ? repeatable(about) : 'withdrawn');

const reference: readonly Row[] = [
	['queued', 'attemptStarted', () => 'sending'],
	['queued', 'withdrawnByPerson', () => 'withdrawn'],
	['queued', 'cancelledBeforeSending', ({ isUnclear }) => (isUnclear ? 'stays' : 'withdrawn')],
	['queued', 'tooLate', endedUnlessUnclear],
	['queued', 'originalWithdrawn', endedUnlessUnclear],
	['queued', 'originalWithoutCode', () => 'doubtful'],
	['sending', 'confirmed', () => 'confirmed'],
	['sending', 'refused', whatARefusalMeans],
	['sending', 'notSent', (about) => (about.name === 'pay' ? payNotSent(about) : 'queued')],
	['sending', 'unknown', repeatable],
	['sending', 'attemptLost', repeatableLater],
	['sending', 'codeGivenTwice', () => 'doubtful'],
	['refused', 'retried', () => 'queued'],
	['refused', 'withdrawnByPerson', () => 'withdrawn'],
	['doubtful', 'retried', () => 'queued'],
	['doubtful', 'withdrawnByPerson', () => 'withdrawn'],
	['doubtful', 'confirmedByPerson', () => 'confirmed'],
];

function expectedState(name: OperationName, facts: DeliveryFacts, event: DeliveryEvent, rules: ShopRules): DeliveryState | undefined {
	const row = reference.find(([from, word]) => from === facts.state && word === wordOf(event));
	const code = event.type === 'attemptEnded' && event.outcome.kind === 'refused' ? event.outcome.refusal.code : '';
	const to = row?.[2]({ name, isUnclear: facts.unknownOutcomes > 0, code, rules });
	return to === 'stays' ? undefined : to;
}

const leavesOutcomeOpen = ['unknown', 'attemptLost', 'codeGivenTwice'];

/** What is expected, or found, for one state and every event that may come to it. */
function everyChange(state: DeliveryState, changeOf: (facts: DeliveryFacts, event: DeliveryEvent) => { state?: DeliveryState; unknownOutcomes?: number }) {
	return [0, 1, 7].flatMap((unknownOutcomes) =>
		events.map((event) => {
			const { state: to = 'none', unknownOutcomes: count } = changeOf({ state, attempts: unknownOutcomes + 1, unknownOutcomes }, event);
			return `${unknownOutcomes} unknown, ${JSON.stringify(event)} → ${to} ${count ?? ''}`;
		}),
	);
}

const otherRules: ShopRules = { unclearPay: 'repeat', unclearEvent: 'hold', cancelOfUnsentSale: 'send' };
const everyRules = [
	['the usual rules', usualRules],
	['the other rules', otherRules],
] as const;

describe.each(operationNames.flatMap((name) => everyRules.map(([words, rules]) => [name, words, rules] as const)))('%s by %s', (name, _words, rules) => {
	for (const state of deliveryStates) {
		test(`leaves ${state} as the documents say, and no other way`, () => {
			const found = everyChange(state, (facts, event) => nextState(operations[name], facts, event, rules) ?? {});
			const expected = everyChange(state, (facts, event) => {
				const to = expectedState(name, facts, event, rules);
				return to === undefined ? {} : { state: to, unknownOutcomes: facts.unknownOutcomes + (leavesOutcomeOpen.includes(wordOf(event)) ? 1 : 0) };
			});
			expect(found).toEqual(expected);
		});
	}
});

test('the reference leaves nothing of the life of a delivery unsaid', () => {
	const reached = new Set(
		reference.flatMap(([, , to]) =>
			operationNames.flatMap((name) => [
				to({ name, isUnclear: true, code: '204', rules: usualRules }),
				to({ name, isUnclear: false, code: '203', rules: usualRules }),
			]),
		),
	);
	expect([...reached].filter((state) => state !== 'stays').sort()).toEqual([...deliveryStates].sort());
});

test('the ledger learns why: the event, the outcome, or what the outcome meant', () => {
	const facts = (unknownOutcomes: number): DeliveryFacts => ({ state: 'sending', attempts: 2, unknownOutcomes });
	const refusedWith = (code: string): DeliveryEvent => ({ type: 'attemptEnded', outcome: { kind: 'refused', refusal: { code } } });
	expect(nextState(operations.register, facts(1), refusedWith('204'), usualRules)?.reason).toBe('alreadyDone');
	expect(nextState(operations.register, facts(0), refusedWith('204'), usualRules)?.reason).toBe('refused');
	expect(nextState(operations.cancelPay, facts(1), refusedWith('1001'), usualRules)?.reason).toBe('refusedAfterUnknown');
	expect(nextState(operations.sale, facts(0), { type: 'attemptLost' }, usualRules)?.reason).toBe('attemptLost');
	expect(nextState(operations.sale, facts(0), { type: 'attemptEnded', outcome: { kind: 'unknown', trouble: 'reset' } }, usualRules)?.reason).toBe('unknown');
	expect(nextState(operations.sale, { state: 'queued', attempts: 0, unknownOutcomes: 0 }, { type: 'withdrawnByPerson' }, usualRules)?.reason).toBe(
		'withdrawnByPerson',
	);
});

test('final, waiting and never left say what they say', () => {
	expect(deliveryStates.filter(isFinal)).toEqual(['confirmed', 'refused', 'withdrawn']);
	expect(deliveryStates.filter(isWaiting)).toEqual(['queued', 'sending']);
	expect(deliveryStates.filter((state) => !neverLeft({ state, attempts: 1, unknownOutcomes: 0 }))).toEqual(['sending']);
	expect(deliveryStates.filter((state) => neverLeft({ state, attempts: 1, unknownOutcomes: 1 }))).toEqual([]);
});

interface Step {
	readonly before: DeliveryFacts;
	readonly word: string;
	readonly after: DeliveryFacts;
}

/** A life: from acceptance through whatever events come, the impossible ones without effect. */
function live(name: OperationName, rules: ShopRules, what: readonly DeliveryEvent[]): Step[] {
	let facts: DeliveryFacts = { state: 'queued', attempts: 0, unknownOutcomes: 0 };
	return what.flatMap((event) => {
		const before = facts;
		const change = nextState(operations[name], before, event, rules);
		if (change === undefined) return [];
		facts = { ...change, attempts: before.attempts + (change.state === 'sending' ? 1 : 0) };
		return [{ before, word: wordOf(event), after: facts }];
	});
}

const anyLife = fc
	.tuple(
		fc.constantFrom(...operationNames),
		fc.constantFrom(usualRules, otherRules),
		fc.array(fc.constantFrom(...events, { type: 'attemptStarted' } as const, { type: 'retried' } as const), { maxLength: 60 }),
	)
	.map(([name, rules, what]) => ({ name, rules, steps: live(name, rules, what) }));
const byPerson = ['retried', 'withdrawnByPerson', 'confirmedByPerson'];

function always(holds: (step: Step, name: OperationName, rules: ShopRules) => boolean): void {
	fc.assert(
		fc.property(anyLife, ({ name, rules, steps }) => {
			for (const step of steps) expect(holds(step, name, rules), JSON.stringify({ name, step })).toBe(true);
		}),
		{ numRuns: 500 },
	);
}

describe('whatever happens in whatever order', () => {
	test('confirmed and withdrawn are never left', () => {
		always(({ before }) => before.state !== 'confirmed' && before.state !== 'withdrawn');
	});

	test('what may have arrived is withdrawn by a person only', () => {
		always(({ before, word, after }) => after.state !== 'withdrawn' || before.unknownOutcomes === 0 || word === 'withdrawnByPerson');
	});

	test('a pay goes back to the queue only when a person says so, or where the shop says that a repeat is recognised', () => {
		always(({ word, after }, name, rules) => name !== 'pay' || after.state !== 'queued' || word === 'retried' || rules.unclearPay === 'repeat');
	});

	test('what is unknown stays unknown: the count never goes down', () => {
		always(({ before, after }) => after.unknownOutcomes >= before.unknownOutcomes && after.unknownOutcomes <= before.unknownOutcomes + 1);
	});

	test('a doubtful delivery has at least one outcome that is not known', () => {
		always(({ word, after }) => after.state !== 'doubtful' || after.unknownOutcomes > 0 || word === 'originalWithoutCode');
	});

	test('there are never more unknown outcomes than attempts', () => {
		always(({ after }) => after.unknownOutcomes <= after.attempts);
	});

	test('what waits for a person is moved by a person only', () => {
		always(({ before, word }) => isWaiting(before.state) || byPerson.includes(word));
	});

	test('a cancel meets its sale unsent only if no attempt left anything open', () => {
		fc.assert(
			fc.property(anyLife, ({ steps }) => {
				const met = steps.findIndex(({ word }) => word === 'cancelledBeforeSending');
				const openBefore = steps.slice(0, Math.max(met, 0)).filter(({ word }) => leavesOutcomeOpen.includes(word));
				expect(openBefore).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});
