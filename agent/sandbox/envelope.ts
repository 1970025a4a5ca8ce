/** The three success and two error envelopes of the Loyalty API, chosen by settings. */
import type { SandboxSettings } from '../../shared/sandbox-schema.ts';
import type { JsonObject } from '../core/json.ts';
import type { Answer, Refusal } from './answer.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { jsonAnswer } from './http-exchange.ts';

/** Pure: the same answer and settings always give the same bytes. */
export function writeAnswer(answer: Answer, settings: SandboxSettings): HttpAnswer {
	if (answer.kind === 'refused') return jsonAnswer(answer.status ?? settings.businessErrorStatus, errorEnvelope(answer, settings));
	const word = settings.successEnvelope === 'ok' ? 'ok' : 'success';
	const place = settings.successEnvelope === 'documented' ? answer.place : settings.successEnvelope;
	const message = answer.message === undefined ? {} : { message: answer.message };
	const payload = place === 'data' ? { data: answer.fields } : answer.fields;
	return jsonAnswer(200, { status: word, ...message, ...payload });
}

function errorEnvelope({ code, message, path, details }: Refusal, settings: SandboxSettings): JsonObject {
	const where = path === undefined ? {} : { path: `body.${path}` };
	if (settings.errorEnvelope === 'error') {
		return { status: 'error', error: { code, message, ...where, ...(details === undefined ? {} : { details }) } };
	}
	const cause = { ...where, ...details };
	return { status: 'error', errors: [{ code, message, ...(Object.keys(cause).length === 0 ? {} : { cause }) }] };
}
