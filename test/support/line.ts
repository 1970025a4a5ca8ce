/** The line between a shop and its loyalty service, as a piece of cable that can be cut and mended. */
import { createServer, type Server } from 'node:net';
import { Joints } from './joints.ts';
import { closed, listen } from './listening.ts';

export class Line {
	readonly #targetPort: number;
	readonly #joints = new Joints();
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
		this.#joints.cut();
		if (server !== undefined) await closed(server);
	}

	/** Good again, at the same port. */
	async mend(): Promise<void> {
		const server = createServer((near) => this.#joints.join(near, this.#targetPort));
		this.#port = await listen(server, this.#port);
		this.#server = server;
	}
}
