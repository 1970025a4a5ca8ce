/** A loyalty service that answers what it is told to, and keeps every request as it arrived. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

export interface RecordedRequest {
	/** Path and query. */
	readonly target: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface ScriptedAnswer {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: string;
}

export class RecordingService {
	readonly requests: RecordedRequest[] = [];
	readonly #server: Server;
	/** What is answered from now on. */
	answer: ScriptedAnswer = { body: '{"status":"success"}' };

	private constructor() {
		this.#server = createServer((request, response) => {
			request.setEncoding('utf8');
			let body = '';
			request.on('data', (chunk: string) => {
				body += chunk;
			});
			request.on('end', () => {
				this.requests.push({ target: request.url ?? '', headers: request.headers, body });
				response.writeHead(this.answer.status ?? 200, { 'content-type': 'application/json', ...this.answer.headers }).end(this.answer.body);
			});
		});
	}

	static async start(): Promise<RecordingService> {
		const service = new RecordingService();
		await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
		return service;
	}

	get baseUrl(): string {
		const address = this.#server.address();
		return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1/`;
	}

	get last(): RecordedRequest | undefined {
		return this.requests.at(-1);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
