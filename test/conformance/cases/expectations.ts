/** What the rules say about each call, as data; the case files combine it with what happens to the call. */
import type { LinkStateName } from '../../../shared/local-api.ts';
import type { EveryCall } from '../calls.ts';
import type { Expected, Told } from '../case.ts';

export const kindOf: Readonly<Record<EveryCall, 'write' | 'pay' | 'read'>> = {
	register: 'write',
	update: 'write',
	details: 'read',
	sendCode: 'read',
	getCode: 'read',
	verifyCode: 'read',
	sale: 'write',
	cancelSale: 'write',
	pay: 'pay',
	cancelPay: 'write',
	event: 'write',
};

/** Where the documented answer to each call has its confirmation code, if it has one. */
export const documentedCode: Partial<Record<EveryCall, 'top' | 'data'>> = { sale: 'top', pay: 'data', cancelPay: 'data' };

/** What the sandbox counts as an effect of each call. A read has none, but a short code that is sent. */
const effectOf: Readonly<Record<EveryCall, 0 | 1>> = {
	register: 1,
	update: 1,
	details: 0,
	sendCode: 1,
	getCode: 0,
	verifyCode: 0,
	sale: 1,
	cancelSale: 1,
	pay: 1,
	cancelPay: 1,
	event: 1,
};

/** A second try of the same bytes, after a first one that had taken effect: what the service says, and what that means. */
const secondTry: Partial<Record<EveryCall, { readonly outcome: string; readonly state: 'confirmed' | 'doubtful'; readonly applied: number }>> = {
	register: { outcome: 'refused:204', state: 'confirmed', applied: 1 },
	// The same values again change nothing; the sandbox counts both.
	update: { outcome: 'confirmed', state: 'confirmed', applied: 2 },
	sale: { outcome: 'confirmed', state: 'confirmed', applied: 1 },
	cancelSale: { outcome: 'refused:ALREADY_CANCELLED', state: 'doubtful', applied: 1 },
	cancelPay: { outcome: 'refused:ALREADY_CANCELLED', state: 'doubtful', applied: 1 },
	// Its payload carries an id by which a report finds the double.
	event: { outcome: 'confirmed', state: 'confirmed', applied: 2 },
};

/** Refused after a try whose outcome is unknown. `code` is the service's. */
export function refusedAfterUnclear(call: EveryCall, code: string): 'confirmed' | 'refused' | 'doubtful' {
	if (call === 'cancelSale' || call === 'cancelPay') return 'doubtful';
	return call === 'register' && code === '204' ? 'confirmed' : 'refused';
}

export interface Trouble {
	readonly state: LinkStateName;
	readonly reason: string;
}

export const online: Trouble = { state: 'online', reason: 'ok' };
export const queued: Told = { status: 202, state: 'queued' };
const offline: Told = { status: 503, state: 'none', code: 'AGENT_OFFLINE', retryAfter: true };
const notCharged: Told = { ...offline, state: 'withdrawn' };
export const doubtful: Told = { status: 504, state: 'doubtful', code: 'OUTCOME_UNKNOWN' };

const orMoreIf = (orMore: boolean) => (orMore ? ({ orMore: true } as const) : {});

/** All went well, at once. */
export function succeeds(call: EveryCall, told: Partial<Told> = {}): Expected {
	const isRead = kindOf[call] === 'read';
	return {
		told: { status: 200, state: isRead ? 'none' : 'confirmed', word: 'success', ...told },
		link: online,
		...(isRead ? {} : { delivery: { state: 'confirmed', outcomes: ['confirmed'] } }),
		effects: { requests: 1, applied: effectOf[call] },
	};
}

/** The service understood and said no, on the first try. */
export function refuses(call: EveryCall, status: number, code: string): Expected {
	const isRead = kindOf[call] === 'read';
	return {
		told: { status, state: isRead ? 'none' : 'refused', word: 'error', code },
		link: online,
		...(isRead ? {} : { delivery: { state: 'refused', outcomes: [`refused:${code}`] } }),
		effects: { requests: 1, applied: 0 },
	};
}

/** Sent, and no usable answer: `tookEffect` says what nobody can know. The next try gets its real answer. */
export function staysUnclear(call: EveryCall, link: Trouble, tookEffect: boolean, orMore = false): Expected {
	const first = `unknown:${link.reason}`;
	const applied = tookEffect ? effectOf[call] : 0;
	if (kindOf[call] === 'read') return { told: offline, link, effects: { requests: 1, applied } };
	if (kindOf[call] === 'pay') return { told: doubtful, link, delivery: { state: 'doubtful', outcomes: [first] }, effects: { requests: 1, applied } };
	const second = tookEffect ? secondTry[call] : { outcome: 'confirmed', state: 'confirmed' as const, applied: 1 };
	if (second === undefined) throw new Error(`no rule for a second try of ${call}`);
	return {
		told: queued,
		link,
		delivery: { state: second.state, outcomes: [first, second.outcome], ...orMoreIf(orMore) },
		effects: { requests: 2, applied: second.applied, ...orMoreIf(orMore) },
	};
}

/** As `staysUnclear`, but in the service's envelope: a read passes on whatever the service itself said. */
export function reportsFault(call: EveryCall, link: Trouble, tookEffect: boolean, status: number): Expected {
	const unclear = staysUnclear(call, link, tookEffect);
	return kindOf[call] === 'read' ? { ...unclear, told: { status, state: 'none', word: 'error', code: '500' } } : unclear;
}

/** Certainly not acted on. `arrived`: the service saw the request and turned it away. */
export function isNotSent(call: EveryCall, link: Trouble, arrived: boolean): Expected {
	const first = `notSent:${link.reason}`;
	const seen = arrived ? 1 : 0;
	if (kindOf[call] === 'read') return { told: offline, link, effects: { requests: seen, applied: 0 } };
	if (kindOf[call] === 'pay') return { told: notCharged, link, delivery: { state: 'withdrawn', outcomes: [first] }, effects: { requests: seen, applied: 0 } };
	return {
		told: queued,
		link,
		delivery: { state: 'confirmed', outcomes: [first, 'confirmed'], ...orMoreIf(!arrived) },
		effects: { requests: seen + 1, applied: 1 },
	};
}

/** Not even tried, because a person or the link holds everything back. */
export function waits(call: EveryCall, link: Trouble): Expected {
	if (kindOf[call] === 'read') return { told: offline, link, effects: { requests: 0, applied: 0 } };
	if (kindOf[call] === 'pay') return { told: notCharged, link, delivery: { state: 'withdrawn', outcomes: [] }, effects: { requests: 0, applied: 0 } };
	return { told: queued, link, delivery: { state: 'confirmed', outcomes: ['confirmed'] }, effects: { requests: 1, applied: 1 } };
}
