/** From an arrival to its answer: what every call must bring, then what the operation does. */
import type { Operation, OperationName } from '../core/calls/operation.ts';
import type { JsonObject } from '../core/json.ts';
import type { Answer, Refusal } from './answer.ts';
import type { Arrival, CallHeaders } from './arrival.ts';
import type { Effect } from './effects.ts';
import { emptyValuePath } from './empty-values.ts';
import { register, update } from './enrolment.ts';
import { reportEvent } from './event-report.ts';
import { details } from './member-details.ts';
import { cancelPay, pay } from './payments.ts';
import { badRequest, invalidInput, missingField, unauthorized } from './refusals.ts';
import { cancelSale, sale } from './sales.ts';
import { shortCode } from './short-codes.ts';
import type { Handler, World } from './world.ts';

const handlers: Readonly<Record<OperationName, Handler>> = { register, update, details, shortCode, sale, cancelSale, pay, cancelPay, event: reportEvent };

/** `effect` is absent when the body could not be read. */
export function perform({ headers, content }: Arrival, effect: Effect | undefined, world: World): Answer {
	const refusal = refuseHeaders(headers);
	if (refusal !== undefined) return refusal;
	if (typeof content === 'string' || effect === undefined) return badRequest(typeof content === 'string' ? content : 'The body cannot be read.');
	const { operation, body } = content;
	return refuseBody(operation, body) ?? handlers[operation.name]({ ...content, headers, effect }, world);
}

const requiredHeaders = [
	['branchId', 'x-branch-id'],
	['posId', 'x-pos-id'],
	['sourceType', 'x-source-type'],
	['sourceName', 'x-source-name'],
] as const satisfies readonly (readonly [keyof CallHeaders, string])[];

function refuseHeaders(headers: CallHeaders): Refusal | undefined {
	if (headers.apiKey === undefined) return unauthorized();
	const missing = requiredHeaders.find(([field]) => headers[field] === undefined);
	return missing === undefined ? undefined : badRequest(`Missing required header: ${missing[1]}`);
}

function refuseBody(operation: Operation, body: JsonObject): Refusal | undefined {
	const emptyPath = emptyValuePath(body);
	if (emptyPath !== undefined) return invalidInput(emptyPath, 'is not allowed to be empty');
	const parsed = operation.parse(body);
	if (parsed.ok) return undefined;
	const [first] = parsed.problems;
	if (first === undefined) return badRequest('The body cannot be understood.');
	return first.problem === 'is missing' ? missingField(first.path) : invalidInput(first.path, first.problem);
}
