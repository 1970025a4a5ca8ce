/**
 * What may be said in the log: the one list of events, and of fields with what each may hold. `safe-fields.ts` lets
 * nothing else into a line while the program runs. docs/architecture.md has the same lists.
 */
import { isDeliveryId } from '../../shared/ids.ts';
import { deliveryStates, linkStates } from '../../shared/local-api.ts';
import { operationNames } from './calls/operation.ts';
import { errorWordsForm } from './error-words.ts';
import type { AttemptOutcome } from './outcome.ts';

export const logEvents = [
	'agent.started',
	'agent.stopping',
	'agent.stopped',
	'agent.sandboxMode',
	'agent.keyIgnored',
	'agent.hostChanged',
	'vault.opened',
	'agent.bug',
	'delivery.accepted',
	'delivery.attempted',
	'delivery.decided',
	'delivery.unreadable',
	'delivery.codeUnknown',
	'delivery.codeGivenTwice',
	'delivery.recovered',
	'link.changed',
	'clock.wrong',
	'clock.right',
	'replay.paused',
	'replay.resumed',
	'replay.sendNow',
	'storage.failed',
	'storage.damaged',
	'storage.erased',
	'ledger.trouble',
	'http.failed',
	/** Stands for an event that is not in this list. */
	'log.unknownEvent',
] as const;
export type LogEvent = (typeof logEvents)[number];

type Guard<T> = (value: unknown) => value is T;

const oneOf =
	<const Words extends readonly string[]>(words: Words): Guard<Words[number]> =>
	(value): value is Words[number] =>
		words.some((word) => word === value);
const text =
	(form: RegExp): Guard<string> =>
	(value): value is string =>
		typeof value === 'string' && form.test(value);
/** Bounded where numbers of that kind end: a longer one is something else. */
const whole =
	(least: number, most: number): Guard<number> =>
	(value): value is number =>
		typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

const outcomes = ['confirmed', 'refused', 'notSent', 'unknown'] as const satisfies readonly AttemptOutcome['kind'][];
const mostCounted = 10_000_000;
const dayMs = 24 * 60 * 60_000;
const hundredYearsSeconds = 100 * 366 * 24 * 60 * 60;

/** Each field, and what fits into it. */
export const logFields = {
	deliveryId: (value): value is string => typeof value === 'string' && isDeliveryId(value),
	operation: oneOf(operationNames),
	state: oneOf(deliveryStates),
	outcome: oneOf(outcomes),
	attempt: whole(0, mostCounted),
	httpStatus: whole(100, 999),
	durationMs: whole(0, dayMs),
	link: oneOf(linkStates),
	/** A code of the program's own. Four digits at most: no number of a person or a card is so short. */
	reason: text(/^(?=[^0-9]*(?:[0-9][^0-9]*){0,4}$)[A-Za-z][A-Za-z0-9:._-]{0,59}$/),
	offsetSeconds: whole(-hundredYearsSeconds, hundredYearsSeconds),
	count: whole(0, mostCounted),
	waiting: whole(0, mostCounted),
	port: whole(0, 65_535),
	/** A name, an IPv4 or a bracketed IPv6 address, with or without a port; as hosts in a URL are written. */
	host: text(
		/^(?=.{1,260}$)(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:.]{2,45}\]|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?::[0-9]{1,5})?$/,
	),
	version: text(/^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}(?:-[a-z]{1,10}(?:\.[0-9]{1,3})?)?$/),
	tokenId: text(/^[0-9a-f]{16}$/),
	/** Where the master key is kept. */
	protection: oneOf(['keystore', 'credentials', 'file']),
	movedFrom: oneOf(['keystore', 'credentials', 'file']),
	/** As `errorWords` says it. */
	error: text(errorWordsForm),
} as const satisfies Record<string, Guard<string | number>>;

export type LogFieldName = keyof typeof logFields;
export type LogFields = { readonly [Name in LogFieldName]?: (typeof logFields)[Name] extends Guard<infer Value> ? Value : never };

export interface Log {
	error(event: LogEvent, fields?: LogFields): void;
	warn(event: LogEvent, fields?: LogFields): void;
	info(event: LogEvent, fields?: LogFields): void;
	debug(event: LogEvent, fields?: LogFields): void;
}
