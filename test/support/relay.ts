/** Something between a shop and its loyalty service that hands calls on, and can change or replace the answers. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { closed, listen } from './listening.ts';

export interface OtherAnswer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
}

export class Relay {
	readonly #server: Server;
	#port = 0;
	/** Of the service it hands calls on to. */
	targetPort = 0;
	/** How far its idea of the time is from the right one. */
	dateOffsetMs = 0;
	/** Given in place of the service's answers; calls are not handed on. */
	instead: OtherAnswer | undefined;

	private constructor() {
		this.#server = createServer(async (request, response) => {
			const chunks: Uint8Array[] = [];
			for await (const chunk of request) chunks.push(chunk);
			const { status, headers = {}, body = '' } = this.instead ?? (await this.#ask(request, chunks));
			response.writeHead(status, { ...headers, date: new Date(Date.now() + this.dateOffsetMs).toUTCString() }).end(body);
		});
	}

	static async start(): Promise<Relay> {
		const relay = new Relay();
		relay.#port = await listen(relay.#server);
		return relay;
	}

	get port(): number {
		return this.#port;
	}

	close(): Promise<void> {
		this.#server.closeAllConnections();
		return closed(this.#server);
	}

	async #ask({ url = '', headers: all }: IncomingMessage, chunks: readonly Uint8Array[]): Promise<OtherAnswer> {
		const headers = Object.entries(all).flatMap(([name, value]) => (/^(x-|content-type)/.test(name) ? [[name, String(value)] as [string, string]] : []));
		const answer = await fetch(`http://127.0.0.1:${this.targetPort}${url}`, { method: 'POST', headers, body: Buffer.concat(chunks) });
		return { status: answer.status, headers: { 'content-type': 'application/json' }, body: await answer.text() };
	}
}
