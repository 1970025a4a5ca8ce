/** TLS in front of a plain service of this machine, with a certificate that can be changed while it runs. */
import { connect, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import type { Issued } from './certificates.ts';
import { closed, listen } from './listening.ts';

export class TlsFront {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#port = 0;
	/** Port of the plain service. */
	targetPort = 0;

	private constructor(issued: Issued) {
		this.#server = createServer(issued, (near) => {
			const far = connect(this.targetPort, '127.0.0.1');
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
		});
		// A client that does not like the certificate hangs up.
		this.#server.on('tlsClientError', () => undefined);
	}

	static async start(issued: Issued): Promise<TlsFront> {
		const front = new TlsFront(issued);
		front.#port = await listen(front.#server);
		return front;
	}

	get port(): number {
		return this.#port;
	}

	/** From now on shown to each new connection; those under way end. */
	show(issued: Issued): void {
		this.#server.setSecureContext(issued);
		for (const socket of this.#sockets) socket.destroy();
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await closed(this.#server);
	}
}
