/**
 * What a register is answered, whatever door it came through. `result`: the Loyalty API's own answer, or the queued one
 * that stands in for it; `error`: one of the agent's own codes.
 */

import { type ErrorCode, errorCatalogue } from '../../shared/errors.ts';
import type { AgentObject } from '../../shared/local-api.ts';
import type { Problem } from '../../shared/validate.ts';

export type Answer =
	| {
			readonly kind: 'result';
			/** HTTP status. */
			readonly status: number;
			/** The whole envelope, agent object included. */
			readonly text: string;
			/** The call was accepted before; nothing was done twice. */
			readonly isReplayed: boolean;
	  }
	| {
			readonly kind: 'error';
			readonly status: number;
			readonly code: ErrorCode;
			readonly text: string;
			readonly isReplayed: boolean;
			readonly retryAfterSeconds?: number;
	  };

export interface OwnError {
	readonly code: ErrorCode;
	/** What exactly, where more can be said than the catalogue does. */
	readonly message?: string | undefined;
	/** What to do, where the catalogue's general advice does not fit. */
	readonly advice?: string | undefined;
	/** Where in the request, beginning with `body`, `query` or `header`. */
	readonly path?: string | undefined;
	readonly retryAfterSeconds?: number;
}

/** For what a parser refused: its first problem. `place` is what was parsed, beginning with `body`. */
export function invalidRequest(place: string, [first]: readonly Problem[]): OwnError {
	const path = `${place}.${first?.path ?? ''}`;
	return { code: 'INVALID_REQUEST', message: `${path} ${first?.problem ?? 'is wrong'}.`, path };
}

/** The envelope of an error of the agent's own: what happened, and what to do. */
export function errorAnswer(error: OwnError, agent: AgentObject): Answer & { kind: 'error' } {
	const entry = errorCatalogue[error.code];
	const message = `${error.message ?? entry.message} ${error.advice ?? entry.advice}`;
	const body = { status: 'error', error: { code: error.code, message, ...(error.path === undefined ? {} : { path: error.path }) }, agent };
	return {
		kind: 'error',
		status: entry.status,
		code: error.code,
		text: JSON.stringify(body),
		isReplayed: agent.duplicate === true,
		...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
	};
}
