/** A delivery as registers and managers see it: nothing personal in it. */
import type { AttemptView, DeliveryView } from '../../shared/local-api.ts';
import { operations } from './calls/table.ts';
import type { ChangeReason } from './delivery.ts';
import { rfc3339 } from './instant.ts';
import type { AttemptRecord, DeliveryRecord } from './records.ts';
import { refusalText } from './refusals.ts';

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
