/**
 * The wire to the Loyalty API: one request out, one result back, never a retry of its own. It tells apart what
 * certainly did not leave from what may have arrived; what an answer means is decided elsewhere.
 */
import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { TLSSocket } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import got, { RequestError, TimeoutError } from 'got';
import type { Clock } from '../core/clock.ts';
import { clockOffsetSeconds } from '../core/clock-offset.ts';
import { parseInstant } from '../core/instant.ts';
import type { LinkTrouble } from '../core/link-trouble.ts';
import type { WireResult } from '../core/outcome.ts';
import { probeConnection } from './connection-probe.ts';
import { troubleOf } from './trouble.ts';

export interface WireSettings {
	/** Base URL, with or without a slash at its end. */
	readonly baseUrl: string;
	/** Limit for one whole request, milliseconds. */
	readonly timeoutMs: number;
	/** Writes that may be under way at once; live calls come on top. */
	readonly concurrency: number;
	readonly apiKey: string;
}

export interface WireRequest {
	/** Below the base URL, beginning with a slash. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array;
	/**
	 * `deliveries` and `questions` reuse connections, each their own, so that hanging questions hold up no sale. `single`
	 * takes a new one: on a reused one a request can be lost without a trace of whether it arrived, which matters for what
	 * must not be repeated.
	 */
	readonly connection: 'deliveries' | 'questions' | 'single';
	/** Shorter than the usual limit, milliseconds. */
	readonly timeoutMs?: number;
}

const largestAnswerBytes = 4 * 1024 * 1024;

export class LoyaltyWire {
	readonly #settings: WireSettings;
	readonly #clock: Clock;
	#clockOffsetSeconds = 0;
	readonly #pools: { readonly deliveries: Agents; readonly questions: Agents };

	constructor(settings: WireSettings, clock: Clock) {
		this.#settings = settings;
		this.#clock = clock;
		const kept = { keepAlive: true, maxSockets: settings.concurrency * 2, timeout: 60_000 };
		this.#pools = { deliveries: agents(kept), questions: agents(kept) };
	}

	/** From the last answer's Date header: how far this clock is ahead of theirs. 0 before the first answer. */
	get clockOffsetSeconds(): number {
		return this.#clockOffsetSeconds;
	}

	/** Undefined when a bare connection could be made. Never rejects. */
	probe(): Promise<LinkTrouble | undefined> {
		return probeConnection(this.#settings.baseUrl, this.#settings.timeoutMs);
	}

	/** Rejects only by a mistake of the program. */
	async send(request: WireRequest): Promise<WireResult> {
		let sent = false;
		const tooLarge = new AbortController();
		const call = got.post(join(this.#settings.baseUrl, request.path), {
			body: request.body,
			headers: {
				...request.headers,
				'content-type': 'application/json',
				accept: 'application/json',
				'accept-encoding': 'identity',
				'user-agent': 'lanekeeper',
				'x-api-key': this.#settings.apiKey,
			},
			agent: request.connection === 'single' ? agents({ keepAlive: false }) : this.#pools[request.connection],
			signal: tooLarge.signal,
			// Unpacking is done below, with a limit.
			decompress: false,
			timeout: { request: Math.min(request.timeoutMs ?? Number.POSITIVE_INFINITY, this.#settings.timeoutMs) },
			// Said in so many words: an environment variable must not be able to switch the check off.
			https: { rejectUnauthorized: true },
			retry: { limit: 0 },
			throwHttpErrors: false,
			followRedirect: false,
			responseType: 'buffer',
		});
		void call.on('request', (outgoing: ClientRequest) => {
			whenBytesCanLeave(outgoing, () => {
				sent = true;
			});
		});
		void call.on('downloadProgress', ({ transferred }) => {
			if (transferred > largestAnswerBytes) tooLarge.abort();
		});
		try {
			const response = await call;
			this.#clockOffsetSeconds = clockOffsetSeconds(response.headers.date ?? '', this.#clock.now()) ?? this.#clockOffsetSeconds;
			return {
				kind: 'answered',
				status: response.statusCode,
				...retryAfter(response.headers['retry-after'], this.#clock.now()),
				text: readText(response.rawBody, response.headers['content-encoding']),
			};
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			if (tooLarge.signal.aborted) return { kind: 'failed', sent, trouble: 'unreadable-answer' };
			return { kind: 'failed', sent, trouble: troubleOf(error instanceof TimeoutError ? 'ETIMEDOUT' : error.code, sent) };
		}
	}

	close(): void {
		for (const { http, https } of Object.values(this.#pools)) {
			http.destroy();
			https.destroy();
		}
	}
}

/** From the first moment on which a byte of the request may be on its way: a connection that is ready, or was already. */
function whenBytesCanLeave(outgoing: ClientRequest, report: () => void): void {
	outgoing.once('socket', (socket) => {
		if (socket.destroyed) return;
		if (!socket.connecting && !(socket instanceof TLSSocket && socket.getProtocol() === null)) report();
		else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', report);
	});
}

interface Agents {
	readonly http: HttpAgent;
	readonly https: HttpsAgent;
}

function agents(options: AgentOptions): Agents {
	return { http: new HttpAgent(options), https: new HttpsAgent({ ...options, minVersion: 'TLSv1.2' }) };
}

/** For the packings a service or something in between may use although nobody asked for them. */
const unpackers: Readonly<Record<string, (bytes: Uint8Array, limit: { maxOutputLength: number }) => Uint8Array>> = {
	gzip: gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync,
};

/** Undefined for what cannot be an answer of the Loyalty API: far too large, packed in an unknown way, or not UTF-8. */
function readText(bytes: Uint8Array, packing: string | undefined): string | undefined {
	const unpack = packing === undefined || packing === 'identity' ? (packed: Uint8Array) => packed : unpackers[packing];
	if (bytes.length > largestAnswerBytes || unpack === undefined) return undefined;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(unpack(bytes, { maxOutputLength: largestAnswerBytes }));
	} catch {
		// Damaged packing, or bytes that are no text: the caller reads "no text" as an answer that cannot be used.
		return undefined;
	}
}

/** A base written with or without its last slash gives the same address. */
function join(baseUrl: string, path: string): string {
	return baseUrl.replace(/\/+$/, '') + path;
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(header: string | undefined, now: number): { retryAfterMs: number } | undefined {
	if (header === undefined) return undefined;
	const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : (parseInstant(header) ?? now) - now;
	return ms > 0 ? { retryAfterMs: ms } : undefined;
}
