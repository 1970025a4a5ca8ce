/**
 * The wire to the Loyalty API: one request out, one result back, never a retry of its own. It tells apart what
 * certainly did not leave from what may have arrived; what an answer means is decided elsewhere.
 */
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { TLSSocket } from 'node:tls';
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
	 * Asks for a connection of its own: on a reused one a request can be lost without a trace of whether it arrived, which
	 * matters for what must not be repeated.
	 */
	readonly freshConnection: boolean;
	/** Shorter than the usual limit, milliseconds. */
	readonly timeoutMs?: number;
}

const largestAnswerBytes = 4 * 1024 * 1024;

export class LoyaltyWire {
	readonly #settings: WireSettings;
	readonly #clock: Clock;
	#clockOffsetSeconds = 0;
	readonly #kept: { readonly http: HttpAgent; readonly https: HttpsAgent };

	constructor(settings: WireSettings, clock: Clock) {
		this.#settings = settings;
		this.#clock = clock;
		const options = { keepAlive: true, maxSockets: settings.concurrency * 2, timeout: 60_000 };
		this.#kept = { http: new HttpAgent(options), https: new HttpsAgent({ ...options, minVersion: 'TLSv1.2' }) };
	}

	/** From the last answer's Date header: how far this clock is ahead of theirs. 0 before the first answer. */
	get clockOffsetSeconds(): number {
		return this.#clockOffsetSeconds;
	}

	/** Undefined when a bare connection could be made. Never rejects. */
	probe(): Promise<LinkTrouble | undefined> {
		return probeConnection(this.#settings.baseUrl, this.#settings.timeoutMs);
	}

	/** Never rejects. */
	async send(request: WireRequest): Promise<WireResult> {
		let sent = false;
		const call = got.post(join(this.#settings.baseUrl, request.path), {
			body: request.body,
			headers: {
				...request.headers,
				'content-type': 'application/json',
				accept: 'application/json',
				'user-agent': 'lanekeeper',
				'x-api-key': this.#settings.apiKey,
			},
			agent: request.freshConnection ? oneTimeAgents() : this.#kept,
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
		try {
			const response = await call;
			this.#clockOffsetSeconds = clockOffsetSeconds(response.headers.date ?? '', this.#clock.now()) ?? this.#clockOffsetSeconds;
			return {
				kind: 'answered',
				status: response.statusCode,
				...retryAfter(response.headers['retry-after'], this.#clock.now()),
				text: decode(response.rawBody),
			};
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			return { kind: 'failed', sent, trouble: troubleOf(error instanceof TimeoutError ? 'ETIMEDOUT' : error.code, sent) };
		}
	}

	close(): void {
		this.#kept.http.destroy();
		this.#kept.https.destroy();
	}
}

/** From the first moment on which a byte of the request may be on its way: a connection that is ready, or was already. */
function whenBytesCanLeave(outgoing: ClientRequest, report: () => void): void {
	outgoing.once('socket', (socket) => {
		if (!socket.connecting && !(socket instanceof TLSSocket && socket.getProtocol() === null)) report();
		else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', report);
	});
}

function oneTimeAgents() {
	return { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false, minVersion: 'TLSv1.2' }) };
}

/** Undefined for what cannot be an answer of the Loyalty API: not UTF-8, or far too large. */
function decode(bytes: Uint8Array): string | undefined {
	if (bytes.length > largestAnswerBytes) return undefined;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
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
