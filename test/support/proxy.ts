/** The HTTP proxy of a shop network: tunnels by CONNECT, with a password if wanted, and as troublesome as it is told to be. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { closed, listen } from './listening.ts';

export interface ProxyOptions {
	/** Where every tunnel leads, whatever host was asked for. */
	readonly targetPort: number;
	/** `user:password` it wants to see. */
	readonly credentials?: string;
}

export class ShopProxy {
	readonly #targetPort: number;
	readonly #sockets = new Set<Socket>();
	#server: Server | undefined;
	#port = 0;
	/** Changeable: what it wants to see from now on. */
	credentials: string | undefined;
	/** Answered to each CONNECT instead of a tunnel; `silence` answers nothing, `cut` hangs up. */
	answer: number | 'silence' | 'cut' | undefined;
	/** `host:port` of each CONNECT, in the order they came. */
	readonly asked: string[] = [];
	/** How many tunnels were opened. */
	tunnels = 0;

	private constructor({ targetPort, credentials }: ProxyOptions) {
		this.#targetPort = targetPort;
		this.credentials = credentials;
	}

	static async start(options: ProxyOptions): Promise<ShopProxy> {
		const proxy = new ShopProxy(options);
		await proxy.restore();
		return proxy;
	}

	get port(): number {
		return this.#port;
	}

	/** How many connections to it are open. */
	get connections(): number {
		return this.#sockets.size;
	}

	/** Listens again, at the same port. */
	async restore(): Promise<void> {
		const server = createServer((_request, response) => response.writeHead(400).end());
		server.on('connection', (socket: Socket) => this.#keep(socket));
		server.on('connect', (request: IncomingMessage, near: Socket) => this.#tunnel(request, near));
		this.#port = await listen(server, this.#port);
		this.#server = server;
	}

	/** Gone: nobody listens, and every tunnel ends in the middle of what was said. */
	async cut(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		this.cutTunnels();
		if (server !== undefined) await closed(server);
	}

	/** Ends what is open; new tunnels are welcome. */
	cutTunnels(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	#tunnel(request: IncomingMessage, near: Socket): void {
		this.asked.push(request.url ?? '');
		if (this.answer === 'silence') return;
		if (this.answer === 'cut') {
			near.destroy();
			return;
		}
		const status = this.answer ?? (this.#isWelcome(request) ? undefined : 407);
		if (status !== undefined) {
			near.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
			return;
		}
		this.tunnels += 1;
		const far = connect(this.#targetPort, '127.0.0.1', () => near.write('HTTP/1.1 200 Connection established\r\n\r\n'));
		this.#keep(far);
		near.once('close', () => far.destroy());
		far.once('close', () => near.destroy());
		near.pipe(far).pipe(near);
	}

	#isWelcome(request: IncomingMessage): boolean {
		if (this.credentials === undefined) return true;
		return request.headers['proxy-authorization'] === `Basic ${Buffer.from(this.credentials).toString('base64')}`;
	}

	#keep(socket: Socket): void {
		this.#sockets.add(socket);
		socket.once('close', () => this.#sockets.delete(socket));
		// The end of a cut connection is told by 'close'.
		socket.on('error', () => undefined);
	}
}
