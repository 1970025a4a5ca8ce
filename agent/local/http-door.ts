/** The HTTP door: loopback only, guarded, then routed. No business rule lives here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AgentObject } from '../../shared/local-api.ts';
import { errorAnswer, type OwnError } from '../core/answer.ts';
import { errorWords } from '../core/error-words.ts';
import { ExitError } from '../core/exit.ts';
import type { Identity } from '../core/identity.ts';
import { Allowance } from './allowance.ts';
import { headerOf, sendAnswer } from './exchange.ts';
import { guard } from './guard.ts';
import { listenOnLoopback } from './loopback.ts';
import type { LocalPorts } from './ports.ts';
import { findRoute, type Route, type RouteMatch } from './routes.ts';

/** A register with a wrong token asks now and then; 256 random bits take more. */
const guessPace = { burst: 30, perSecond: 0.5 } as const;
/** A screen that polls is far below. */
const readPace = { burst: 2_000, perSecond: 500 } as const;
const nobody: Identity = { tokenId: '', name: '', role: 'observer' };
const requestHeaders =
	'authorization, content-type, idempotency-key, x-api-key, x-branch-id, x-pos-id, x-source-type, x-source-name, x-return-assets, x-return-benefits';

export class HttpDoor {
	readonly #ports: LocalPorts;
	readonly #servers: Server[] = [];
	/** The answer last begun on each connection. */
	readonly #latest = new WeakMap<Socket, ServerResponse>();
	/** Of this door together: a guesser can open as many connections as it likes. */
	readonly #guesses: Allowance;
	readonly #reads = new Map<string, Allowance>();
	#port = 0;

	constructor(ports: LocalPorts) {
		this.#ports = ports;
		this.#guesses = new Allowance(ports.clock, guessPace);
	}

	/** The port it really listens on. */
	get port(): number {
		return this.#port;
	}

	/** Listens on 127.0.0.1 and, where the machine has it, on ::1. Rejects with ExitError when the port is taken. */
	async open(port: number): Promise<void> {
		try {
			const { port: actual, servers } = await listenOnLoopback(() => this.#createServer(), port);
			this.#port = actual;
			this.#servers.push(...servers);
		} catch (cause) {
			const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
			const advice = 'Stop the program that uses it, or set local.httpPort to another one (0 takes any free).';
			throw new ExitError('port', `Port ${port} cannot be opened (${code}). ${advice}`, { cause });
		}
	}

	/** Takes no new connections, lets running requests end for at most `graceMs`, then cuts the rest. */
	async close(graceMs: number): Promise<void> {
		const closed = Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
		for (const server of this.#servers) server.closeIdleConnections();
		const callOff = this.#ports.clock.after(graceMs, () => {
			for (const server of this.#servers) server.closeAllConnections();
		});
		await closed;
		callOff();
	}

	#createServer(): Server {
		// A missing Host is for the guard to refuse, in the words of this API; so is an expectation that nobody here knows.
		const server = createServer({
			headersTimeout: 10_000,
			requestTimeout: 30_000,
			connectionsCheckingInterval: 5_000,
			keepAliveTimeout: 65_000,
			maxHeaderSize: 16 * 1024,
			requireHostHeader: false,
		});
		for (const event of ['request', 'checkExpectation']) {
			server.on(event, (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response));
		}
		server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#answerGarbage(error, socket));
		return server;
	}

	/** Never rejects. */
	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		this.#latest.set(request.socket, response);
		try {
			await this.#route(request, response);
		} catch (error) {
			// A caller that went away in the middle of its body is no mistake of ours.
			if (request.destroyed && !request.complete) return;
			this.#ports.log.error('http.failed', { error: errorWords(error) });
			if (!response.headersSent) sendAnswer(response, errorAnswer({ code: 'INTERNAL_ERROR' }, this.#agentForStrangers()));
		}
	}

	async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const origin = headerOf(request, 'origin');
		const hosts = request.headersDistinct['host'] ?? [];
		const verdict = guard(hosts.length === 1 ? hosts[0] : undefined, origin, this.#port, this.#ports.allowedOrigins);
		if (!verdict.ok) return this.#refuse(request, response, { code: 'FORBIDDEN', message: verdict.message });
		if (origin !== undefined) allowOrigin(response, origin);
		const target = request.url ?? '';
		const url = /^\/(?!\/)/.test(target) ? URL.parse(target, 'http://127.0.0.1') : null;
		if (url === null) return this.#refuse(request, response, { code: 'NOT_FOUND' });
		if (request.method === 'OPTIONS' && origin !== undefined) return answerPreflight(response);
		const match = findRoute(request.method ?? '', url.pathname);
		if (match.kind === 'none') return this.#refuse(request, response, { code: 'NOT_FOUND' }, this.#identify(request));
		if (match.kind === 'otherMethods') {
			response.setHeader('Allow', match.allowed.join(', '));
			return this.#refuse(request, response, { code: 'METHOD_NOT_ALLOWED' }, this.#identify(request));
		}
		await this.#serve(match, url, request, response);
	}

	async #serve({ route, id }: Extract<RouteMatch, { kind: 'found' }>, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const identity = route.roles.length === 0 ? nobody : this.#identify(request);
		if (identity === undefined) return this.#refuseStranger(request, response);
		if (!mayUse(route, identity)) return this.#refuse(request, response, wrongRole(identity.role), identity);
		const reads = route.isRead === true ? this.#readsOf(identity) : undefined;
		if (reads?.take() === false) {
			const error = { code: 'TOO_MANY_REQUESTS', message: 'This token reads too often.', retryAfterSeconds: reads.retryAfterSeconds } as const;
			return this.#refuse(request, response, error, identity);
		}
		const fail = (error: OwnError) => sendAnswer(response, errorAnswer(error, this.#ports.intake.agentObject()));
		await route.answer({ ports: this.#ports, request, response, url, identity, id, fail });
	}

	/** Without a token it is a mistake, with a wrong one perhaps a guess: guesses are held back, a right token never is. */
	#refuseStranger(request: IncomingMessage, response: ServerResponse): void {
		const isGuess = headerOf(request, 'authorization') !== undefined || headerOf(request, 'x-api-key') !== undefined;
		const isHeldBack = isGuess && !this.#guesses.take();
		const { retryAfterSeconds } = this.#guesses;
		const tooMany = { code: 'TOO_MANY_REQUESTS', message: 'Too many calls came with a wrong token.', retryAfterSeconds } as const;
		this.#refuse(request, response, isHeldBack ? tooMany : { code: 'UNAUTHORIZED' });
	}

	#readsOf({ tokenId }: Identity): Allowance | undefined {
		// Nobody: readiness and liveness are for whoever watches.
		if (tokenId === '') return undefined;
		const found = this.#reads.get(tokenId) ?? new Allowance(this.#ports.clock, readPace);
		this.#reads.set(tokenId, found);
		return found;
	}

	/** To a stranger: nothing about how things stand. */
	#refuse(request: IncomingMessage, response: ServerResponse, error: OwnError, caller?: Identity): void {
		request.resume();
		// A body that nobody wants is not waited for.
		if (!request.complete) response.setHeader('Connection', 'close');
		sendAnswer(response, errorAnswer(error, caller === undefined ? this.#agentForStrangers() : this.#ports.intake.agentObject()));
	}

	#agentForStrangers(): AgentObject {
		return { state: 'none', ...(this.#ports.isSandbox ? { sandbox: true as const } : {}) };
	}

	/** Either header will do; a drop-in register may send both. */
	#identify(request: IncomingMessage): Identity | undefined {
		const bearer = /^Bearer +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
		for (const secret of [bearer, headerOf(request, 'x-api-key')]) {
			const identity = secret === undefined ? undefined : this.#ports.tokens.identify(secret);
			if (identity !== undefined) return identity;
		}
		return undefined;
	}

	/** What is not HTTP gets an answer, too, where the line is still good for one. */
	#answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
		if (error.code === 'ECONNRESET' || !socket.writable) {
			socket.destroy();
			return;
		}
		const latest = this.#latest.get(socket);
		if (latest?.req.complete === true && !latest.writableFinished) {
			// Garbage behind a whole call, such as the closing zero byte of a text: the call gets its own answer, then the line is closed.
			if (latest.headersSent) socket.end();
			else latest.setHeader('Connection', 'close');
			return;
		}
		const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
		const message = tooLong ? 'The headers are too long.' : 'This is not a valid HTTP request.';
		const { text } = errorAnswer({ code: 'INVALID_REQUEST', message }, this.#agentForStrangers());
		const status = tooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
		socket.end(
			`HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
		);
	}
}

function mayUse(route: Route, identity: Identity): boolean {
	return route.roles.length === 0 || route.roles.includes(identity.role);
}

function wrongRole(role: Identity['role']): OwnError {
	const advice = role === 'register' ? 'Use the token in manager.token.' : 'Use a token of the right role.';
	return { code: 'FORBIDDEN', message: `A token of the role ${role} may not do this.`, advice };
}

function allowOrigin(response: ServerResponse, origin: string): void {
	response.setHeader('Access-Control-Allow-Origin', origin);
	response.setHeader('Access-Control-Expose-Headers', 'Idempotency-Replayed, Retry-After');
	response.setHeader('Vary', 'Origin');
}

function answerPreflight(response: ServerResponse): void {
	response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, POST', 'Access-Control-Allow-Headers': requestHeaders, 'Access-Control-Max-Age': '600' });
	response.end();
}
