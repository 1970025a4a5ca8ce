/**
 * Reading JSON that must survive: bodies are stored and sent as the bytes that came, and only looked at here. Two bodies
 * are the same call when their canonical texts are equal: keys sorted, blanks gone, numbers as they were written
 * (`1.0` and `1` differ, and a number beyond 2^53 keeps all its digits).
 */
import { nestsDeeperThan } from './json-scan.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Nesting a till never needs; deeper documents are refused so that no reader's stack is at risk. */
const deepestNesting = 200;

export type JsonReading = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly problem: string };

export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a text that must hold one JSON object. */
export function readJsonObject(text: string): JsonReading {
	if (nestsDeeperThan(text, deepestNesting)) return { ok: false, problem: `nests deeper than ${deepestNesting} levels` };
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return { ok: false, problem: 'is not valid JSON' };
	}
	return isJsonObject(value) ? { ok: true, value } : { ok: false, problem: 'must be a JSON object' };
}

/** Throws SyntaxError on a text that is not JSON: callers have read it before. */
export function canonicalJson(text: string): string {
	return JSON.stringify(
		JSON.parse(text, (_key, value: unknown, context: { readonly source?: string }) => {
			if (typeof value === 'number' && context.source !== undefined) return JSON.rawJSON(context.source);
			return isJsonObject(value) && !JSON.isRawJSON(value) ? sorted(value) : value;
		}),
	);
}

function sorted(object: JsonObject): JsonObject {
	const keys = Object.keys(object).sort((a, b) => (a < b ? -1 : 1));
	// No prototype: a key called "__proto__" must stay an ordinary key.
	const copy: Record<string, unknown> = Object.create(null);
	for (const key of keys) copy[key] = object[key];
	return copy;
}

/** The document with every number as the text it was written as, so that no digit is lost. For a text read as an object before. */
export function withNumbersAsWritten(text: string): JsonObject {
	const value = JSON.parse(text, (_key, found: unknown, context: { readonly source?: string }) => (typeof found === 'number' ? context.source : found));
	return isJsonObject(value) ? value : {};
}

/** Follows a path of object keys; undefined where it leads nowhere. */
export function at(value: unknown, ...path: readonly string[]): unknown {
	let current = value;
	for (const step of path) {
		if (!isJsonObject(current) || !Object.hasOwn(current, step)) return undefined;
		current = current[step];
	}
	return current;
}

/** A text with something in it, or nothing. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
	const found = at(value, ...path);
	return typeof found === 'string' && found !== '' ? found : undefined;
}
