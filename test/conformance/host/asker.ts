/** Asks a Loyalty API, or an agent in front of one, and reads its answers in all documented shapes. */
import { randomInt } from 'node:crypto';
import type { Answered } from '../../support/till.ts';

export interface Asked {
	readonly status: number;
	/** Undefined when the answer is no JSON object. */
	readonly json: Answered | undefined;
	readonly ms: number;
	/** How far this clock is ahead of theirs, from the Date header; undefined without one. */
	readonly clockOffsetSeconds: number | undefined;
}

export interface AskerOptions {
	/** Ends with a slash. */
	readonly baseUrl: string;
	readonly key: string;
	readonly branchId: string;
	readonly posId: string;
}

const patienceMs = 30_000;

export class Asker {
	readonly #options: AskerOptions;

	constructor(options: AskerOptions) {
		this.#options = options;
	}

	/** `path` is below the base URL. Rejects when nobody answers at all. */
	async ask(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Asked> {
		const { baseUrl, key, branchId, posId } = this.#options;
		const own = { 'x-api-key': key, 'x-branch-id': branchId, 'x-pos-id': posId, 'x-source-type': 'POS', 'x-source-name': 'lanekeeper-conformance' };
		const startedAt = performance.now();
		const response = await fetch(baseUrl + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...own, ...headers },
			body: JSON.stringify(body),
			redirect: 'manual',
			signal: AbortSignal.timeout(patienceMs),
		});
		const text = await response.text();
		const ms = Math.round(performance.now() - startedAt);
		return { status: response.status, json: readObject(text), ms, clockOffsetSeconds: clockOffset(response.headers.get('date')) };
	}
}

function readObject(text: string): Answered | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
		const answered: Answered = JSON.parse(text);
		return answered;
	} catch {
		// Not JSON: whoever asked is told so.
		return undefined;
	}
}

function clockOffset(date: string | null): number | undefined {
	const theirs = date === null ? Number.NaN : Date.parse(date);
	return Number.isNaN(theirs) ? undefined : Math.round((Date.now() - theirs) / 1_000);
}

/** Yes, no with a code, or nothing of the documented shapes. */
export type Verdict = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly code: string } | { readonly kind: 'unusable'; readonly status: number };

export function verdictOf({ status, json }: Asked): Verdict {
	const word = json?.status?.toLowerCase();
	if (status < 400 && (word === 'success' || word === 'ok')) return { kind: 'yes' };
	const code: unknown = Reflect.get(Object(json === undefined ? undefined : (firstError(json) ?? undefined)), 'code');
	if (typeof code !== 'string' && typeof code !== 'number') return { kind: 'unusable', status };
	// The other side's word: shown only if it looks like a code.
	return { kind: 'no', code: /^[\w.-]{1,64}$/.test(String(code)) ? String(code) : 'UNNAMED' };
}

function firstError({ error, errors }: Answered): unknown {
	return error ?? (Array.isArray(errors) ? errors[0] : undefined);
}

export function inWords(verdict: Verdict): string {
	if (verdict.kind === 'yes') return 'accepted';
	return verdict.kind === 'no' ? `refused with ${verdict.code}` : `answered with HTTP ${verdict.status} and no envelope`;
}

export function confirmationCodeIn({ json }: Asked): string | undefined {
	const code = json?.data?.['confirmationCode'] ?? json?.confirmationCode;
	return typeof code === 'string' || typeof code === 'number' ? String(code) : undefined;
}

/** Names for the made-up data of one run, which no other run uses. */
export class Names {
	readonly #run = String(randomInt(100_000, 1_000_000));
	#count = 0;

	next(): string {
		this.#count += 1;
		return `LK${this.#run}-${this.#count}`;
	}

	/** A phone number that nobody can have, because none begins so, and an address under a name that is reserved for examples. */
	nextMember(): MemberData {
		this.#count += 1;
		const number = String(this.#count).padStart(2, '0');
		return { phoneNumber: `00${this.#run}${number}`, email: `lanekeeper-${this.#run}-${number}@example.com` };
	}
}

/** At least one of the two. */
export interface MemberData {
	readonly phoneNumber?: string;
	readonly email?: string;
}
