/** TLS in front of a plain service of this machine, with a certificate that can be changed while it runs. */
import { createServer, type Server } from 'node:tls';
import type { Issued } from './certificates.ts';
import { Joints } from './joints.ts';
import { closed, listen } from './listening.ts';

export class TlsFront {
	readonly #server: Server;
	readonly #joints = new Joints();
	#port = 0;
	/** Port of the plain service. */
	targetPort = 0;

	private constructor(issued: Issued) {
		this.#server = createServer(issued, (near) => this.#joints.join(near, this.targetPort));
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
		this.#joints.cut();
	}

	async close(): Promise<void> {
		this.#joints.cut();
		await closed(this.#server);
	}
}
