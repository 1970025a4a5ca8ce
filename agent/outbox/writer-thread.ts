/**
 * The writing thread. It owns the only connection that writes. Commands that arrive while a flush is under way are
 * gathered and share the next one: one transaction, one flush, then all their replies.
 */
import { existsSync } from 'node:fs';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { errorWords } from '../core/error-words.ts';
import { goesOnFrom, type HeadReading, noLines } from '../core/ledger.ts';
import { assertFlushing, NewerDatabaseError, openForWriting } from './database.ts';
import { execute } from './execute.ts';
import { Journal } from './journal.ts';
import { HeadKeeper, headFileOf, keyedHash, readHead } from './ledger-head.ts';
import type { Failure, Order, Reply, Request, ThreadMessage, ThreadOptions } from './protocol.ts';
import { prepareStatements } from './statements.ts';

/** Bounds the time one transaction can take, and with it the wait of those that come behind. */
const largestBatch = 512;

class Writer {
	readonly #database: Database.Database;
	readonly #journal: Journal;
	readonly #port: MessagePort;
	readonly #headKeeper: HeadKeeper;
	#flushingProven = false;
	/** The head that was found is the only witness of lines that are gone: it is not written over. */
	#keepsHead = false;

	constructor(database: Database.Database, port: MessagePort, journal: Journal, headKeeper: HeadKeeper) {
		this.#database = database;
		this.#journal = journal;
		this.#port = port;
		this.#headKeeper = headKeeper;
	}

	/** From now on the head is kept, unless the ledger does not go on from the one that was found. */
	takeUp(found: HeadReading): void {
		const { statements } = this.#journal;
		this.#keepsHead = goesOnFrom(found, (number) => bytesOf(statements.hashOfLine.get(number)));
		if (this.#keepsHead) void this.#keepHead();
		else this.#send({ type: 'trouble', trouble: 'ledger-replaced' });
	}

	/** `first` and whatever else has arrived by now. */
	work(first: Order): void {
		const batch: Request[] = [];
		let keepsHead = false;
		let next: Order | undefined = first;
		while (next !== undefined && next !== 'close') {
			if (next === 'keepHead') keepsHead = true;
			else batch.push(next);
			next = batch.length < largestBatch ? this.#receive() : undefined;
		}
		if (batch.length > 0) this.#send({ type: 'replies', replies: this.#commit(batch) });
		if (next === 'close') void this.#close();
		else if (keepsHead) void this.#keepHead();
	}

	#receive(): Order | undefined {
		const received: { message: Order } | undefined = receiveMessageOnPort(this.#port);
		return received?.message;
	}

	#commit(batch: readonly Request[]): Reply[] {
		try {
			const replies = this.#database.transaction(() => batch.map((request) => this.#run(request))).immediate();
			if (!this.#flushingProven) {
				assertFlushing(this.#database);
				this.#flushingProven = true;
			}
			return replies;
		} catch (error) {
			this.#journal.dropChanges();
			const failure = failureOf(error);
			const [only] = batch;
			if (batch.length > 1 && failure.kind === 'bug') return batch.flatMap((request) => this.#commit([request]));
			if (batch.length > 1 || only === undefined) return batch.map(({ number }) => ({ number, ok: false, failure }));
			return [{ number: only.number, ok: false, failure }];
		}
	}

	#run({ number, command }: Request): Reply {
		return { number, ok: true, result: execute(this.#journal, command), changes: this.#journal.takeChanges() };
	}

	#send(message: ThreadMessage): void {
		this.#port.postMessage(message);
	}

	/** Runs beside the commits: they do not wait for its flush. */
	async #keepHead(): Promise<void> {
		if (!this.#keepsHead) return;
		try {
			await this.#headKeeper.keep(this.#journal.head);
		} catch {
			this.#send({ type: 'trouble', trouble: 'ledger-unreadable' });
		}
	}

	async #close(): Promise<void> {
		await this.#keepHead();
		this.#database.close();
		this.#port.close();
	}
}

function failureOf(error: unknown): Failure {
	if (error instanceof Database.SqliteError && /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|NOMEM|BUSY)/.test(error.code)) {
		return { kind: 'storage', message: error.code };
	}
	return { kind: 'bug', message: errorWords(error) };
}

function bytesOf(value: unknown): Uint8Array | undefined {
	return value instanceof Uint8Array ? value : undefined;
}

async function openIn(port: MessagePort, options: ThreadOptions): Promise<void> {
	const say = (message: ThreadMessage) => port.postMessage(message);
	let writer: Writer;
	try {
		const { file, rules, ledgerKey } = options;
		const hash = keyedHash(ledgerKey);
		const headKeeper = new HeadKeeper(headFileOf(file), hash, () => say({ type: 'trouble', trouble: 'head-not-kept' }));
		// A head stands before the first line is written, so that one that is missing later was taken away.
		if (!existsSync(file) && readHead(headFileOf(file), hash) === 'missing') await headKeeper.keep(noLines);
		const database = openForWriting(file);
		writer = new Writer(database, port, new Journal(prepareStatements(database), rules, hash), headKeeper);
		writer.takeUp(readHead(headFileOf(file), hash));
	} catch (error) {
		say({ type: 'cannotOpen', failure: error instanceof NewerDatabaseError ? { kind: 'newer', message: error.message } : failureOf(error) });
		return;
	}
	port.on('message', (message: Order) => writer.work(message));
	say({ type: 'ready' });
}

if (parentPort === null) throw new Error('this module runs only as a thread of the outbox');
await openIn(parentPort, workerData);
