/** One HTTP request and the one answer it gets. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, OwnError } from '../core/answer.ts';
import type { Identity } from '../core/identity.ts';
import { type JsonObject, readJsonObject } from '../core/json.ts';
import type { LocalPorts } from './ports.ts';

export interface Exchange {
	readonly ports: LocalPorts;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly url: URL;
	readonly identity: Identity;
	/** What stands in the place of `{id}` in the path. */
	readonly id: string;
	/** Answers with an error of the agent's own. */
	readonly fail: (error: OwnError) => void;
}

export const largestBodyBytes = 1024 * 1024;

type BodyReading =
	| { readonly ok: true; readonly text: string }
	| { readonly ok: false; readonly code: 'TOO_LARGE' | 'INVALID_REQUEST'; readonly message?: string; readonly path?: string };

/**
 * So much of a body that is too large is read and thrown away before it is refused: a caller that is still sending loses
 * an answer that comes with the end of the connection.
 */
const mostDiscardedBytes = 64 * 1024 * 1024;

/** Reads a body of at most 1 MiB of UTF-8. What is larger is thrown away while it arrives. Rejects when the caller is gone. */
function readBody(request: IncomingMessage): Promise<BodyReading> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let length = 0;
		if (Number(request.headers['content-length'] ?? 0) > mostDiscardedBytes) resolve({ ok: false, code: 'TOO_LARGE' });
		request.on('data', (chunk: Buffer) => {
			length += chunk.length;
			if (length <= largestBodyBytes) chunks.push(chunk);
			else if (length > mostDiscardedBytes) resolve({ ok: false, code: 'TOO_LARGE' });
		});
		request.once('end', () => resolve(length > largestBodyBytes ? { ok: false, code: 'TOO_LARGE' } : decode(Buffer.concat(chunks))));
		request.once('error', reject);
	});
}

function decode(bytes: Uint8Array): BodyReading {
	try {
		// A byte order mark at the beginning, as some older systems write it, is no part of the document.
		return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
	} catch {
		return { ok: false, code: 'INVALID_REQUEST', message: 'The body is not UTF-8.', path: 'body' };
	}
}

/** The body as one JSON object, declared as such; otherwise answers what is wrong, and undefined. */
export async function readJsonBody({ request, fail }: Exchange): Promise<{ readonly text: string; readonly value: JsonObject } | undefined> {
	const mediaType = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
	if (mediaType !== 'application/json') {
		request.resume();
		fail({ code: 'UNSUPPORTED_MEDIA_TYPE' });
		return undefined;
	}
	const body = await readBody(request);
	if (!body.ok) {
		fail(body);
		return undefined;
	}
	const reading = readJsonObject(body.text);
	if (reading.ok) return { text: body.text, value: reading.value };
	fail({ code: 'INVALID_REQUEST', message: `The body ${reading.problem}.`, path: 'body' });
	return undefined;
}

/** The header's first value, if it was sent. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value) ? value[0] : value;
}

/** Headers with one value, names in lower case. */
export function headersOf(request: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(request.headers)) {
		if (typeof value === 'string') headers[name] = value;
	}
	return headers;
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
	if (answer.isReplayed) response.setHeader('Idempotency-Replayed', 'true');
	if (answer.kind === 'error') {
		if (answer.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(answer.retryAfterSeconds));
		// The rest of a body that is too large is not waited for.
		if (answer.code === 'TOO_LARGE') response.setHeader('Connection', 'close');
	}
	sendJson(response, answer.status, answer.text);
}

export function sendJson(response: ServerResponse, status: number, text: string): void {
	const bytes = Buffer.from(text);
	response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes.length, 'Cache-Control': 'no-store' });
	response.end(bytes);
}
