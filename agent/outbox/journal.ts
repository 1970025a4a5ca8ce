/**
 * One transaction's view of the database: reads deliveries, applies events to them by compare-and-set with a ledger
 * line each, and collects what changed for the counts in memory.
 */

import { type DeliveryId, deliveryIdToBytes } from '../../shared/ids.ts';
import type { DeliveryState } from '../../shared/local-api.ts';
import type { OperationName } from '../core/calls/operation.ts';
import { operations } from '../core/calls/table.ts';
import { type Change, type DeliveryEvent, isFinal, nextState } from '../core/delivery.ts';
import type { KeyKind } from '../core/idempotency.ts';
import { hashOfLine, type KeyedHash, type LedgerHead, type LedgerLine, noLines } from '../core/ledger.ts';
import type { StoredKey } from '../core/records.ts';
import type { ShopRules } from '../core/shop-rules.ts';
import type { StateChange } from './protocol.ts';
import { bytes, DamagedRowError, fieldsOfRow, number, readDelivery, type StoredDelivery, text } from './rows.ts';
import type { Statements } from './statements.ts';

/** What is stored beside a change of state. */
export interface ChangeDetails {
	readonly lastOutcome?: string;
	readonly confirmationCode?: string | undefined;
	readonly refusalCode?: string;
	readonly seen?: boolean;
	/** Of the attempt that ends with it. */
	readonly attemptEnd?: AttemptEndNote;
	readonly by?: Person;
}

export interface AttemptEndNote {
	readonly outcome: string;
	/** The trouble, or the refusal's code. */
	readonly trouble: string | undefined;
}

/** What a line of the ledger says beside its delivery. */
export interface Note extends Pick<ChangeDetails, 'confirmationCode' | 'attemptEnd' | 'by'> {
	readonly state: DeliveryState;
	readonly reason: string;
	readonly attempt: number;
}

/** Who decided, and why: the name stays in the ledger, the words beside the body. */
export interface Person {
	readonly name: string;
	readonly sealedReason: Uint8Array;
}

const keyKinds: readonly string[] = ['kept', 'open', 'spent', 'header'] satisfies KeyKind[];

export class Journal {
	readonly statements: Statements;
	readonly rules: ShopRules;
	readonly #hash: KeyedHash;
	#lastSequence: number;
	/** Undefined until the next use: what a transaction wrote that was rolled back is not in the chain. */
	#head: LedgerHead | undefined;
	#changes: StateChange[] = [];

	/** `hash` binds each line of the ledger to the one before. */
	constructor(statements: Statements, rules: ShopRules, hash: KeyedHash) {
		this.statements = statements;
		this.rules = rules;
		this.#hash = hash;
		this.#lastSequence = numberOrZero(statements.lastSequence.get());
	}

	/** The changes since the last call. */
	takeChanges(): readonly StateChange[] {
		const changes = this.#changes;
		this.#changes = [];
		return changes;
	}

	/** Forgets changes of a transaction that was rolled back. Sequences given meanwhile stay unused. */
	dropChanges(): void {
		this.#changes = [];
		this.#head = undefined;
	}

	/** The last line of the ledger. */
	get head(): LedgerHead {
		this.#head ??= readLastLine(this.statements.lastLine.get());
		return this.#head;
	}

	changed(change: StateChange): void {
		this.#changes.push(change);
	}

	nextSequence(): number {
		this.#lastSequence += 1;
		return this.#lastSequence;
	}

	/** Throws when there is no such delivery: callers got the number from here. */
	read(sequence: number): StoredDelivery {
		return readDelivery(this.statements.bySequence.get(sequence));
	}

	findById(id: DeliveryId): StoredDelivery | undefined {
		const row = this.statements.byId.get(deliveryIdToBytes(id));
		return row === undefined ? undefined : readDelivery(row);
	}

	/** Cancels that wait for this one. */
	cancelsOf(sequence: number): StoredDelivery[] {
		return this.statements.cancelsOf.all(sequence).map(readDelivery);
	}

	findByCode(code: string, operation: OperationName): StoredDelivery | undefined {
		const row = this.statements.byCode.get(code, operation);
		return row === undefined ? undefined : readDelivery(row);
	}

	findByKey(text: string): { readonly stored: StoredDelivery; readonly kind: KeyKind }[] {
		return this.statements.byKey.all(text).map((row) => ({ stored: readDelivery(row), kind: readKeyKind(row) }));
	}

	keysOf(sequence: number): StoredKey[] {
		return this.statements.keysOf.all(sequence).map((row) => ({ text: text(new Map(Object.entries(Object(row))), 'text'), kind: readKeyKind(row) }));
	}

	/** Undefined when the event is not possible in the delivery's state: nothing was changed. */
	apply(sequence: number, event: DeliveryEvent, at: number, details: ChangeDetails = {}): StoredDelivery | undefined {
		const before = this.read(sequence);
		const change = nextState(operations[before.operation], before, event, this.rules);
		if (change === undefined) return undefined;
		this.#store(before, change, event.type === 'attemptStarted' ? before.attempts + 1 : before.attempts, at, details);
		return this.read(sequence);
	}

	#store(before: StoredDelivery, change: Change, attempts: number, at: number, details: ChangeDetails): void {
		const { state } = change;
		const { changes } = this.statements.change.run({
			sequence: before.sequence,
			from: before.state,
			state,
			reason: change.reason,
			attempts,
			unknownOutcomes: change.unknownOutcomes,
			endedAt: isFinal(state) ? at : null,
			lastOutcome: details.lastOutcome ?? null,
			confirmationCode: details.confirmationCode ?? null,
			refusalCode: details.refusalCode ?? null,
			seen: details.seen === true ? 1 : 0,
		});
		if (changes !== 1) throw new Error('a delivery changed inside the transaction that changes it');
		this.note(at, before, { ...details, state, reason: change.reason, attempt: attempts });
		this.changed({
			sequence: before.sequence,
			operation: before.operation,
			amountMinor: before.amountMinor ?? 0,
			from: before.state,
			to: state,
			seen: details.seen === true || before.seen,
		});
	}

	/** The older one, refused or withdrawn, gave way to a newer delivery under the same key. */
	supersede(older: StoredDelivery, newer: number): void {
		this.statements.supersede.run(newer, older.sequence);
		const { sequence, operation, state, seen } = older;
		if (state !== 'refused' || seen) return;
		this.changed({ sequence, operation, amountMinor: 0, from: state, to: state, seen: false, nowSeen: true });
	}

	/** One line of the ledger. */
	note(at: number, delivery: Pick<LedgerLine, 'sequence' | 'tokenId'> & { id: DeliveryId; operation: OperationName }, note: Note): void {
		const { head } = this;
		const { sequence, id, operation, tokenId } = delivery;
		const { state, reason, attempt, confirmationCode, attemptEnd, by } = note;
		const { outcome, trouble } = attemptEnd ?? { outcome: undefined, trouble: undefined };
		const facts = { number: head.number + 1, at, sequence, operation, tokenId, attempt, state, reason };
		const line: LedgerLine = { ...facts, deliveryId: id, outcome, trouble, confirmationCode, person: by?.name };
		const hash = hashOfLine(this.#hash, head.hash, line);
		this.statements.insertLedger.run({
			...facts,
			id: deliveryIdToBytes(id),
			outcome: outcome ?? null,
			trouble: trouble ?? null,
			confirmationCode: confirmationCode ?? null,
			person: by?.name ?? null,
			hash,
		});
		this.#head = { number: line.number, hash };
		if (by !== undefined) this.statements.insertRemark.run(line.number, sequence, by.sealedReason);
	}
}

function readLastLine(row: unknown): LedgerHead {
	if (row === undefined) return noLines;
	const fields = fieldsOfRow(row);
	return { number: number(fields, 'number'), hash: bytes(fields, 'hash') };
}

function readKeyKind(row: unknown): KeyKind {
	const kind: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'key_kind') : undefined;
	if (!isKeyKind(kind)) throw new DamagedRowError('COLUMN_KIND', 'column kind of a key has an impossible value');
	return kind;
}

function isKeyKind(kind: unknown): kind is KeyKind {
	return typeof kind === 'string' && keyKinds.includes(kind);
}

function numberOrZero(value: unknown): number {
	return typeof value === 'number' ? value : 0;
}
