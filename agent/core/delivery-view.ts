/** A delivery as registers and managers see it: nothing personal in it. */
import type { AttemptView, DecisionKind, DecisionView, DeliveryView, PayJournalView } from '../../shared/local-api.ts';
import type { BalanceSeen } from '../../shared/member-memo.ts';
import { operations } from './calls/table.ts';
import type { ChangeReason } from './delivery.ts';
import { rfc3339 } from './instant.ts';
import { adviceAbout, findingOf } from './pay-journal.ts';
import type { AttemptRecord, DecisionRecord, DeliveryRecord } from './records.ts';
import { refusalText } from './refusals.ts';

/** `nextAttemptAt`: RFC 3339, of a queued one where a time is known. */
export function viewDelivery(record: DeliveryRecord, nextAttemptAt: string | undefined): DeliveryView {
	const { refusalCode } = record;
	return {
		id: record.id,
		call: operations[record.operation].call,
		state: record.state,
		acceptedAt: rfc3339(record.acceptedAt),
		attempts: record.attempts,
		...given('transactionId', record.transactionId),
		...given('nextAttemptAt', record.state === 'queued' ? nextAttemptAt : undefined),
		...given('lastOutcome', record.lastOutcome),
		...given('confirmationCode', record.confirmationCode),
		...given('refusal', refusalCode === undefined ? undefined : { code: refusalCode, ...refusalText(refusalCode) }),
		...given('supersededBy', record.supersededBy),
		...given('withdrawnReason', record.state === 'withdrawn' ? withdrawnBecause(record.reason) : undefined),
		...given('flags', record.flags.length === 0 ? undefined : [...record.flags]),
		...given('doubt', record.state === 'doubtful' ? doubtAbout(record) : undefined),
	};
}

const withdrawnReasons: Readonly<Record<string, string>> = {
	tooLate: 'It was not sent before the register had to be answered: nothing was charged.',
	notSent: 'It could not be sent: nothing was charged.',
	cancelledBeforeSending: 'It was cancelled before it was sent: nothing was or will be sent.',
	originalWithdrawn: 'What it cancels was withdrawn: there is nothing to cancel.',
	withdrawnByPerson: 'It was withdrawn by a person.',
} satisfies Partial<Record<ChangeReason, string>>;

/** In words; the reason code stands in the ledger. */
function withdrawnBecause(reason: string | undefined): string {
	return withdrawnReasons[reason ?? ''] ?? 'It was withdrawn.';
}

type Doubt = NonNullable<DeliveryView['doubt']>;

const unclear: Doubt = {
	message: 'It was sent, but no usable answer came back: nobody knows whether it took effect.',
	advice: 'Look at the balance or the receipt with the loyalty provider, then confirm it by hand or withdraw it. Retry only if it certainly took no effect.',
};
const unclearPay: Doubt = {
	message: unclear.message,
	advice: 'Do not charge again. Compare the balance before and after, or ask the loyalty provider; then confirm it by hand or withdraw it.',
};
const codeUnknown: Doubt = {
	message: 'What it cancels is over without a confirmation code, so there is nothing to send.',
	advice: 'Ask the loyalty provider whether it is there. If so, let them cancel it and confirm this by hand; if not, withdraw this.',
};
const doubts: Readonly<Record<string, Doubt>> = {
	codeGivenTwice: {
		message: 'The confirmation code in the answer belongs to another sale already.',
		advice: 'Ask the loyalty provider which code is right, then confirm it by hand with that one.',
	},
	refusedAfterUnknown: {
		message: 'It was refused after an earlier try whose outcome is unknown: that first try has perhaps worked.',
		advice: 'Look at the sale or the balance with the loyalty provider, then confirm it by hand or withdraw it.',
	},
	originalWithoutCode: codeUnknown,
	originalWithdrawn: codeUnknown,
} satisfies Partial<Record<ChangeReason, Doubt>>;

function doubtAbout({ operation, reason }: DeliveryRecord): Doubt {
	if (operation === 'pay') return unclearPay;
	return doubts[reason ?? ''] ?? unclear;
}

const decisionsByReason: Readonly<Record<DecisionRecord['what'], DecisionKind>> = {
	retried: 'retry',
	withdrawnByPerson: 'withdraw',
	confirmedByPerson: 'confirm',
	corrected: 'correct',
};

/** `words`: the person's own, where they may be shown. */
export function viewDecision({ at, person, what }: DecisionRecord, words: string | undefined): DecisionView {
	return { at: rfc3339(at), person, decision: decisionsByReason[what], ...given('reason', words) };
}

/**
 * The balances around a pay, and what they suggest; undefined for one that was never unclear. `sentAt`: when it was sent
 * last, epoch milliseconds; a balance "after" an earlier try says nothing about that one.
 */
export function viewPayJournal(
	pay: DeliveryRecord,
	before: BalanceSeen | undefined,
	after: BalanceSeen | undefined,
	sentAt: number,
): PayJournalView | undefined {
	const { operation, state, unknownOutcomes, acceptedAt } = pay;
	if (operation !== 'pay' || (state !== 'doubtful' && unknownOutcomes === 0)) return undefined;
	const isAfter = after !== undefined && after.seenAt >= sentAt;
	const found = adviceAbout(findingOf(before, isAfter ? after : undefined, acceptedAt));
	return {
		...given('before', before && viewBalance(before)),
		...given('after', isAfter ? viewBalance(after) : undefined),
		advice: state === 'doubtful' ? found : 'It is not doubtful any more: there is nothing to decide.',
	};
}

function viewBalance({ points, credit, seenAt }: BalanceSeen): PayJournalView['before'] {
	return { ...given('points', points), ...given('credit', credit), seenAt: rfc3339(seenAt) };
}

/** One attempt. `reason` is a trouble of the line, `code` the Loyalty API's own word of a refusal. */
export function viewAttempt(record: AttemptRecord): AttemptView {
	return {
		startedAt: rfc3339(record.startedAt),
		...given('outcome', record.outcome),
		...given('reason', record.outcome === 'refused' ? undefined : record.trouble),
		...given('httpStatus', record.httpStatus),
		...given('code', record.outcome === 'refused' ? record.trouble : undefined),
		...given('durationMs', record.durationMs),
	};
}

/** The member where there is a value, nothing where there is none. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
	return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
