/** The line between a shop and its loyalty service, as a piece of cable that can be cut and mended. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { closed, listen } from './listening.ts';

export class Line {
	readonly #targetPort: number;
	readonly #sockets = new Set<Socket>();
	#server: Server | undefined;
	#port = 0;

	private constructor(targetPort: number) {
		this.#targetPort = targetPort;
	}

	/** A good line to a port of this machine, at a port of its own. */
	static async lay(targetPort: number): Promise<Line> {
		const line = new Line(targetPort);
		await line.mend();
		return line;
	}

	get port(): number {
		return this.#port;
	}

	/** Connections are refused from now on; those under way end in the middle of what they were saying. */
	async cut(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		for (const socket of this.#sockets) socket.destroy();
		if (server !== undefined) await closed(server);
	}

	/** Good again, at the same port. */
	async mend(): Promise<void> {
		const server = createServer((near) => this.#join(near));
		this.#port = await listen(server, this.#port);
		this.#server = server;
	}

	#join(near: Socket): void {
		const far = connect(this.#targetPort, '127.0.0.1');
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			this.#sockets.add(socket);
			socket.once('close', () => {
				this.#sockets.delete(socket);
				other.destroy();
			});
			// The end of a cut connection is told by 'close'.
			socket.on('error', () => undefined);
		}
		near.pipe(far).pipe(near);
	}
}
