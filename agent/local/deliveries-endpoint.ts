/** Looking up what became of deliveries. A register sees those of its own token, a manager all. */

import { isDeliveryId } from '../../shared/ids.ts';
import { deliveryStates } from '../../shared/local-api.ts';
import { callNames } from '../core/calls/operation.ts';
import { viewAttempt, viewDecision, viewDelivery, viewPayJournal } from '../core/delivery-view.ts';
import { thaw } from '../core/frozen-request.ts';
import type { Identity } from '../core/identity.ts';
import { lastSentAt, readSeen } from '../core/pay-journal.ts';
import type { DecisionRecord, DeliveryQuery, DeliveryRecord } from '../core/records.ts';
import { type Exchange, sendJson } from './exchange.ts';
import type { LocalPorts } from './ports.ts';

const limits = { usual: 50, most: 500 } as const;

/** A page of deliveries, newest first. */
export function listDeliveries({ ports, response, url, identity, fail }: Exchange): void {
	const query = readQuery(url.searchParams, identity);
	if (typeof query === 'string') {
		fail({ code: 'INVALID_REQUEST', message: `The query parameter ${query}.`, path: `query.${query.split(' ')[0] ?? ''}` });
		return;
	}
	// One more than asked for tells whether there is a next page.
	const found = ports.deliveries.list({ ...query, limit: query.limit + 1 });
	const page = found.slice(0, query.limit);
	const last = page.at(-1);
	const nextCursor = found.length > page.length && last !== undefined ? String(last.sequence) : null;
	sendJson(response, 200, JSON.stringify({ deliveries: page.map((delivery) => view(ports, delivery)), nextCursor }));
}

/** One delivery; with include=body all there is of it, for a manager. */
export function showDelivery(exchange: Exchange): void {
	const { ports, response, url, id, identity, fail } = exchange;
	const isWholeWanted = url.searchParams.get('include') === 'body';
	if (isWholeWanted && identity.role !== 'manager') {
		fail({ code: 'FORBIDDEN', message: 'The body of a delivery is for a manager token only.', advice: 'Use the token in manager.token.' });
		return;
	}
	const delivery = isDeliveryId(id) ? ports.deliveries.find(id) : undefined;
	// Somebody else's delivery is answered like none, so that ids tell nothing.
	if (delivery === undefined || (identity.role === 'register' && delivery.tokenId !== identity.tokenId)) {
		fail({ code: 'NOT_FOUND', message: 'There is no such delivery.' });
		return;
	}
	sendJson(response, 200, isWholeWanted ? withContents(exchange, delivery) : deliveryText(exchange, delivery));
}

/** One delivery with its attempts, and for a manager with the decisions about it; nothing personal in it. */
export function deliveryText(exchange: Exchange, delivery: DeliveryRecord): string {
	return JSON.stringify(withHistory(exchange, delivery, () => undefined));
}

function withHistory({ ports, identity }: Exchange, delivery: DeliveryRecord, wordsOf: (record: DecisionRecord) => string | undefined) {
	const attemptLog = ports.deliveries.attempts(delivery.sequence).map(viewAttempt);
	const decisions = ports.deliveries.decisions(delivery.sequence).map((record) => viewDecision(record, wordsOf(record)));
	return { ...view(ports, delivery), attemptLog, ...(identity.role === 'manager' ? { decisions } : {}) };
}

/** Body and answer as they came, byte for byte; null where there is none, or none any more. */
function withContents(exchange: Exchange, delivery: DeliveryRecord): string {
	const { ports } = exchange;
	const { sequence, id } = delivery;
	const open = (purpose: 'content' | 'answer' | 'reason' | 'balance', sealed: Uint8Array | undefined) =>
		sealed === undefined ? undefined : ports.vault.open(purpose, id, sealed);
	const content = open('content', ports.deliveries.content(sequence));
	const request = content === undefined ? undefined : thaw(content);
	const answer = open('answer', ports.deliveries.answer(sequence));
	const { before, after } = ports.deliveries.payBalance(sequence);
	const look = (sealed: Uint8Array | undefined) => {
		const text = open('balance', sealed);
		return text === undefined ? undefined : readSeen(text);
	};
	const payJournal = viewPayJournal(delivery, look(before), look(after), lastSentAt(delivery, ports.deliveries.attempts(sequence)));
	const history = withHistory(exchange, delivery, (record) => open('reason', record.sealedReason));
	const shown = JSON.stringify({ ...history, ...(payJournal === undefined ? {} : { payJournal }), headers: request?.headers ?? null });
	return `${shown.slice(0, -1)},"body":${request?.body ?? 'null'},"answer":${answer ?? 'null'}}`;
}

function view(ports: LocalPorts, delivery: DeliveryRecord) {
	return viewDelivery(delivery, delivery.state === 'queued' ? ports.replay.nextAttemptAt(delivery.sequence) : undefined);
}

/** A text names the parameter that is wrong, and how. */
function readQuery(parameters: URLSearchParams, identity: Identity): DeliveryQuery | string {
	const states = list(parameters.get('state'), deliveryStates);
	if (states === 'unknown') return `state must be one of ${deliveryStates.join(', ')}`;
	const call = one(parameters.get('call'), callNames);
	if (call === 'unknown') return `call must be one of ${callNames.join(', ')}`;
	const limit = Number(parameters.get('limit') ?? limits.usual);
	if (!Number.isInteger(limit) || limit < 1 || limit > limits.most) return `limit must be a whole number from 1 to ${limits.most}`;
	const cursor = parameters.get('cursor');
	if (cursor !== null && !/^\d{1,15}$/.test(cursor)) return 'cursor must be the nextCursor of an earlier page';
	const transactionId = parameters.get('transactionId');
	return {
		limit,
		...(states === undefined ? {} : { states }),
		...(call === undefined ? {} : { call }),
		...(transactionId === null || transactionId === '' ? {} : { transactionId }),
		...(identity.role === 'register' ? { tokenId: identity.tokenId } : {}),
		...(cursor === null ? {} : { before: Number(cursor) }),
	};
}

function one<const Names extends readonly string[]>(text: string | null, allowed: Names): Names[number] | 'unknown' | undefined {
	return text === null || text === '' ? undefined : (allowed.find((name) => name === text) ?? 'unknown');
}

function list<const Names extends readonly string[]>(text: string | null, allowed: Names): Names[number][] | 'unknown' | undefined {
	if (text === null || text === '') return undefined;
	const found = text.split(',').map((part) => allowed.find((name) => name === part.trim()));
	return found.every((name) => name !== undefined) ? found : 'unknown';
}
