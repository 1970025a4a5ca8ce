/** Reading JSON that is only looked at: bodies are stored and sent as the bytes that came. */
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
