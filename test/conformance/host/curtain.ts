/** Stands before a sandbox as a host of a provider would: the calls go through, the switches are not there. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { closed, listen } from '../../support/listening.ts';

export interface Heard {
	readonly path: string;
	readonly key: string | undefined;
	readonly body: string;
}

export class Curtain {
	/** Every call that came. */
	readonly heard: Heard[] = [];
	readonly #server: Server;
	readonly #origin: URL;
	#port = 0;

	private constructor(origin: URL) {
		this.#origin = origin;
		this.#server = createServer((incoming, outgoing) => {
			void this.#answer(incoming).then(
				({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
				() => outgoing.destroy(),
			);
		});
	}

	static async before(origin: string): Promise<Curtain> {
		const curtain = new Curtain(new URL(origin));
		curtain.#port = await listen(curtain.#server);
		return curtain;
	}

	get baseUrl(): string {
		return `http://127.0.0.1:${this.#port}/v1/`;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await closed(this.#server);
	}

	async #answer(incoming: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
		const body = await bytesOf(incoming);
		const path = incoming.url ?? '/';
		if (!path.startsWith('/v1/')) return { status: 404, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Not Found</h1>') };
		this.heard.push({ path, key: incoming.headers['x-api-key']?.toString(), body: body.toString() });
		const { host: _ours, ...headers } = incoming.headers;
		const answer = await new Promise<IncomingMessage>((resolve, reject) => {
			const outgoing = request({ host: this.#origin.hostname, port: this.#origin.port, path, method: incoming.method, headers }, resolve);
			outgoing.on('error', reject);
			outgoing.end(body);
		});
		return { status: answer.statusCode ?? 502, headers: { 'content-type': answer.headers['content-type'] ?? '' }, body: await bytesOf(answer) };
	}
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of message) if (chunk instanceof Uint8Array) chunks.push(chunk);
	return Buffer.concat(chunks);
}
