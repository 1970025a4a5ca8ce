/** A TLS line to a service of this machine that can be spoilt: refused, cut, a stranger at its other end, a version too old, somebody else. */
import { type IncomingMessage, type RequestListener, request } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { TestAuthority } from '../support/certificates.ts';
import { closed, listen } from '../support/listening.ts';
import type { LineState } from './case.ts';

const host = '127.0.0.1';
const authority = new TestAuthority();
const ours = authority.issue(host);
const stranger = new TestAuthority('Nobody knows this one').issue(host);

/** A server that makes of the line what the state says; undefined: nobody listens. */
function serverFor(state: LineState, forward: RequestListener): Server | undefined {
	const secure = (options: ServerOptions, answer = forward) => createHttpsServer(options, answer);
	switch (state) {
		case 'good':
			return secure(ours);
		case 'stranger':
			return secure(stranger);
		case 'old':
			return secure({ ...ours, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
		case 'foreign':
			return secure(ours, (incoming, outgoing) => {
				incoming.resume();
				outgoing.shouldKeepAlive = false;
				outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true,"data":{"confirmationCode":"FOREIGN"}}');
			});
		case 'cut':
			return createServer((socket) => socket.destroy());
		case 'refused':
			return undefined;
	}
}

export class TlsLine {
	/** PEM of the authority that vouches for the good line. */
	readonly authority = authority.certificate;
	readonly #target: URL;
	readonly #sockets = new Set<Socket>();
	#server: Server | undefined;
	#port = 0;

	private constructor(target: URL) {
		this.#target = target;
	}

	/** A good line, at a port of its own. */
	static async lay(target: URL): Promise<TlsLine> {
		const line = new TlsLine(target);
		await line.become('good');
		return line;
	}

	get baseUrl(): string {
		return `https://${host}:${this.#port}${this.#target.pathname}`;
	}

	/** At the same port as before. What was under way is cut. */
	async become(state: LineState): Promise<void> {
		await this.close();
		const server = serverFor(state, (incoming, outgoing) => {
			// One request for each connection: none is left over for a line that has changed meanwhile.
			outgoing.shouldKeepAlive = false;
			void this.#forward(incoming).then(
				(answer) => {
					const { connection: _kept, 'keep-alive': _howLong, ...headers } = answer.headers;
					outgoing.writeHead(answer.statusCode ?? 502, headers);
					answer.pipe(outgoing);
				},
				() => outgoing.destroy(),
			);
		});
		if (server === undefined) return;
		server.on('connection', (socket: Socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
		});
		this.#port = await listen(server, this.#port);
		this.#server = server;
	}

	async close(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		for (const socket of this.#sockets) socket.destroy();
		if (server !== undefined) await closed(server);
	}

	#forward(incoming: IncomingMessage): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const { host: _ours, connection: _each, ...headers } = incoming.headers;
			const outgoing = request({ host: this.#target.hostname, port: this.#target.port, path: incoming.url, method: incoming.method, headers }, resolve);
			outgoing.on('error', reject);
			incoming.pipe(outgoing);
		});
	}
}
