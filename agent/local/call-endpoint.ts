/** The seven calls over HTTP: body in, envelope out. */
import type { Call } from '../core/calls/table.ts';
import { type Exchange, headerOf, headersOf, readJsonBody, sendAnswer } from './exchange.ts';

const longestKey = 255;

/** Answers in every case; rejects when the caller is gone before its body is read. */
export async function answerCall(exchange: Exchange, call: Call): Promise<void> {
	const { ports, request, response, url, identity, fail } = exchange;
	const key = readIdempotencyKey(headerOf(request, 'idempotency-key'));
	if (!key.ok) {
		request.resume();
		fail({ code: 'INVALID_REQUEST', message: `The Idempotency-Key header ${key.problem}.`, path: 'header.Idempotency-Key' });
		return;
	}
	const body = await readJsonBody(exchange);
	if (body === undefined) return;
	const gone = new AbortController();
	response.once('close', () => gone.abort());
	const { text, value } = body;
	const incoming = { call, identity, text, body: value, query: url.search, headers: headersOf(request), idempotencyKey: key.value, gone: gone.signal };
	sendAnswer(response, await ports.intake.handle(incoming));
}

type KeyReading = { readonly ok: true; readonly value: string | undefined } | { readonly ok: false; readonly problem: string };

/** Bare, or quoted as a structured field writes it: both are the same key. */
function readIdempotencyKey(header: string | undefined): KeyReading {
	if (header === undefined) return { ok: true, value: undefined };
	const trimmed = header.trim();
	const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(trimmed);
	const value = quoted?.[1]?.replace(/\\(["\\])/g, '$1') ?? trimmed;
	if (value === '') return { ok: false, problem: 'is empty' };
	if (value.length > longestKey) return { ok: false, problem: `is longer than ${longestKey} characters` };
	return { ok: true, value };
}
