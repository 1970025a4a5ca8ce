/** A request as it was frozen at acceptance: what every attempt sends, and the one change it may see before the first. */
import { at, isJsonObject, type JsonObject } from './json.ts';
import { skipBlanks, skipString } from './json-scan.ts';

/**
 * For a cancel: the real code takes the place of the provisional one. Every text that is `provisional`, however it was
 * escaped, is replaced; everything else, names of members included, stays as it came, byte for byte. `body` is valid JSON.
 */
export function withRealCode(body: string, provisional: string, real: string): string {
	let resolved = '';
	let kept = 0;
	let index = body.indexOf('"');
	while (index >= 0) {
		const end = skipString(body, index);
		const isName = body[skipBlanks(body, end)] === ':';
		if (!isName && JSON.parse(body.slice(index, end)) === provisional) {
			resolved += body.slice(kept, index) + JSON.stringify(real);
			kept = end;
		}
		index = body.indexOf('"', end);
	}
	return resolved + body.slice(kept);
}

/** Headers, query and body, as they are sealed together. */
export interface FrozenRequest {
	readonly headers: Readonly<Record<string, string>>;
	/** With its question mark; empty where there is none. */
	readonly query: string;
	readonly body: string;
}

/** Text form of a frozen request: headers and query as one line of JSON, then the body as it came. */
export function freeze({ headers, query, body }: FrozenRequest): string {
	return `${JSON.stringify({ headers, query })}\n${body}`;
}

/** Throws on a text that `freeze` did not make. */
export function thaw(text: string): FrozenRequest {
	const end = text.indexOf('\n');
	const line: unknown = JSON.parse(text.slice(0, end));
	const [headers, query] = [at(line, 'headers'), at(line, 'query')];
	if (end < 0 || !isTextRecord(headers) || typeof query !== 'string') throw new Error('a stored request has no headers');
	return { headers, query, body: text.slice(end + 1) };
}

function isTextRecord(value: unknown): value is JsonObject & Record<string, string> {
	return isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}
