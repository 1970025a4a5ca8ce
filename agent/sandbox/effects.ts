/**
 * What a test needs to judge: which calls arrived, how often, with which bytes, and which of them really had an effect,
 * in what order. Noting one request costs the same however many came before. Reads are only counted.
 */
import { type OperationName, operationNames } from '../core/calls/operation.ts';
import { at, type JsonObject } from '../core/json.ts';
import type { CallContent, CallHeaders } from './arrival.ts';

/** All arrivals of one call. Only the functions of `Effects` change it. */
export interface Effect {
	readonly operation: OperationName;
	readonly key: string;
	readonly branchId: string | null;
	readonly posId: string | null;
	/** Of a cancel: of what it cancels, when that is known. */
	readonly transactionId: string | null;
	/** The identifiers given. */
	readonly member: JsonObject | null;
	/** How often it arrived. */
	requests: number;
	/** How often it really took effect. */
	applied: number;
	/** Global number, growing from 1, at which it first took effect. */
	order: number | null;
	/** The latest code answered; of a cancel the code it names. */
	confirmationCode: string | null;
	/** Whether what carries that code was cancelled. */
	cancelled: boolean;
	/** Hex SHA-256 of the raw bytes of each arrival. */
	readonly bodies: string[];
	/** Of an event. */
	readonly type?: unknown;
	readonly payload?: unknown;
}

export interface Effects {
	/** Notes one arrival. */
	arrived(content: CallContent, headers: CallHeaders): Effect;
	/** Counts an arrival whose body cannot be read. */
	unreadable(): undefined;
	/** Notes that a call took effect, with the code it was given. */
	applied(effect: Effect, confirmationCode?: string): void;
	cancelled(effect: Effect): void;
	/** Everything, or what belongs to one `transactionId`; totals are always of everything. */
	report(transactionId?: string): JsonObject;
}

const listNames = {
	sale: 'sales',
	cancelSale: 'cancels',
	cancelPay: 'cancels',
	pay: 'payments',
	register: 'registers',
	update: 'updates',
	event: 'events',
} as const;

export function createEffects(): Effects {
	const byKey = new Map<string, Effect>();
	const byTransaction = new Map<string, Effect[]>();
	const byCode = new Map<string, Effect>();
	const totals = Object.fromEntries(operationNames.map((name) => [name, { requests: 0, applied: 0 }]));
	let unreadable = 0;
	let order = 0;

	function open(content: CallContent, headers: CallHeaders): Effect {
		const effect = newEffect(content, headers, byCode.get(content.peek.confirmationCode ?? '')?.transactionId ?? null);
		if (content.operation.kind === 'read') return effect;
		byKey.set(effect.key, effect);
		if (effect.transactionId !== null) {
			const siblings = byTransaction.get(effect.transactionId);
			if (siblings === undefined) byTransaction.set(effect.transactionId, [effect]);
			else siblings.push(effect);
		}
		return effect;
	}

	return {
		arrived(content, headers) {
			const effect = byKey.get(content.key) ?? open(content, headers);
			effect.requests += 1;
			effect.bodies.push(content.sha256);
			count(totals, effect, 'requests');
			return effect;
		},
		unreadable() {
			unreadable += 1;
			return undefined;
		},
		applied(effect, confirmationCode) {
			effect.applied += 1;
			count(totals, effect, 'applied');
			order += 1;
			effect.order ??= order;
			if (confirmationCode === undefined) return;
			effect.confirmationCode = confirmationCode;
			effect.cancelled = false;
			byCode.set(confirmationCode, effect);
		},
		cancelled(effect) {
			effect.cancelled = true;
		},
		report(transactionId) {
			const effects = transactionId === undefined ? [...byKey.values()] : (byTransaction.get(transactionId) ?? []);
			return { totals: { ...totals, unreadable }, ...lists(effects) };
		},
	};
}

function newEffect({ operation, key, identifiers, peek, body }: CallContent, headers: CallHeaders, cancelledTransactionId: string | null): Effect {
	return {
		operation: operation.name,
		key,
		branchId: headers.branchId ?? null,
		posId: headers.posId ?? null,
		transactionId: peek.transactionId ?? cancelledTransactionId,
		member: identifiers.length === 0 ? null : Object.fromEntries(identifiers),
		requests: 0,
		applied: 0,
		order: null,
		confirmationCode: peek.confirmationCode ?? null,
		cancelled: false,
		bodies: [],
		...(operation.name === 'event' ? { type: at(body, 'event', 'type') ?? null, payload: at(body, 'event', 'payload') ?? null } : {}),
	};
}

function count(totals: Record<string, { requests: number; applied: number }>, effect: Effect, what: 'requests' | 'applied'): void {
	const total = totals[effect.operation];
	if (total !== undefined) total[what] += 1;
}

function lists(effects: readonly Effect[]): JsonObject {
	const found: Record<string, Effect[]> = { sales: [], cancels: [], payments: [], registers: [], updates: [], events: [] };
	for (const effect of effects) {
		if (effect.operation === 'details' || effect.operation === 'shortCode') continue;
		found[listNames[effect.operation]]?.push(effect);
	}
	return found;
}
