/** Rows of the database are data from outside: parsed by a schema before anybody believes them. */

import { deliveryIdFromBytes } from '../../shared/ids.ts';
import { type DeliveryState, deliveryStates } from '../../shared/local-api.ts';
import { operationNames } from '../core/calls/operation.ts';
import { errorWords } from '../core/error-words.ts';
import type { DeliveryRecord } from '../core/records.ts';

/** The columns every reader of a delivery asks for; `superseding` is the id of the newer delivery. */
export const deliveryColumns = `d.sequence, d.place, d.id, d.operation, d.state, d.reason, d.token_id, d.accepted_at, d.ended_at, d.transaction_id,
	d.amount_minor, d.lanes, d.cancel_lane, d.attempts, d.unknown_outcomes, d.last_outcome, d.confirmation_code, d.refusal_code, d.cancelled, d.flags,
	d.fingerprint, d.original, d.seen, (SELECT newer.id FROM delivery AS newer WHERE newer.sequence = d.superseded_by) AS superseding`;

const openStates: readonly DeliveryState[] = ['queued', 'sending', 'refused', 'doubtful'];

/** States in which deliveries are few compared with all: the index `delivery_open` covers them, for statements that say this condition in full. */
export const isOpen = `d.state IN (${openStates.map((state) => `'${state}'`).join(', ')})`;

export function areOpen(states: readonly DeliveryState[]): boolean {
	return states.every((state) => openStates.includes(state));
}

export interface StoredDelivery extends DeliveryRecord {
	readonly fingerprint: Uint8Array;
	readonly cancelled: boolean;
	/** Of a cancel: sequence of what it cancels. */
	readonly original: number | undefined;
	readonly seen: boolean;
}

/** A row that does not have the form this program writes: damage, or another program's hand. */
export class DamagedRowError extends Error {
	override name = 'DamagedRowError';
	/** What is wrong: `ROW`, or `COLUMN_` and its name. */
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/** Throws DamagedRowError. */
export function readDelivery(row: unknown): StoredDelivery {
	if (typeof row !== 'object' || row === null) throw new DamagedRowError('ROW', 'a delivery row is not an object');
	const fields = fieldsOfRow(row);
	const superseding = fields.get('superseding');
	const cancelLane = optionalNumber(fields, 'cancel_lane');
	return {
		sequence: number(fields, 'sequence'),
		place: number(fields, 'place'),
		id: deliveryIdFromBytes(bytes(fields, 'id')),
		operation: oneOf(fields, 'operation', operationNames),
		state: oneOf(fields, 'state', deliveryStates),
		reason: optionalText(fields, 'reason'),
		tokenId: text(fields, 'token_id'),
		acceptedAt: number(fields, 'accepted_at'),
		endedAt: optionalNumber(fields, 'ended_at'),
		transactionId: optionalText(fields, 'transaction_id'),
		amountMinor: optionalNumber(fields, 'amount_minor'),
		lanes: unpackLanes(bytes(fields, 'lanes')),
		cancelLane,
		attempts: number(fields, 'attempts'),
		unknownOutcomes: number(fields, 'unknown_outcomes'),
		lastOutcome: optionalText(fields, 'last_outcome'),
		confirmationCode: optionalText(fields, 'confirmation_code'),
		refusalCode: optionalText(fields, 'refusal_code'),
		flags: optionalText(fields, 'flags')?.split(',') ?? [],
		supersededBy: superseding instanceof Uint8Array ? deliveryIdFromBytes(superseding) : undefined,
		fingerprint: bytes(fields, 'fingerprint'),
		cancelled: number(fields, 'cancelled') === 1,
		original: optionalNumber(fields, 'original'),
		seen: number(fields, 'seen') === 1,
	};
}

/** Those that can be read, in their order: a damaged row must not keep the others from being seen and sent. `onDamage` is told of it. */
export function readDeliveries(rows: readonly unknown[], onDamage: (what: string) => void = () => undefined): StoredDelivery[] {
	return rows.flatMap((row) => {
		try {
			return [readDelivery(row)];
		} catch (error) {
			if (!(error instanceof DamagedRowError)) throw error;
			onDamage(errorWords(error));
			return [];
		}
	});
}

/** 8 bytes each: lane keys are whole numbers that a double holds exactly. */
export function packLanes(lanes: readonly number[]): Uint8Array {
	const packed = new DataView(new ArrayBuffer(lanes.length * 8));
	for (const [index, lane] of lanes.entries()) packed.setFloat64(index * 8, lane, true);
	return new Uint8Array(packed.buffer);
}

export function unpackLanes(packed: Uint8Array): number[] {
	const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
	return Array.from({ length: packed.byteLength / 8 }, (_, index) => view.getFloat64(index * 8, true));
}

type Fields = ReadonlyMap<string, unknown>;

export function fieldsOfRow(row: unknown): Fields {
	return new Map<string, unknown>(typeof row === 'object' && row !== null ? Object.entries(row) : []);
}

function damaged(name: string): DamagedRowError {
	return new DamagedRowError(`COLUMN_${name.toUpperCase()}`, `column ${name} of a delivery has an impossible value`);
}

export function number(fields: Fields, name: string): number {
	const value = fields.get(name);
	if (typeof value !== 'number') throw damaged(name);
	return value;
}

function optionalNumber(fields: Fields, name: string): number | undefined {
	return fields.get(name) === null ? undefined : number(fields, name);
}

export function text(fields: Fields, name: string): string {
	const value = fields.get(name);
	if (typeof value !== 'string') throw damaged(name);
	return value;
}

export function optionalText(fields: Fields, name: string): string | undefined {
	return fields.get(name) === null ? undefined : text(fields, name);
}

export function bytes(fields: Fields, name: string): Uint8Array {
	const value = fields.get(name);
	if (!(value instanceof Uint8Array)) throw damaged(name);
	return value;
}

export function oneOf<const Names extends readonly string[]>(fields: Fields, name: string, allowed: Names): Names[number] {
	const value = text(fields, name);
	const found = allowed.find((candidate) => candidate === value);
	if (found === undefined) throw damaged(name);
	return found;
}
