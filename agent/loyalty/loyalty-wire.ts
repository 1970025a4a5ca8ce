/**
 * The wire to the Loyalty API: one request out, one result back, never a retry of its own. It tells apart what
 * certainly did not leave from what may have arrived; what an answer means is decided elsewhere.
 */
import type { AgentOptions, ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import got, { RequestError, TimeoutError } from 'got';
import type { Clock } from '../core/clock.ts';
import { clockOffsetSeconds } from '../core/clock-offset.ts';
import { parseInstant } from '../core/instant.ts';
import type { LinkTrouble } from '../core/link-trouble.ts';
import type { WireResult } from '../core/outcome.ts';
import { type Agents, agentsFor } from './agents.ts';
import { probeConnection } from './connection-probe.ts';
import { type Destination, destinationOf, isLoopback } from './destination.ts';
import { type Reached, troubleOf } from './trouble.ts';
import type { ProxyAddress } from './tunnel.ts';

export interface WireSettings {
	/** Base URL, with or without a slash at its end. */
	readonly baseUrl: string;
	/** Limit for one whole request, milliseconds. */
	readonly timeoutMs: number;
	/** Writes that may be under way at once; live calls come on top. */
	readonly concurrency: number;
	readonly apiKey: string;
	/** Of the shop network, where there is one. A Loyalty API on this machine is reached without it. */
	readonly proxy: ProxyAddress | undefined;
	/** Certificates, PEM, trusted besides those Node.js trusts. */
	readonly trusted: readonly string[];
}

export interface WireRequest {
	/** Below the base URL, beginning with a slash. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	/** JSON; sent as UTF-8. */
	readonly body: string;
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
	readonly #destination: Destination;
	readonly #proxy: ProxyAddress | undefined;
	#clockOffsetSeconds = 0;
	readonly #pools: { readonly deliveries: Agents; readonly questions: Agents };

	constructor(settings: WireSettings, clock: Clock) {
		this.#settings = settings;
		this.#clock = clock;
		this.#destination = destinationOf(settings.baseUrl, settings.trusted);
		this.#proxy = isLoopback(this.#destination) ? undefined : settings.proxy;
		const kept = { keepAlive: true, maxSockets: settings.concurrency * 2, timeout: 60_000 };
		this.#pools = { deliveries: this.#agents(kept, settings.timeoutMs), questions: this.#agents(kept, settings.timeoutMs) };
	}

	/** From the last answer's Date header: how far this clock is ahead of theirs. 0 before the first answer. */
	get clockOffsetSeconds(): number {
		return this.#clockOffsetSeconds;
	}

	/** Undefined when a bare connection could be made. Never rejects. */
	probe(): Promise<LinkTrouble | undefined> {
		return probeConnection(this.#destination, this.#proxy, { clock: this.#clock, timeoutMs: this.#settings.timeoutMs });
	}

	/** Rejects only by a mistake of the program. */
	async send(request: WireRequest): Promise<WireResult> {
		const seen: { reached: Reached; answeredAt: number | undefined } = { reached: 'nothing', answeredAt: undefined };
		const timeoutMs = Math.min(request.timeoutMs ?? Number.POSITIVE_INFINITY, this.#settings.timeoutMs);
		const tooLarge = new AbortController();
		const call = got.post(join(this.#settings.baseUrl, request.path), {
			body: Buffer.from(request.body),
			headers: {
				...request.headers,
				'content-type': 'application/json',
				accept: 'application/json',
				'accept-encoding': 'identity',
				'user-agent': 'lanekeeper',
				'x-api-key': this.#settings.apiKey,
			},
			agent: request.connection === 'single' ? this.#agents({ keepAlive: false }, timeoutMs) : this.#pools[request.connection],
			signal: tooLarge.signal,
			// Unpacking is done below, with a limit.
			decompress: false,
			timeout: { request: timeoutMs },
			retry: { limit: 0 },
			throwHttpErrors: false,
			followRedirect: false,
			responseType: 'buffer',
		});
		void call.on('request', (outgoing: ClientRequest) => {
			followConnection(outgoing, (reached) => {
				seen.reached = reached;
			});
		});
		void call.on('response', () => {
			// Not when the body has come as well: a slow one would look like a clock that is ahead.
			seen.answeredAt = this.#clock.now();
		});
		void call.on('downloadProgress', ({ transferred }) => {
			if (transferred > largestAnswerBytes) tooLarge.abort();
		});
		try {
			const response = await call;
			this.#clockOffsetSeconds = clockOffsetSeconds(response.headers.date ?? '', seen.answeredAt ?? this.#clock.now()) ?? this.#clockOffsetSeconds;
			return {
				kind: 'answered',
				status: response.statusCode,
				...retryAfter(response.headers['retry-after'], this.#clock.now()),
				text: readText(response.rawBody, response.headers['content-encoding']),
				isHtml: /^text\/html\b/i.test(response.headers['content-type'] ?? ''),
			};
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			const sent = seen.reached === 'sent';
			if (tooLarge.signal.aborted) return { kind: 'failed', sent, trouble: 'unreadable-answer' };
			return { kind: 'failed', sent, trouble: troubleOf(error instanceof TimeoutError ? 'ETIMEDOUT' : error.code, seen.reached) };
		}
	}

	/** `timeoutMs`: of the requests that use them. */
	#agents(options: AgentOptions, timeoutMs: number): Agents {
		return agentsFor(this.#destination, this.#proxy, { clock: this.#clock, timeoutMs }, options);
	}

	close(): void {
		for (const { http, https } of Object.values(this.#pools)) {
			http.destroy();
			https.destroy();
		}
	}
}

/**
 * Reports how far the request came. `sent` is said from the first moment on which a byte of it may be on its way: a
 * connection that is ready, or was already. One through a proxy is ready when it comes.
 */
function followConnection(outgoing: ClientRequest, report: (reached: Reached) => void): void {
	outgoing.once('socket', (socket) => {
		if (socket.destroyed) return;
		const isSecuring = socket instanceof TLSSocket && socket.getProtocol() === null;
		if (!socket.connecting && !isSecuring) return report('sent');
		if (socket instanceof TLSSocket) socket.once('connect', () => report('connected')).once('secureConnect', () => report('sent'));
		else socket.once('connect', () => report('sent'));
	});
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
