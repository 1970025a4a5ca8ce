/** A register: posts calls to the agent over HTTP and reads what it is told. */
export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	/** The parsed answer; tests say what they expect in it. */
	readonly json: Answered;
	readonly text: string;
}

/** The fields tests look at. */
export interface Answered {
	readonly status?: string;
	readonly confirmationCode?: string;
	readonly data?: Record<string, unknown>;
	readonly error?: { readonly code: string; readonly message: string; readonly path?: string };
	readonly agent?: {
		readonly state: string;
		readonly deliveryId?: string;
		readonly duplicate?: boolean;
		readonly link?: string;
		readonly waiting?: number;
		readonly sandbox?: boolean;
		readonly lastKnown?: { readonly name: string; readonly seenAt: string };
	};
	readonly [other: string]: unknown;
}

export class Till {
	readonly #baseUrl: string;
	readonly #token: string;

	constructor(baseUrl: string, token: string) {
		this.#baseUrl = baseUrl;
		this.#token = token;
	}

	/** A body as a text or as bytes goes out as it is. */
	post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
		return this.request(path, {
			method: 'POST',
			body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
			headers: { 'content-type': 'application/json', ...headers },
		});
	}

	get(path: string): Promise<Reply> {
		return this.request(path, { method: 'GET' });
	}

	sell(transactionId: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Reply> {
		return this.post('/v1/transaction', saleBody(transactionId, more), headers);
	}

	/** Whatever else a caller can send; it carries the token unless `init` brings another. */
	async request(path: string, init: RequestInit): Promise<Reply> {
		const response = await fetch(`${this.#baseUrl}${path}`, { ...init, headers: { 'x-api-key': this.#token, ...init.headers } });
		const text = await response.text();
		const json: Answered = text === '' ? {} : JSON.parse(text);
		return { status: response.status, headers: response.headers, json, text };
	}
}

export function saleBody(transactionId: string, more: Record<string, unknown> = {}): Record<string, unknown> {
	return { ...more, transaction: { transactionId, dateTime: '2026-11-23T10:00:00Z', totalAmount: 1250, ...Object(more['transaction']) } };
}

/** Cancels a sale, in the shape most pages show. */
export function cancelBody(confirmationCode: string | undefined): Record<string, unknown> {
	return { transaction: { action: 'cancel', confirmationCode } };
}

/** Of the delivery that an answer is about. */
export function idOf(reply: Reply): string {
	return reply.json.agent?.deliveryId ?? '';
}
