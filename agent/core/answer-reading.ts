/**
 * Reading an answer of the Loyalty API, in the order of the local API: the statuses of the line
 * first, then the envelope, then the status alone.
 */
import { at, isJsonObject, type JsonObject, readJsonObject, textAt, withNumbersAsWritten } from './json.ts';
import type { LinkTrouble } from './link-trouble.ts';
import type { AttemptOutcome, WireResult } from './outcome.ts';

type Envelope = { readonly kind: 'success'; readonly confirmationCode?: string } | { readonly kind: 'error'; readonly code: string };

export interface AnswerReading {
	readonly outcome: AttemptOutcome;
	/** The answer's own text when it is a JSON object and may be shown to the register as it came. */
	readonly passThrough?: string;
}

/** Pure: the same result always reads the same. */
export function readAnswer(result: WireResult): AnswerReading {
	if (result.kind === 'failed') {
		const kind = result.sent ? 'unknown' : 'notSent';
		return { outcome: { kind, trouble: result.trouble } };
	}
	const { text } = result;
	const reading = text === undefined ? undefined : readJsonObject(text);
	const envelope = reading?.ok === true && text !== undefined ? readEnvelope(reading.value, text) : undefined;
	const outcome =
		troubleOfStatus(result.status) ?? (envelope === undefined ? outcomeOfStrange(result.status, isPage(result)) : outcomeOf(envelope, result.status));
	// A "success" under a status that says otherwise would mislead the register.
	const isContradiction = envelope?.kind === 'success' && result.status >= 400;
	return envelope === undefined || text === undefined || isContradiction ? { outcome } : { outcome, passThrough: text };
}

/** 401, 403, 407 and 429 are given before a call is acted on; 408, 425 and 5xx leave that open. */
function troubleOfStatus(status: number): AttemptOutcome | undefined {
	if (status === 401 || status === 403) return { kind: 'notSent', trouble: 'key-refused' };
	if (status === 407) return { kind: 'notSent', trouble: 'proxy-refused' };
	if (status === 429) return { kind: 'notSent', trouble: 'rate-limited' };
	// Network Authentication Required (RFC 6585, 6): never given by the service itself, but by what stands in between.
	if (status === 511) return unknown('captive-portal');
	if (status === 408 || status === 425 || status >= 500) return { kind: 'unknown', trouble: 'server-error' };
	return undefined;
}

function outcomeOf(envelope: Envelope, status: number): AttemptOutcome {
	if (envelope.kind === 'error') {
		return envelope.code === '500' ? unknown('server-error') : { kind: 'refused', refusal: { code: envelope.code } };
	}
	if (status >= 400) return outcomeOfStrange(status, false);
	const { confirmationCode } = envelope;
	return { kind: 'confirmed', ...(confirmationCode === undefined ? {} : { confirmationCode }) };
}

/** An answer that is not the API's own, or contradicts itself. */
function outcomeOfStrange(status: number, isPage: boolean): AttemptOutcome {
	if (status === 404 || status === 405 || status === 413 || status === 415) return unknown('wrong-address');
	if (status >= 400) return { kind: 'refused', refusal: { code: `HTTP_${status}` } };
	return unknown(isPage || redirects.has(status) ? 'captive-portal' : 'unreadable-answer');
}

/** An API leads no POST elsewhere; a network that wants a log-in does. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function isPage({ text, isHtml = false }: Extract<WireResult, { kind: 'answered' }>): boolean {
	return isHtml || text?.trimStart().startsWith('<') === true;
}

const unknown = (trouble: LinkTrouble): AttemptOutcome => ({ kind: 'unknown', trouble });

function readEnvelope(answer: JsonObject, text: string): Envelope | undefined {
	const status = textAt(answer, 'status')?.toLowerCase();
	const error = firstError(answer);
	if (status === 'error' || error !== undefined) return { kind: 'error', code: refusalCode(codeIn(answer, text, (whole) => at(firstError(whole), 'code'))) };
	if (status !== 'success' && status !== 'ok') return undefined;
	const code = codeIn(answer, text, (whole) => at(whole, 'data', 'confirmationCode') ?? at(whole, 'confirmationCode'));
	return { kind: 'success', ...(code === undefined ? {} : { confirmationCode: code }) };
}

function firstError(answer: JsonObject): JsonObject | undefined {
	const single = at(answer, 'error');
	if (isJsonObject(single)) return single;
	const list = at(answer, 'errors');
	const first: unknown = Array.isArray(list) ? list[0] : undefined;
	return isJsonObject(first) ? first : undefined;
}

/** Refusal codes are shown and kept in the clear: one that looks like more than a code could hold something personal. */
function refusalCode(code: string | undefined): string {
	return code !== undefined && /^[\w.-]{1,64}$/.test(code) ? code : 'UNNAMED';
}

/** Codes are opaque texts; a numeric one is the text it was written as, with every digit. */
function codeIn(answer: JsonObject, text: string, find: (answer: JsonObject) => unknown): string | undefined {
	const found = find(answer);
	const code = typeof found === 'number' ? find(withNumbersAsWritten(text)) : found;
	return typeof code === 'string' && code !== '' ? code : undefined;
}
