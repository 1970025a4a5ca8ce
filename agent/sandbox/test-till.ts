/** What the tests of this room share: a started sandbox, and a till that talks to it over real HTTP. */
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { FaultRule, SandboxSettings } from '../../shared/sandbox-schema.ts';
import type { Clock } from '../core/clock.ts';
import { at, isJsonObject, type JsonObject, readJsonObject } from '../core/json.ts';
import { startSandbox } from './sandbox.ts';

export const tillHeaders = {
	'content-type': 'application/json',
	'x-api-key': 'test-key',
	'x-branch-id': 'BR001',
	'x-pos-id': 'POS001',
	'x-source-type': 'POS',
	'x-source-name': 'test-till',
} as const;

interface TillAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: JsonObject;
}

/** Time of the machine, with a hand on it: `skip` lets the durations jump forward, and what became due is done. */
export function testClock(): Clock & { skip(ms: number): void; waiting(): number } {
	let skippedMs = 0;
	const elapsed = () => performance.now() + skippedMs;
	const timers = new Set<{ readonly dueMs: number; readonly fire: () => void }>();
	return {
		now: () => performance.timeOrigin + elapsed(),
		elapsed,
		after(delayMs, task) {
			const stop = () => {
				timers.delete(timer);
				clearTimeout(timeout);
			};
			const fire = () => {
				stop();
				task();
			};
			const timer = { dueMs: elapsed() + delayMs, fire };
			const timeout = setTimeout(fire, delayMs);
			timers.add(timer);
			return stop;
		},
		waiting: () => timers.size,
		skip(ms) {
			skippedMs += ms;
			for (const timer of [...timers]) if (timer.dueMs <= elapsed()) timer.fire();
		},
	};
}

/** Starts a sandbox that is closed when the test is over. */
export async function openTill() {
	const clock = testClock();
	const sandbox = await startSandbox({ port: 0, clock });
	onTestFinished(() => sandbox.close());
	const control = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${sandbox.port}/sandbox/${path}`, init);
	const send = (path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
		fetch(`${sandbox.baseUrl}${path}`, {
			method: 'POST',
			headers: { ...tillHeaders, ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			...(signal === undefined ? {} : { signal }),
		});
	return {
		clock,
		sandbox,
		control,
		/** The raw response, whatever it holds. */
		send,
		/** An answer that must be a JSON object. */
		async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<TillAnswer> {
			const response = await send(path, body, headers);
			const reading = readJsonObject(await response.text());
			if (!reading.ok) throw new Error(`the answer ${reading.problem}`);
			return { status: response.status, headers: response.headers, body: reading.value };
		},
		async set(settings: Partial<SandboxSettings>) {
			await must(control('settings', { method: 'PUT', body: JSON.stringify(settings) }));
		},
		async fault(...rules: FaultRule[]) {
			await must(control('faults', { method: 'PUT', body: JSON.stringify(rules) }));
		},
		/** One list of the effects answer, of everything or of one sale. */
		async effects(list: string, transactionId?: string): Promise<JsonObject[]> {
			const query = transactionId === undefined ? '' : `?transactionId=${encodeURIComponent(transactionId)}`;
			const found = at(await (await control(`effects${query}`)).json(), list);
			return Array.isArray(found) ? found.filter(isJsonObject) : [];
		},
		async totals(): Promise<unknown> {
			return at(await (await control('effects')).json(), 'totals');
		},
	};
}

export type Till = Awaited<ReturnType<typeof openTill>>;

async function must(answer: Promise<Response>): Promise<void> {
	const response = await answer;
	if (!response.ok) throw new Error(await response.text());
}

/** For what fetch hides or forbids: the status 407, the header Host. */
export function bareRequest(url: string, options: RequestOptions, body = ''): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const sent = request(url, options, (response) => {
			response.resume();
			resolve(response);
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

export const ana = { phoneNumber: '600100200' } as const;

export function aSale(transactionId: string, totalAmount = 5_000) {
	return {
		member: ana,
		transaction: {
			transactionId,
			dateTime: '2026-07-01T13:45:00Z',
			totalAmount,
			items: [{ lineId: '1', code: 'PLU123', name: 'Burger', quantity: 1, subtotal: totalAmount, total: totalAmount, tags: [] }],
			payments: [{ type: 'CASH', amount: totalAmount }],
		},
	};
}

/** Ana's balance, as the register would see it. */
export async function pointsOfAna(till: Till): Promise<unknown> {
	return at((await till.post('member/details', { member: ana })).body, 'member', 'points');
}

/** The code of a refusal, in the single-object envelope. */
export function codeOf(answer: TillAnswer): unknown {
	return at(answer.body, 'error', 'code');
}
