/** The plain HTTP part: reading one request, writing one answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and the answer that goes back on it. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly path: string;
	readonly query: URLSearchParams;
}

export interface HttpAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

const largestBodyBytes = 1_048_576;

export function openExchange(request: IncomingMessage, response: ServerResponse): Exchange {
	const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
	return { request, response, path, query: new URLSearchParams(query) };
}

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
	return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: Buffer.from(JSON.stringify(value)) };
}

/** An answer as any web server gives it, without the envelope of the Loyalty API. */
export function pageAnswer(status: number, sentence: string): HttpAnswer {
	const page = `<!doctype html><html><head><title>${sentence}</title></head><body><h1>${sentence}</h1></body></html>`;
	return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) };
}

export function send(response: ServerResponse, answer: HttpAnswer): void {
	response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
	response.end(answer.body);
}

/** The header's text, trimmed; undefined when it is missing, empty or given as a list. */
export function headerText(request: IncomingMessage, name: string): string | undefined {
	const value = request.headers[name];
	const text = typeof value === 'string' ? value.trim() : '';
	return text === '' ? undefined : text;
}

/** Reads the whole body; undefined when it is larger than 1 MiB. Rejects when the caller goes away before its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of request) {
		if (!(chunk instanceof Uint8Array)) throw new TypeError('a request without encoding gives bytes');
		length += chunk.length;
		// Read on without keeping: an answer given in the middle of a body would be lost with the connection.
		if (length <= largestBodyBytes) chunks.push(chunk);
	}
	return length <= largestBodyBytes ? Buffer.concat(chunks) : undefined;
}
