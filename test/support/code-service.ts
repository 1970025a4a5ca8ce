/** A loyalty service that confirms everything, with the codes it is given: for what the sandbox never does. */
import { createServer, type Server } from 'node:http';

export class CodeService {
	readonly #server: Server;
	/** Of all calls, as they came. */
	readonly bodies: string[] = [];

	private constructor(codes: string[]) {
		this.#server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				this.bodies.push(Buffer.concat(chunks).toString());
				const confirmationCode = codes.shift();
				response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', confirmationCode }));
			});
		});
	}

	/** One code for each answer, in their order; then answers have none. */
	static async start(...codes: string[]): Promise<CodeService> {
		const service = new CodeService(codes);
		await new Promise<void>((resolve, reject) => {
			service.#server.once('error', reject);
			service.#server.listen(0, '127.0.0.1', resolve);
		});
		return service;
	}

	get baseUrl(): string {
		const address = this.#server.address();
		return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1/`;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}
}
