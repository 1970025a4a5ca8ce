/** The counts of the status, kept while running instead of asked of the database each time. */
import type { OperationName } from '../core/calls/operation.ts';
import { isWaiting } from '../core/delivery.ts';
import type { WaitingSum } from '../core/offline-policy.ts';
import type { Totals } from '../core/records.ts';
import type { StateChange } from './protocol.ts';
import type { Reader } from './reader.ts';

interface Oldest {
	readonly sequence: number;
	readonly acceptedAt: number;
}

export class RunningTotals {
	readonly #reader: Reader;
	#queued: number;
	#sending: number;
	#refusedUnseen: number;
	#doubtful: number;
	readonly #waiting: Map<OperationName, { count: number; amountMinor: number }>;
	/** Kept until the delivery it belongs to stops waiting. */
	#oldest: Oldest | undefined;
	/** The same by operation; found only when somebody asks. */
	readonly #oldestOf = new Map<OperationName, Oldest>();

	constructor(reader: Reader) {
		this.#reader = reader;
		this.#queued = reader.countInState('queued');
		this.#sending = reader.countInState('sending');
		this.#refusedUnseen = reader.countRefusedUnseen();
		this.#doubtful = reader.countInState('doubtful');
		this.#waiting = reader.waitingByOperation();
	}

	now(): Totals {
		return {
			queued: this.#queued,
			sending: this.#sending,
			refusedUnseen: this.#refusedUnseen,
			doubtful: this.#doubtful,
			waitingAmountMinor: this.waitingOf(['sale']).amountMinor,
		};
	}

	/** Of these operations together. */
	waitingOf(operations: readonly OperationName[]): WaitingSum {
		const found = operations.map((name) => this.#waiting.get(name) ?? { count: 0, amountMinor: 0 });
		return {
			count: found.reduce((sum, { count }) => sum + count, 0),
			amountMinor: found.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
			oldestAt: this.#oldestAmong(operations),
		};
	}

	add(changes: readonly StateChange[]): void {
		for (const change of changes) {
			if (change.from !== undefined) this.#count(change, change.from, -1);
			if (change.nowSeen !== true) this.#count(change, change.to, 1);
			const isBack = change.from !== undefined && !isWaiting(change.from) && isWaiting(change.to);
			const isGone = (oldest: Oldest | undefined) => oldest?.sequence === change.sequence && !isWaiting(change.to);
			if (isBack || isGone(this.#oldest)) this.#oldest = undefined;
			if (isBack || isGone(this.#oldestOf.get(change.operation))) this.#oldestOf.delete(change.operation);
		}
	}

	oldestWaitingAt(): number | undefined {
		if (this.#queued + this.#sending === 0) return undefined;
		this.#oldest ??= (['queued', 'sending'] as const).flatMap((state) => this.#reader.inState(state, 0, 1)).sort((a, b) => a.sequence - b.sequence)[0];
		return this.#oldest?.acceptedAt;
	}

	#oldestAmong(operations: readonly OperationName[]): number | undefined {
		const found = operations.map((name) => this.#oldestIn(name)).filter((oldest) => oldest !== undefined);
		return found.length === 0 ? undefined : Math.min(...found.map(({ acceptedAt }) => acceptedAt));
	}

	#oldestIn(operation: OperationName): Oldest | undefined {
		if ((this.#waiting.get(operation)?.count ?? 0) === 0) return undefined;
		const oldest = this.#oldestOf.get(operation) ?? this.#reader.oldestWaiting(operation);
		if (oldest !== undefined) this.#oldestOf.set(operation, oldest);
		return oldest;
	}

	#count(change: StateChange, state: StateChange['to'], step: 1 | -1): void {
		if (isWaiting(state)) {
			const before = this.#waiting.get(change.operation) ?? { count: 0, amountMinor: 0 };
			this.#waiting.set(change.operation, { count: before.count + step, amountMinor: before.amountMinor + step * change.amountMinor });
		}
		if (state === 'queued') this.#queued += step;
		else if (state === 'sending') this.#sending += step;
		else if (state === 'doubtful') this.#doubtful += step;
		else if (state === 'refused' && !change.seen) this.#refusedUnseen += step;
	}
}
