/** What a call comes to, before the settings decide how it is written on the wire. */
import type { JsonObject } from '../core/json.ts';

interface Success {
	readonly kind: 'success';
	readonly fields: JsonObject;
	/** Where the documentation shows the fields; a setting may overrule it. */
	readonly place: 'flat' | 'data';
	readonly message?: string;
}

export interface Refusal {
	readonly kind: 'refused';
	readonly code: string;
	readonly message: string;
	/** Dotted path inside the body, without the prefix "body.". */
	readonly path?: string;
	readonly details?: JsonObject;
	/** Left out: the status of business refusals, a setting. */
	readonly status?: number;
}

export type Answer = Success | Refusal;

export function success(place: Success['place'], fields: JsonObject, message?: string): Answer {
	return { kind: 'success', place, fields, ...(message === undefined ? {} : { message }) };
}

export function refused(code: string, message: string, where: Pick<Refusal, 'path' | 'details'> = {}): Refusal {
	return { kind: 'refused', code, message, ...where };
}
