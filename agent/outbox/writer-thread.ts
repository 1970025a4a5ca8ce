/**
 * The writing thread. It owns the only connection that writes. Commands that arrive while a flush is under way are
 * gathered and share the next one: one transaction, one flush, then all their replies.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { errorWords } from '../core/error-words.ts';
import type { ShopRules } from '../core/shop-rules.ts';
import { assertFlushing, NewerDatabaseError, openForWriting } from './database.ts';
import { execute } from './execute.ts';
import { Journal } from './journal.ts';
import type { Failure, Reply, Request, ThreadMessage, ThreadOptions } from './protocol.ts';
import { prepareStatements } from './statements.ts';

/** Bounds the time one transaction can take, and with it the wait of those that come behind. */
const largestBatch = 512;

class Writer {
	readonly #database: Database.Database;
	readonly #journal: Journal;
	readonly #port: MessagePort;
	#flushingProven = false;

	constructor(database: Database.Database, port: MessagePort, rules: ShopRules) {
		this.#database = database;
		this.#journal = new Journal(prepareStatements(database), rules);
		this.#port = port;
	}

	/** `first` and whatever else has arrived by now. */
	work(first: Request | 'close'): void {
		const batch: Request[] = [];
		let next: Request | 'close' | undefined = first;
		while (next !== undefined && next !== 'close') {
			batch.push(next);
			next = batch.length < largestBatch ? this.#receive() : undefined;
		}
		if (batch.length > 0) this.#send({ type: 'replies', replies: this.#commit(batch) });
		if (next === 'close') this.#close();
	}

	#receive(): Request | 'close' | undefined {
		const received: { message: Request | 'close' } | undefined = receiveMessageOnPort(this.#port);
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

	#close(): void {
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

function openIn(port: MessagePort, { file, rules }: ThreadOptions): void {
	const say = (message: ThreadMessage) => port.postMessage(message);
	let writer: Writer;
	try {
		writer = new Writer(openForWriting(file), port, rules);
	} catch (error) {
		say({ type: 'cannotOpen', failure: error instanceof NewerDatabaseError ? { kind: 'newer', message: error.message } : failureOf(error) });
		return;
	}
	port.on('message', (message: Request | 'close') => writer.work(message));
	say({ type: 'ready' });
}

if (parentPort === null) throw new Error('this module runs only as a thread of the outbox');
openIn(parentPort, workerData);
