/** Reading on the main thread, on a connection that cannot write: single rows by key, short pages, no scans. */
import type Database from 'better-sqlite3';
import { type DeliveryId, deliveryIdToBytes } from '../../shared/ids.ts';
import type { DeliveryState } from '../../shared/local-api.ts';
import { type OperationName, operationNames } from '../core/calls/operation.ts';
import { operations } from '../core/calls/table.ts';
import type { Sequence } from '../core/lanes.ts';
import { type AttemptRecord, type DecisionRecord, type DeliveryQuery, type DeliveryRecord, decisionReasons } from '../core/records.ts';
import { areOpen, deliveryColumns, isOpen, number, oneOf, readDeliveries, type StoredDelivery, text } from './rows.ts';

export class Reader {
	readonly #database: Database.Database;
	readonly #statements: ReturnType<typeof prepare>;

	readonly #onDamage: (column: string) => void;

	/** `onDamage` is told of each row that cannot be read; the others are not held up by it. */
	constructor(database: Database.Database, onDamage: (column: string) => void) {
		this.#database = database;
		this.#statements = prepare(database);
		this.#onDamage = onDamage;
	}

	find(id: DeliveryId): StoredDelivery | undefined {
		return this.#readable(this.#statements.byId.all(deliveryIdToBytes(id)))[0];
	}

	bySequence(sequence: Sequence): StoredDelivery | undefined {
		return this.#readable(this.#statements.bySequence.all(sequence))[0];
	}

	payByCode(code: string): StoredDelivery | undefined {
		return this.#readable(this.#statements.payByCode.all(code))[0];
	}

	/** Deliveries in a state, in the order accepted, from behind `after`. Only for states that are indexed: not the final ones. */
	inState(state: DeliveryState, after: Sequence, limit: number): StoredDelivery[] {
		return this.#readable(this.#statements.inState.all(state, after, limit));
	}

	/** Those in a state that took another's place, in the order accepted. */
	displacedInState(state: DeliveryState): StoredDelivery[] {
		return this.#readable(this.#statements.displaced.all(state));
	}

	countInState(state: DeliveryState): number {
		return asNumber(this.#statements.countInState.get(state));
	}

	countRefusedUnseen(): number {
		return asNumber(this.#statements.countRefusedUnseen.get());
	}

	/** What waits, by operation; walks all of it, so it is asked once, at the start. */
	waitingByOperation(): Map<OperationName, { count: number; amountMinor: number }> {
		const sums = this.#statements.waitingByOperation.all().map(fieldsOf);
		return new Map(
			operationNames.map((name) => {
				const found = sums.find((fields) => fields.get('operation') === name);
				return [name, { count: asNumber(found?.get('count')), amountMinor: asNumber(found?.get('amount')) }];
			}),
		);
	}

	/** The first accepted of those of this operation that wait. */
	oldestWaiting(operation: OperationName): StoredDelivery | undefined {
		const found = (['queued', 'sending'] as const).flatMap((state) => this.#readable(this.#statements.oldestOf.all(state, operation)));
		return found.sort((a, b) => a.sequence - b.sequence)[0];
	}

	confirmedOn(day: string): number {
		return asNumber(this.#statements.confirmedOn.get(day));
	}

	/** Headers and body, sealed; undefined once erased. */
	content(sequence: Sequence): Uint8Array | undefined {
		return asBytes(this.#statements.content.get(sequence));
	}

	/** The Loyalty API's answer, sealed. */
	answer(sequence: Sequence): Uint8Array | undefined {
		return asBytes(this.#statements.answer.get(sequence));
	}

	setting(name: string): string | undefined {
		const value: unknown = this.#statements.setting.get(name);
		return typeof value === 'string' ? value : undefined;
	}

	attempts(sequence: Sequence): AttemptRecord[] {
		return this.#statements.attempts.all(sequence).map((row) => {
			const fields = fieldsOf(row);
			const outcome = fields.get('outcome');
			const cause = fields.get('trouble');
			const status = fields.get('http_status');
			const duration = fields.get('duration_ms');
			return {
				number: number(fields, 'number'),
				startedAt: number(fields, 'started_at'),
				outcome: outcome === 'confirmed' || outcome === 'refused' || outcome === 'notSent' || outcome === 'unknown' ? outcome : undefined,
				trouble: typeof cause === 'string' ? cause : undefined,
				httpStatus: typeof status === 'number' ? status : undefined,
				durationMs: typeof duration === 'number' ? duration : undefined,
			};
		});
	}

	lastKnown(member: string): { readonly seenAt: number; readonly sealed: Uint8Array } | undefined {
		const fields = fieldsOf(this.#statements.lastKnown.get(member));
		const sealed = asBytes(fields.get('sealed'));
		return sealed === undefined ? undefined : { seenAt: asNumber(fields.get('seen_at')), sealed };
	}

	payBalance(sequence: Sequence): { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined } {
		const fields = fieldsOf(this.#statements.payBalance.get(sequence));
		return { before: asBytes(fields.get('before')), after: asBytes(fields.get('after')) };
	}

	decisions(sequence: Sequence): DecisionRecord[] {
		return this.#statements.decisions.all(sequence).map((row) => {
			const fields = fieldsOf(row);
			return {
				at: number(fields, 'at'),
				person: text(fields, 'person'),
				what: oneOf(fields, 'reason', decisionReasons),
				sealedReason: asBytes(fields.get('sealed')),
			};
		});
	}

	/** Newest first. */
	list(query: DeliveryQuery): DeliveryRecord[] {
		const { conditions, values } = conditionsOf(query);
		const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
		const statement = this.#database.prepare(`SELECT ${deliveryColumns} FROM delivery AS d ${where} ORDER BY d.sequence DESC LIMIT ?`);
		return this.#readable(statement.all(...values, query.limit));
	}

	#readable(rows: readonly unknown[]): StoredDelivery[] {
		return readDeliveries(rows, this.#onDamage);
	}

	close(): void {
		this.#database.close();
	}
}

function conditionsOf(query: DeliveryQuery): { conditions: string[]; values: unknown[] } {
	const conditions: string[] = [];
	const values: unknown[] = [];
	const add = (condition: string, ...more: unknown[]) => {
		conditions.push(condition);
		values.push(...more);
	};
	if (query.states !== undefined) {
		add(`d.state IN (${query.states.map(() => '?').join(', ')})`, ...query.states);
		if (areOpen(query.states)) add(isOpen);
	}
	if (query.call !== undefined) {
		const names = operationNames.filter((name) => operations[name].call === query.call);
		add(`d.operation IN (${names.map(() => '?').join(', ')})`, ...names);
	}
	if (query.tokenId !== undefined) add('d.token_id = ?', query.tokenId);
	if (query.before !== undefined) add('d.sequence < ?', query.before);
	if (query.transactionId !== undefined) add('d.transaction_id = ?', query.transactionId);
	return { conditions, values };
}

function prepare(database: Database.Database) {
	const select = (rest: string) => database.prepare(`SELECT ${deliveryColumns} FROM delivery AS d ${rest}`);
	return {
		byId: select('WHERE d.id = ?'),
		bySequence: select('WHERE d.sequence = ?'),
		payByCode: select("WHERE d.confirmation_code = ? AND d.operation = 'pay'"),
		inState: select(`WHERE d.state = ? AND ${isOpen} AND d.sequence > ? ORDER BY d.sequence LIMIT ?`),
		oldestOf: select(`WHERE d.state = ? AND ${isOpen} AND d.operation = ? ORDER BY d.sequence LIMIT 1`),
		displaced: select('WHERE d.state = ? AND d.place < d.sequence ORDER BY d.sequence'),
		countInState: database.prepare(`SELECT count(*) FROM delivery AS d WHERE d.state = ? AND ${isOpen}`).pluck(),
		countRefusedUnseen: database.prepare(`SELECT count(*) FROM delivery AS d WHERE d.state = 'refused' AND ${isOpen} AND d.seen = 0`).pluck(),
		waitingByOperation: database.prepare(
			`SELECT d.operation, count(*) AS count, sum(d.amount_minor) AS amount FROM delivery AS d WHERE d.state IN ('queued', 'sending') AND ${isOpen} GROUP BY d.operation`,
		),
		confirmedOn: database.prepare('SELECT count FROM confirmed_per_day WHERE day = ?').pluck(),
		content: database.prepare('SELECT sealed FROM content WHERE sequence = ?').pluck(),
		answer: database.prepare('SELECT answer FROM content WHERE sequence = ?').pluck(),
		lastKnown: database.prepare('SELECT seen_at, sealed FROM last_known WHERE member = ?'),
		payBalance: database.prepare('SELECT before, after FROM pay_balance WHERE sequence = ?'),
		decisions: database.prepare(
			`SELECT l.at, l.person, l.reason, r.sealed FROM ledger AS l LEFT JOIN remark AS r ON r.number = l.number
			 WHERE l.sequence = ? AND l.person IS NOT NULL ORDER BY l.number`,
		),
		setting: database.prepare('SELECT value FROM setting WHERE name = ?').pluck(),
		attempts: database.prepare('SELECT number, started_at, outcome, trouble, http_status, duration_ms FROM attempt WHERE sequence = ? ORDER BY number'),
	};
}

function fieldsOf(row: unknown): ReadonlyMap<string, unknown> {
	return new Map<string, unknown>(typeof row === 'object' && row !== null ? Object.entries(row) : []);
}

function asNumber(value: unknown): number {
	return typeof value === 'number' ? value : 0;
}

function asBytes(value: unknown): Uint8Array | undefined {
	return value instanceof Uint8Array ? value : undefined;
}
