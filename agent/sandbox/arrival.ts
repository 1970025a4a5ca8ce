/** One call as it arrived, read once: everything later works on this. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CallName, Operation, Peek } from '../core/calls/operation.ts';
import { peekMember } from '../core/calls/peek.ts';
import type { Call } from '../core/calls/table.ts';
import { type JsonObject, readJsonObject } from '../core/json.ts';
import { headerText } from './http-exchange.ts';

export interface CallHeaders {
	readonly apiKey: string | undefined;
	readonly branchId: string | undefined;
	readonly posId: string | undefined;
	readonly sourceType: string | undefined;
	readonly sourceName: string | undefined;
	readonly returnAssets: string | undefined;
	readonly returnBenefits: string | undefined;
}

export interface CallContent {
	readonly operation: Operation;
	readonly body: JsonObject;
	/** The body as it was written. */
	readonly text: string;
	/** Hex SHA-256 of the body's bytes. */
	readonly sha256: string;
	readonly peek: Peek;
	/** Of the member the call is about; the new data of an update left out. */
	readonly identifiers: Peek['identifiers'];
	/** Says "this is the same call as before": the natural key where the call has one. */
	readonly key: string;
}

export interface Arrival {
	readonly call: CallName;
	readonly headers: CallHeaders;
	/** A text instead says why the body cannot be read. */
	readonly content: CallContent | string;
}

export function readArrival(call: Call, request: IncomingMessage, bytes: Buffer): Arrival {
	const headers = readHeaders(request);
	const text = decode(bytes);
	const reading = text === undefined ? undefined : readJsonObject(text);
	if (text === undefined || reading === undefined) return { call: call.name, headers, content: 'The body is not valid UTF-8.' };
	if (!reading.ok) return { call: call.name, headers, content: `The body ${reading.problem}.` };
	const body = reading.value;
	const operation = call.operationFor(body);
	const peek = operation.peek(body);
	const sha256 = sha256Hex(bytes);
	// The peek of an update also has its new identifiers, which are not who it is about.
	const { identifiers } = operation.name === 'update' ? peekMember(body, ['member']) : peek;
	return { call: call.name, headers, content: { operation, body, text, sha256, peek, identifiers, key: keyOf(operation, peek, headers, sha256) } };
}

export function sha256Hex(data: Uint8Array | string): string {
	return createHash('sha256').update(data).digest('hex');
}

function keyOf(operation: Operation, peek: Peek, headers: CallHeaders, sha256: string): string {
	const { branchId = '', posId = '' } = headers;
	const [natural] = operation.naturalKeys(peek, { branchId, posId });
	// One sale may be paid in several parts, so its key alone does not tell pays apart.
	if (natural !== undefined) return operation.kind === 'pay' ? `${natural.text}:${sha256}` : natural.text;
	return [operation.name, branchId, posId, sha256].map(encodeURIComponent).join(':');
}

function readHeaders(request: IncomingMessage): CallHeaders {
	return {
		apiKey: headerText(request, 'x-api-key'),
		branchId: headerText(request, 'x-branch-id'),
		posId: headerText(request, 'x-pos-id'),
		sourceType: headerText(request, 'x-source-type'),
		sourceName: headerText(request, 'x-source-name'),
		returnAssets: headerText(request, 'x-return-assets'),
		returnBenefits: headerText(request, 'x-return-benefits'),
	};
}

function decode(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}
