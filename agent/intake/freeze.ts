/** From a call as it arrived to a delivery as it is frozen: everything that is decided at acceptance is decided here. */

import { type DeliveryId, provisionalCode } from '../../shared/ids.ts';
import type { BalanceSeen } from '../../shared/member-memo.ts';
import type { Settings } from '../../shared/settings-schema.ts';
import type { KeyContext, NaturalKey, Operation, Peek } from '../core/calls/operation.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { freeze } from '../core/frozen-request.ts';
import type { IncomingCall } from '../core/incoming-call.ts';
import { businessDayOf, dayAt } from '../core/instant.ts';
import { at, isJsonObject, type JsonObject } from '../core/json.ts';
import { withMemberAt } from '../core/json-edit.ts';
import type { NewDelivery, StoredKey } from '../core/records.ts';
import type { IntakeVault } from './ports.ts';

/** Name of the member that makes a repeated event recognisable, inside its payload. */
const eventIdName = 'idempotencyId';
const keptHeader = /^x-(source|return)-|^x-branch-id$|^x-pos-id$/;

/** The register's own words about itself, completed; these go with the call on every attempt. */
export function headersToSend(incoming: Pick<IncomingCall, 'headers'>, loyalty: Settings['loyalty']): Record<string, string> {
	const own = Object.entries(incoming.headers).filter(([name, value]) => keptHeader.test(name) && value !== '');
	const usual = { 'x-source-type': loyalty.sourceType, 'x-source-name': loyalty.sourceName, 'x-branch-id': loyalty.branchId, 'x-pos-id': loyalty.posId };
	return { ...usual, ...Object.fromEntries(own) };
}

/** A call that may be accepted, and what was found out about it. */
export interface Candidate {
	readonly id: DeliveryId;
	readonly acceptedAt: number;
	/** Of a corrected call: when the original was accepted. It decides the business day of a sale that names none. */
	readonly firstAcceptedAt?: number;
	readonly operation: Operation;
	readonly incoming: Pick<IncomingCall, 'identity' | 'text' | 'body' | 'query' | 'idempotencyKey'>;
	/** The body in the shop's dialect. What recognises the call is made of the register's own text all the same. */
	readonly sent: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly peek: Peek;
	/** Names of the offline rules it goes past. */
	readonly flags: readonly string[];
	/** Of a pay: as last seen before it. */
	readonly balance: BalanceSeen | undefined;
}

/** Nothing personal is left in the clear: contents are sealed, members and keys of a register hashed. */
export function freezeDelivery(candidate: Candidate, vault: IntakeVault, loyalty: Settings['loyalty']): NewDelivery {
	const { id, acceptedAt, operation, incoming, headers, peek, balance } = candidate;
	const body = operation.name === 'event' ? withEventId(candidate.sent, incoming.body, id) : candidate.sent;
	const context = keyContext(headers, peek, candidate.firstAcceptedAt ?? acceptedAt, loyalty);
	const cancelLane = operation.name === 'sale' ? vault.laneKey(codeLane(provisionalCode(id))) : undefined;
	return {
		id,
		operation: operation.name,
		tokenId: incoming.identity.tokenId,
		acceptedAt,
		transactionId: peek.transactionId,
		amountMinor: operation.name === 'sale' ? peek.amountMinor : undefined,
		cancelledCode: operation.cancels === undefined ? undefined : peek.confirmationCode,
		lanes: [...laneTexts(peek).map((text) => vault.laneKey(text)), ...(cancelLane === undefined ? [] : [cancelLane])],
		cancelLane,
		keys: [...operation.naturalKeys(peek, context).map((key) => storedKey(key, vault)), ...headerKey(operation, incoming, vault)],
		fingerprint: vault.fingerprint(canonicalJson(incoming.text)),
		sealedContent: vault.seal('content', id, freeze({ headers, query: incoming.query, body })),
		flags: candidate.flags,
		sealedBalance: balance && vault.seal('balance', id, JSON.stringify(balance)),
	};
}

/** What the lanes of a member are called, before they are hashed. */
export function memberLanes({ identifiers }: Peek): string[] {
	return identifiers.map(([field, value]) => `member:${field}:${value}`);
}

function laneTexts(peek: Peek): string[] {
	return [
		...memberLanes(peek),
		...(peek.transactionId === undefined ? [] : [`transaction:${peek.transactionId}`]),
		...(peek.confirmationCode === undefined ? [] : [codeLane(peek.confirmationCode)]),
	];
}

const codeLane = (code: string) => `code:${code}`;

function storedKey(key: NaturalKey, vault: IntakeVault): StoredKey {
	return { text: key.personal ? `hashed:${vault.lookupKey(key.text)}` : key.text, kind: key.until };
}

/** Whatever the register put there is hashed: it may hold anything. */
function headerKey(operation: Operation, incoming: Candidate['incoming'], vault: IntakeVault): StoredKey[] {
	if (incoming.idempotencyKey === undefined) return [];
	const scope = `header:${incoming.identity.tokenId}:${operation.call}:${incoming.idempotencyKey}`;
	return [{ text: `header:${vault.lookupKey(scope)}`, kind: 'header' }];
}

function keyContext(headers: Readonly<Record<string, string>>, peek: Peek, acceptedAt: number, loyalty: Settings['loyalty']): KeyContext {
	const branchId = headers['x-branch-id'] ?? '';
	const posId = headers['x-pos-id'] ?? '';
	if (loyalty.transactionIdScope === 'forever') return { branchId, posId };
	const soldOn = peek.soldAt === undefined ? undefined : businessDayOf(peek.soldAt, loyalty.timeZone);
	return { branchId, posId, day: soldOn ?? dayAt(acceptedAt, loyalty.timeZone) };
}

/** An event has no key of its own; one in its payload lets a report find doubles. The register's own is left alone. */
function withEventId(text: string, body: JsonObject, id: DeliveryId): string {
	const payload = at(body, 'event', 'payload');
	if (payload === undefined) return withMemberAt(text, ['event'], 'payload', { [eventIdName]: id });
	if (!isJsonObject(payload) || Object.hasOwn(payload, eventIdName)) return text;
	return withMemberAt(text, ['event', 'payload'], eventIdName, id);
}
