/**
 * The durable memory, as the main thread sees it. A promise of this class resolves only after the flush that holds its
 * change; it rejects with StorageError when the disk could not take it, and then nothing was written.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DeliveryId } from '../../shared/ids.ts';
import type { DeliveryState } from '../../shared/local-api.ts';
import type { OperationName } from '../core/calls/operation.ts';
import type { Clock } from '../core/clock.ts';
import type { EndOfWaiting } from '../core/delivery.ts';
import { ToldError } from '../core/error-words.ts';
import { ExitError } from '../core/exit.ts';
import type { Sequence } from '../core/lanes.ts';
import type { WaitingSum } from '../core/offline-policy.ts';
import type {
	Acceptance,
	AcceptObstacle,
	AttemptRecord,
	Correction,
	Decision,
	DecisionRecord,
	DecisionResult,
	DeliveryQuery,
	DeliveryRecord,
	NewDelivery,
	Settlement,
	Totals,
} from '../core/records.ts';
import type { ShopRules } from '../core/shop-rules.ts';
import { StorageError } from '../core/storage-error.ts';
import { openForReading } from './database.ts';
import type { AttemptEnd, AttemptStart, Command, EraseOrder, Failure, Known, LedgerTrouble, Reply, Results, ThreadMessage, ThreadOptions } from './protocol.ts';
import { Reader } from './reader.ts';
import { RunningTotals } from './running-totals.ts';

/** The database cannot be opened; the message says why and what to do. */
export class OutboxOpenError extends ExitError {
	override name = 'OutboxOpenError';

	constructor(message: string) {
		super('data', message);
	}
}

interface Pending {
	readonly resolve: (result: Results[keyof Results]) => void;
	readonly reject: (error: Error) => void;
}

export interface LedgerOptions {
	/** 32 bytes, from the vault. */
	readonly key: Uint8Array;
	readonly clock: Pick<Clock, 'after'>;
}

interface Listeners {
	readonly onCrash: (error: Error) => void;
	readonly onDamage: (what: string) => void;
	readonly onLedgerTrouble: (trouble: LedgerTrouble) => void;
}

/** How long after a change the head of the ledger is kept at the latest; also the least time between two. */
const headAfterMs = 1_000;

/** Told of every delivery in the order of the flushes, before whoever brought it. */
type AcceptedListener = (delivery: DeliveryRecord, alsoEnded: readonly Sequence[]) => void;

export class Outbox {
	readonly #thread: Worker;
	readonly #reader: Reader;
	readonly #totals: RunningTotals;
	readonly #pending = new Map<number, Pending>();
	readonly #clock: Pick<Clock, 'after'>;
	#lastNumber = 0;
	/** Set while the head of the ledger is due to be kept. */
	#callOffHead: (() => void) | undefined;
	#onAccepted: AcceptedListener = () => undefined;

	private constructor(thread: Worker, reader: Reader, clock: Pick<Clock, 'after'>, { onCrash, onLedgerTrouble }: Listeners) {
		this.#thread = thread;
		this.#clock = clock;
		this.#reader = reader;
		this.#totals = new RunningTotals(reader);
		thread.on('message', (message: ThreadMessage) => {
			if (message.type === 'trouble') onLedgerTrouble(message.trouble);
			else this.#receive(message);
		});
		thread.on('error', (cause) => {
			const error = cause instanceof Error ? cause : new Error(String(cause));
			this.#failAll(error);
			onCrash(error);
		});
	}

	static existsIn(directory: string): boolean {
		return existsSync(databaseFile(directory));
	}

	/**
	 * Opens or creates the database `outbox.db` in the directory. Throws OutboxOpenError. The caller holds the directory's
	 * lock. `onDamage` is told of each row that cannot be read, as `errorWords` says it; `onLedgerTrouble` of a ledger that is not the one its head was kept of. `onCrash`: the writing thread is gone by a mistake of the program; nothing more can be accepted or recorded.
	 */
	static async open(directory: string, rules: ShopRules, ledger: LedgerOptions, listeners: Listeners): Promise<Outbox> {
		const file = databaseFile(directory);
		const options: ThreadOptions = { file, rules, ledgerKey: ledger.key };
		const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: options, name: 'outbox' });
		await readiness(thread, listeners.onLedgerTrouble);
		return new Outbox(thread, new Reader(openForReading(file), listeners.onDamage), ledger.clock, listeners);
	}

	/** Resolves after the flush; `obstacle` keeps out what is new. A disk that cannot take it is answered as one. */
	async accept(delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Promise<Acceptance> {
		try {
			return await this.#ask<'accept'>({ type: 'accept', delivery, obstacle });
		} catch (error) {
			if (error instanceof StorageError) return { kind: 'notAccepted', obstacle: { code: 'STORAGE_FULL' } };
			throw error;
		}
	}

	onAccepted(listener: AcceptedListener): void {
		this.#onAccepted = listener;
	}

	/** Undefined when the delivery was not `queued` any more: somebody else changed it, do not send it. */
	startAttempt(start: AttemptStart): Promise<Settlement | undefined> {
		return this.#ask<'startAttempt'>({ type: 'startAttempt', start });
	}

	endAttempt(end: AttemptEnd): Promise<Settlement | undefined> {
		return this.#ask<'endAttempt'>({ type: 'endAttempt', end });
	}

	/** Undefined when the event is not possible in the delivery's present state. */
	apply(sequence: Sequence, event: EndOfWaiting, at: number): Promise<Settlement | undefined> {
		return this.#ask<'apply'>({ type: 'apply', sequence, event, at });
	}

	/** A person's decision; impossible ones change nothing. */
	decide(decision: Decision): Promise<DecisionResult> {
		return this.#ask<'decide'>({ type: 'decide', decision });
	}

	/** A corrected call takes the place of the refused one. */
	correct(delivery: NewDelivery, correction: Correction): Promise<DecisionResult> {
		return this.#ask<'correct'>({ type: 'correct', delivery, correction });
	}

	/** Keeps, or forgets, what is last known of a member. */
	async remember(known: readonly Known[], at: number): Promise<void> {
		await this.#ask<'remember'>({ type: 'remember', known, at });
	}

	/** The balance first seen after an unclear pay, sealed; a later one takes its place. */
	async noteBalance(sequence: Sequence, sealed: Uint8Array): Promise<void> {
		await this.#ask<'noteBalance'>({ type: 'noteBalance', sequence, sealed });
	}

	/** Ends the attempts a former process left open, as unknown. Answers how many there were. */
	recover(at: number): Promise<{ readonly lost: number }> {
		return this.#ask<'recover'>({ type: 'recover', at });
	}

	async set(name: string, value: string): Promise<void> {
		await this.#ask<'set'>({ type: 'set', name, value });
	}

	/** Erases what is past its time, a portion at a time; answers how much it was. */
	erase(order: EraseOrder): Promise<Results['erase']> {
		return this.#ask<'erase'>({ type: 'erase', order });
	}

	setting(name: string): string | undefined {
		return this.#reader.setting(name);
	}

	find(id: DeliveryId): DeliveryRecord | undefined {
		return this.#reader.find(id);
	}

	bySequence(sequence: Sequence): DeliveryRecord | undefined {
		return this.#reader.bySequence(sequence);
	}

	/** Of a cancel: what it cancels, where that is known here. */
	originalOf(sequence: Sequence): DeliveryRecord | undefined {
		const original = this.#reader.bySequence(sequence)?.original;
		return original === undefined ? undefined : this.#reader.bySequence(original);
	}

	list(query: DeliveryQuery): readonly DeliveryRecord[] {
		return this.#reader.list(query);
	}

	/** The pay that was answered with this code of the Loyalty API. */
	payByCode(code: string): DeliveryRecord | undefined {
		return this.#reader.payByCode(code);
	}

	attempts(sequence: Sequence): readonly AttemptRecord[] {
		return this.#reader.attempts(sequence);
	}

	inState(state: DeliveryState, after: Sequence, limit: number): readonly DeliveryRecord[] {
		return this.#reader.inState(state, after, limit);
	}

	displacedInState(state: DeliveryState): readonly DeliveryRecord[] {
		return this.#reader.displacedInState(state);
	}

	content(sequence: Sequence): Uint8Array | undefined {
		return this.#reader.content(sequence);
	}

	answer(sequence: Sequence): Uint8Array | undefined {
		return this.#reader.answer(sequence);
	}

	/** Sealed; undefined when this member was not seen lately. */
	lastKnown(member: string): { readonly seenAt: number; readonly sealed: Uint8Array } | undefined {
		return this.#reader.lastKnown(member);
	}

	/** Of a pay: the balances before and after, sealed. */
	payBalance(sequence: Sequence): { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined } {
		return this.#reader.payBalance(sequence);
	}

	/** What people decided about a delivery, oldest first; the reason is sealed, and erased with the body. */
	decisions(sequence: Sequence): readonly DecisionRecord[] {
		return this.#reader.decisions(sequence);
	}

	totals(): Totals {
		return this.#totals.now();
	}

	/** What waits of these operations. */
	waitingOf(operations: readonly OperationName[]): WaitingSum {
		return this.#totals.waitingOf(operations);
	}

	/** When the oldest waiting delivery was accepted. */
	oldestWaitingAt(): number | undefined {
		return this.#totals.oldestWaitingAt();
	}

	confirmedOn(day: string): number {
		return this.#reader.confirmedOn(day);
	}

	/** Waits for what is under way, then closes the database. */
	async close(): Promise<void> {
		const ended = new Promise<void>((resolve) => this.#thread.once('exit', () => resolve()));
		// The last connection to close folds the log into the database, and only the writing one can.
		this.#reader.close();
		this.#thread.postMessage('close');
		await ended;
		this.#callOffHead?.();
	}

	#ask<Type extends Command['type']>(command: Command & { type: Type }): Promise<Results[Type]> {
		this.#lastNumber += 1;
		const number = this.#lastNumber;
		return new Promise((resolve, reject) => {
			this.#pending.set(number, { resolve: (result) => resolve(result as Results[Type]), reject });
			this.#thread.postMessage({ number, command });
		});
	}

	#receive(message: ThreadMessage): void {
		if (message.type !== 'replies') return;
		for (const reply of message.replies) this.#settle(reply);
		this.#callOffHead ??= this.#clock.after(headAfterMs, () => {
			this.#callOffHead = undefined;
			this.#thread.postMessage('keepHead');
		});
	}

	#settle(reply: Reply): void {
		const pending = this.#pending.get(reply.number);
		this.#pending.delete(reply.number);
		if (reply.ok) {
			this.#totals.add(reply.changes);
			if (isAcceptance(reply.result)) this.#onAccepted(reply.result.delivery, reply.result.alsoEnded);
			pending?.resolve(reply.result);
		} else pending?.reject(errorOf(reply.failure));
	}

	#failAll(error: Error): void {
		for (const { reject } of this.#pending.values()) reject(error);
		this.#pending.clear();
	}
}

export function databaseFile(directory: string): string {
	return join(directory, 'outbox.db');
}

async function readiness(thread: Worker, onTrouble: (trouble: LedgerTrouble) => void): Promise<void> {
	const message = await new Promise<ThreadMessage>((resolve, reject) => {
		const listen = (said: ThreadMessage) => {
			if (said.type === 'trouble') return onTrouble(said.trouble);
			thread.off('message', listen);
			resolve(said);
		};
		thread.on('message', listen);
		thread.once('error', reject);
	});
	if (message.type !== 'cannotOpen') return;
	await thread.terminate();
	const { kind, message: detail } = message.failure;
	if (kind === 'newer') throw new OutboxOpenError(detail);
	throw new OutboxOpenError(`The database cannot be opened (${detail}). Check that the disk has space and the data directory can be written.`);
}

function isAcceptance(result: Results[keyof Results]): result is Acceptance & { kind: 'accepted' } {
	return result !== undefined && 'kind' in result && result.kind === 'accepted';
}

function errorOf(failure: Failure): Error {
	return failure.kind === 'storage' ? new StorageError(failure.message) : new ToldError(failure.message);
}
