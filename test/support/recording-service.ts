/** A loyalty service that answers what it is told to, and keeps every request as it arrived. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { closed, listen } from './listening.ts';

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
	#port = 0;
	/** Given first, each once. */
	readonly firstAnswers: ScriptedAnswer[] = [];
	/** What is answered from then on. */
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
				const { status = 200, headers, body: answered } = this.firstAnswers.shift() ?? this.answer;
				response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answered);
			});
		});
	}

	static async start(): Promise<RecordingService> {
		const service = new RecordingService();
		service.#port = await listen(service.#server);
		return service;
	}

	get baseUrl(): string {
		return `http://127.0.0.1:${this.#port}/v1/`;
	}

	get last(): RecordedRequest | undefined {
		return this.requests.at(-1);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await closed(this.#server);
	}
}
