/**
 * The ledger by itself, for whoever verifies or exports it: on a connection that cannot write, whether or not an agent
 * runs, one line at a time.
 */
import type Database from 'better-sqlite3';
import { deliveryIdFromBytes } from '../../shared/ids.ts';
import { ExitError } from '../core/exit.ts';
import { type HeadReading, type KeyedHash, LedgerCheck, type LedgerLine, type LedgerRow, type LedgerVerdict } from '../core/ledger.ts';
import { openForReading } from './database.ts';
import { headFileOf, keyedHash, readHead } from './ledger-head.ts';
import { bytes, DamagedRowError, fieldsOfRow, number, optionalText, text } from './rows.ts';

/** Latest moment a calendar of ECMAScript knows. */
const latestMs = 8.64e15;

export class LedgerReader {
	readonly #file: string;
	readonly #hash: KeyedHash;

	/** `key`: the ledger's, 32 bytes. */
	constructor(databaseFile: string, key: Uint8Array) {
		this.#file = databaseFile;
		this.#hash = keyedHash(key);
	}

	/**
	 * Every line that can be read, in order, as it was at one moment; returns what the chain is worth, once all were
	 * taken. Throws ExitError when the database cannot be read.
	 */
	*lines(): Generator<LedgerRow, LedgerVerdict> {
		// Before the lines: whatever the head names was committed earlier, so it must be among them.
		const check = new LedgerCheck(this.#hash, this.#head());
		const database = open(this.#file);
		try {
			for (const row of database.prepare('SELECT * FROM ledger ORDER BY number').iterate()) {
				const read = readRow(row);
				check.next(read);
				yield read;
			}
			return check.verdict();
		} catch (cause) {
			if (!isOfDatabase(cause)) throw cause;
			throw unreadable(this.#file, cause);
		} finally {
			database.close();
		}
	}

	/** What the chain is worth, from the first line to the last. */
	verify(): LedgerVerdict {
		const lines = this.lines();
		let step = lines.next();
		while (step.done !== true) step = lines.next();
		return step.value;
	}

	#head(): HeadReading {
		return readHead(headFileOf(this.#file), this.#hash);
	}
}

function open(file: string): Database.Database {
	try {
		return openForReading(file);
	} catch (cause) {
		throw unreadable(file, cause);
	}
}

function isOfDatabase(error: unknown): boolean {
	return error instanceof Error && error.name === 'SqliteError';
}

function unreadable(file: string, cause: unknown): ExitError {
	const reason = cause instanceof Error ? cause.message : String(cause);
	return new ExitError('data', `The ledger in ${file} cannot be read: ${reason}.`, { cause });
}

function readRow(row: unknown): LedgerRow {
	const fields = fieldsOfRow(row);
	return { number: number(fields, 'number'), line: readLine(fields), hash: bytes(fields, 'hash') };
}

/** Undefined where a value is none that this program writes. */
function readLine(fields: ReadonlyMap<string, unknown>): LedgerLine | undefined {
	try {
		const id = bytes(fields, 'id');
		const at = number(fields, 'at');
		if (id.length !== 16 || Math.abs(at) > latestMs) return undefined;
		return {
			number: number(fields, 'number'),
			at,
			sequence: number(fields, 'sequence'),
			deliveryId: deliveryIdFromBytes(id),
			operation: text(fields, 'operation'),
			tokenId: text(fields, 'token_id'),
			attempt: number(fields, 'attempt'),
			state: text(fields, 'state'),
			reason: text(fields, 'reason'),
			outcome: optionalText(fields, 'outcome'),
			trouble: optionalText(fields, 'trouble'),
			confirmationCode: optionalText(fields, 'confirmation_code'),
			person: optionalText(fields, 'person'),
		};
	} catch (error) {
		if (error instanceof DamagedRowError) return undefined;
		throw error;
	}
}
