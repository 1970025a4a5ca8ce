/** A request as it was frozen at acceptance: what every attempt sends, and the one change it may see before the first. */
import { isJsonObject, type JsonObject } from './json.ts';

/**
 * For a cancel: the real code takes the place of the provisional one. The body with every text that equals `provisional` replaced; everything else stays as it came, byte for byte, unless
 * the register wrote the code with escapes: then the document is written anew, numbers as they were.
 */
export function withRealCode(body: string, provisional: string, real: string): string {
	const plain = body.replaceAll(JSON.stringify(provisional), () => JSON.stringify(real));
	if (plain !== body) return plain;
	return JSON.stringify(
		JSON.parse(body, (_key, value: unknown, context: { readonly source?: string }): unknown => {
			if (value === provisional) return real;
			return typeof value === 'number' && context.source !== undefined ? JSON.rawJSON(context.source) : value;
		}),
	);
}

/** Headers and body, as they are sealed together. */
export interface FrozenRequest {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** Text form of a frozen request: headers as one line of JSON, then the body as it came. */
export function freeze(request: FrozenRequest): string {
	return `${JSON.stringify(request.headers)}\n${request.body}`;
}

/** Throws on a text that `freeze` did not make. */
export function thaw(text: string): FrozenRequest {
	const end = text.indexOf('\n');
	const headers: unknown = JSON.parse(text.slice(0, end));
	if (end < 0 || !isTextRecord(headers)) throw new Error('a stored request has no headers');
	return { headers, body: text.slice(end + 1) };
}

function isTextRecord(value: unknown): value is JsonObject & Record<string, string> {
	return isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}
