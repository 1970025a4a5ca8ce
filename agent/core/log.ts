/**
 * What may be said in the log. Every event has a name from this list, and every field is one that can hold nothing
 * personal: a phone number has no field it could stand in.
 */
import type { LinkStateName } from '../../shared/local-api.ts';
import type { OperationName } from './calls/operation.ts';

export type LogEvent =
	| 'agent.started'
	| 'agent.stopping'
	| 'agent.stopped'
	| 'agent.sandboxMode'
	| 'agent.keyIgnored'
	| 'agent.hostChanged'
	| 'vault.opened'
	| 'agent.bug'
	| 'delivery.accepted'
	| 'delivery.attempted'
	| 'delivery.decided'
	| 'delivery.unreadable'
	| 'delivery.codeUnknown'
	| 'delivery.codeGivenTwice'
	| 'delivery.recovered'
	| 'link.changed'
	| 'clock.wrong'
	| 'clock.right'
	| 'replay.paused'
	| 'replay.resumed'
	| 'replay.sendNow'
	| 'storage.failed'
	| 'storage.damaged'
	| 'storage.erased'
	| 'http.failed';

export interface LogFields {
	readonly deliveryId?: string;
	readonly operation?: OperationName;
	readonly state?: string;
	readonly outcome?: string;
	readonly attempt?: number;
	readonly httpStatus?: number;
	readonly durationMs?: number;
	readonly link?: LinkStateName;
	readonly reason?: string;
	readonly sentence?: string;
	readonly count?: number;
	readonly waiting?: number;
	readonly port?: number;
	readonly host?: string;
	readonly directory?: string;
	readonly version?: string;
	readonly tokenId?: string;
	/** Where the master key is kept. */
	readonly protection?: string;
	readonly movedFrom?: string;
	/** Of the agent's own mistakes: name and stack of the error, never its data. */
	readonly error?: string;
}

export interface Log {
	error(event: LogEvent, fields?: LogFields): void;
	warn(event: LogEvent, fields?: LogFields): void;
	info(event: LogEvent, fields?: LogFields): void;
	debug(event: LogEvent, fields?: LogFields): void;
}

/** For the field `error`: what kind of error it was. Not its message, which can repeat what it is about. */
export function errorName(error: unknown): string {
	return error instanceof Error ? error.name : 'unknown';
}

/** For the field `error` of a mistake of the program: where it happened. */
export function errorStack(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.name) : 'unknown';
}
