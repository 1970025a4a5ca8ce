/** Random lives in a real outbox, several commands to a flush: what is promised of the whole holds after every one of them. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { operations } from '../../agent/core/calls/table.ts';
import { isFinal } from '../../agent/core/delivery.ts';
import { heldLanes } from '../../agent/core/held-lanes.ts';
import { Lanes } from '../../agent/core/lanes.ts';
import type { AttemptOutcome } from '../../agent/core/outcome.ts';
import type { Decision, DeliveryRecord, NewDelivery } from '../../agent/core/records.ts';
import { type ShopRules, usualRules } from '../../agent/core/shop-rules.ts';
import { systemClock } from '../../agent/ops/system-clock.ts';
import { Outbox } from '../../agent/outbox/outbox.ts';
import { deliveryIdFromBytes, provisionalCode, readProvisionalCode } from '../../shared/ids.ts';
import { freshDirectory } from '../support/agent-process.ts';
import { seededRandom } from '../support/random.ts';

const kinds = ['sale', 'sale', 'cancelSale', 'cancelSale', 'register', 'pay', 'cancelPay', 'update'] as const;
const day = '2026-11-23';
const bytes = (...values: number[]) => new Uint8Array(16).map((_, index) => values[15 - index] ?? 0);

function fail(what: unknown): never {
	throw new Error(`this should not happen: ${String(what)}`);
}

class Life {
	readonly place = freshDirectory();
	readonly #random: () => number;
	#rules: ShopRules = usualRules;
	#outbox: Outbox | undefined;
	#reader: Database.Database | undefined;
	#count = 0;
	/** Who took whose place: later only a newer one. */
	readonly #supersededBy = new Map<number, string>();

	constructor(seed: number) {
		this.#random = seededRandom(seed);
	}

	get outbox(): Outbox {
		return this.#outbox ?? fail('the outbox is closed');
	}

	async open(): Promise<void> {
		await this.close();
		this.#rules = { ...usualRules, cancelOfUnsentSale: this.#pick(['withdraw', 'withdraw', 'send']), unclearPay: this.#pick(['hold', 'repeat']) };
		this.#outbox = await Outbox.open(
			this.place.directory,
			this.#rules,
			{ key: new Uint8Array(32), clock: systemClock },
			{ onCrash: fail, onDamage: fail, onLedgerTrouble: fail },
		);
		this.#reader = new Database(join(this.place.directory, 'outbox.db'), { readonly: true });
		await this.outbox.recover(1);
	}

	async close(): Promise<void> {
		this.#reader?.close();
		await this.#outbox?.close();
		this.#outbox = undefined;
	}

	get all(): readonly DeliveryRecord[] {
		return this.outbox.list({ limit: 10_000 });
	}

	#pick<Thing>(things: readonly Thing[]): Thing {
		return things[Math.floor(this.#random() * things.length)] ?? fail('nothing to pick from');
	}

	#newCall(): NewDelivery {
		this.#count += 1;
		const operation = this.#pick(kinds);
		const id = deliveryIdFromBytes(bytes(this.#count % 256, this.#count >> 8));
		const name = this.#pick(['1', '2', '3']);
		const originals = this.all.filter(({ operation: one }) => one === operations[operation].cancels).slice(0, 4);
		const original = originals.length === 0 ? undefined : this.#pick(originals);
		const code = original && (original.confirmationCode ?? provisionalCode(original.id));
		const cancelledCode = operation === 'cancelSale' || operation === 'cancelPay' ? (code ?? 'C-elsewhere') : undefined;
		const cancelLane = operation === 'sale' ? 1_000 + this.#count : undefined;
		const provisional = cancelledCode === undefined ? undefined : readProvisionalCode(cancelledCode);
		const natural = { sale: 'kept', pay: 'spent', register: 'open', cancelSale: 'kept', cancelPay: 'kept', update: undefined } as const;
		const kind = natural[operation];
		const keys = kind === undefined ? [] : [{ text: `${operation}:${cancelledCode ?? name}`, kind }];
		const header = this.#random() < 0.2 ? [{ text: `header:${operation}:${this.#pick(['a', 'b'])}`, kind: 'header' as const }] : [];
		return {
			...{ id, operation, tokenId: 't', acceptedAt: this.#count, amountMinor: operation === 'sale' ? this.#count : undefined, cancelledCode, cancelLane },
			...{ transactionId: undefined, lanes: [Number(name), ...(cancelLane === undefined ? [] : [cancelLane])], keys: [...keys, ...header] },
			...{
				fingerprint: new TextEncoder().encode(`${cancelledCode ?? name}:${this.#pick([1, 1, 2])}`),
				sealedContent: bytes(provisional === undefined ? 0 : 1),
				flags: [],
				sealedBalance: undefined,
			},
		};
	}

	/** As replay lines them up at a start. */
	#ready(): number[] {
		const lanes = new Lanes();
		for (const one of this.all) {
			if (one.state === 'queued') lanes.add(one.sequence, one.lanes, 'waiting', one.place);
			else if (one.state === 'sending') lanes.add(one.sequence, one.lanes, 'holding', one.place);
			else if (one.supersededBy === undefined) lanes.settle(one.sequence, heldLanes(one), one.place);
		}
		return this.all.flatMap(({ sequence }) => (lanes.isReady(sequence) ? [sequence] : []));
	}

	async #attempt(sequence: number, outcome: AttemptOutcome): Promise<void> {
		const delivery = this.outbox.bySequence(sequence);
		const isUnresolved = delivery !== undefined && this.outbox.content(sequence)?.at(15) === 1;
		if (isUnresolved && this.outbox.originalOf(sequence)?.confirmationCode === undefined) {
			await this.outbox.apply(sequence, { type: 'originalWithoutCode' }, 1);
			return;
		}
		if ((await this.outbox.startAttempt({ sequence, at: 1, resolvedContent: undefined })) === undefined) return;
		if (this.#random() < 0.1) return;
		const report = { sequence, outcome, httpStatus: undefined, durationMs: 1, sealedAnswer: undefined, seen: this.#random() < 0.5 };
		await this.outbox.endAttempt({ report, at: 2, day });
		if (delivery?.operation === 'pay') await this.outbox.apply(sequence, { type: 'tooLate' }, 3);
	}

	#decision(sequence: number, type: Decision['type']): Promise<unknown> {
		const confirmationCode = type !== 'confirmedByPerson' || this.#random() < 0.5 ? undefined : `hand-${this.#pick([1, 2, 3])}`;
		return this.outbox.decide({ type, sequence, at: 3, day, person: 'p', sealedReason: bytes(), confirmationCode });
	}

	#decide(one: DeliveryRecord): Promise<unknown> {
		if (this.#random() < 0.6) return this.#decision(one.sequence, this.#pick(['retried', 'withdrawnByPerson', 'confirmedByPerson']));
		const call = this.#newCall();
		const corrected = { ...call, keys: call.keys.filter(({ kind }) => kind !== 'header') };
		const correction = { sequence: one.sequence, at: 3, person: 'p', sealedReason: bytes() };
		return one.state === 'refused' && call.operation === one.operation ? this.outbox.correct(corrected, correction) : Promise.resolve();
	}

	async step(): Promise<void> {
		const ready = this.#ready();
		const open = this.all.filter(({ state }) => state !== 'confirmed' && state !== 'withdrawn');
		const outcomes: readonly AttemptOutcome[] = [
			{ kind: 'confirmed', confirmationCode: `C-${this.#pick([this.#count, 1_000 + this.#count, 7])}` },
			{ kind: 'confirmed' },
			{ kind: 'refused', refusal: { code: this.#pick(['203', '204']) } },
			{ kind: 'notSent', trouble: 'connection-refused' },
			{ kind: 'unknown', trouble: 'timeout' },
		];
		const one = open.length === 0 ? undefined : this.#pick(open);
		const first = ready.length === 0 ? undefined : this.#pick(ready);
		const [accepts, more] = [() => this.outbox.accept(this.#newCall(), undefined), this.#random() < 0.5];
		const turns: (() => Promise<unknown>)[] = [];
		if (first !== undefined && this.#random() < 0.8) turns.push(() => this.#attempt(first, this.#pick(outcomes)));
		if (more || first === undefined) turns.push(accepts);
		if (one !== undefined && this.#random() < 0.3) turns.push(() => this.#decide(one));
		if (more && this.#random() < 0.5) turns.push(accepts);
		await Promise.all(turns.map((turn) => turn()));
	}

	check(): void {
		const reader = this.#reader ?? fail('the outbox is closed');
		const count = (where: string) => reader.prepare(`SELECT count(*) FROM delivery WHERE ${where}`).pluck().get();
		const amount = reader.prepare("SELECT coalesce(sum(amount_minor), 0) FROM delivery WHERE operation = 'sale' AND state IN ('queued', 'sending')").pluck();
		const [queued, sending, doubtful] = ['queued', 'sending', 'doubtful'].map((state) => count(`state = '${state}'`));
		const refusedUnseen = count("state = 'refused' AND seen = 0");
		expect(this.outbox.totals()).toEqual({ queued, sending, doubtful, refusedUnseen, waitingAmountMinor: amount.get() });
		const standing = "state NOT IN ('refused', 'withdrawn') AND NOT (kind = 'open' AND state = 'confirmed') AND NOT (kind = 'spent')";
		const twice = reader.prepare(`SELECT text FROM idempotency_key JOIN delivery USING (sequence) WHERE ${standing} GROUP BY text HAVING count(*) > 1`);
		expect(twice.all(), 'keys that two stand for').toEqual([]);
		const codes = reader.prepare(
			"SELECT confirmation_code FROM delivery WHERE operation = 'sale' AND confirmation_code IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
		);
		expect(codes.all(), 'codes of two sales').toEqual([]);
		for (const one of this.all) this.#checkOne(one);
	}

	#checkOne(one: DeliveryRecord): void {
		const newer = one.supersededBy;
		if (newer !== undefined) {
			expect([one.state === 'refused' || one.state === 'withdrawn', newer >= (this.#supersededBy.get(one.sequence) ?? newer)]).toEqual([true, true]);
			expect(this.outbox.find(newer)?.sequence).toBeGreaterThan(one.sequence);
			this.#supersededBy.set(one.sequence, newer);
		}
		const original = one.state === 'queued' && operations[one.operation].cancels !== undefined ? this.outbox.originalOf(one.sequence) : undefined;
		// A person may have one tried again that has nothing to cancel.
		if (original === undefined || one.reason === 'retried') return;
		expect(original.state, `what cancel ${one.sequence} waits for`).not.toBe('withdrawn');
		if (original.state === 'refused') expect(original.supersededBy, `cancel ${one.sequence} waits for one that gave way`).toBeUndefined();
	}

	/** With a good line and a person who withdraws what was refused or is unclear, everything ends. */
	async end(): Promise<void> {
		const isOver = () =>
			this.#ready().length === 0 && this.all.every(({ state, supersededBy }) => isFinal(state) && (state !== 'refused' || supersededBy !== undefined));
		for (let round = 0; round < 100 && !isOver(); round += 1) {
			const left = this.all.filter(({ state, supersededBy }) => supersededBy === undefined && (state === 'refused' || state === 'doubtful'));
			await Promise.all(left.map(({ sequence }) => this.#decision(sequence, 'withdrawnByPerson')));
			await this.outbox.recover(1);
			await Promise.all(this.#ready().map((sequence) => this.#attempt(sequence, { kind: 'confirmed', confirmationCode: `E-${sequence}` })));
		}
		const { queued, sending, doubtful, refusedUnseen } = this.outbox.totals();
		expect({ queued, sending, doubtful, refusedUnseen }).toEqual({ queued: 0, sending: 0, doubtful: 0, refusedUnseen: 0 });
	}
}

let life: Life | undefined;
afterEach(async () => {
	await life?.close();
	life?.place.remove();
});

test.each([1, 2, 3])(
	'counts, keys, codes and chains are right after every flush, and in the end nothing is left over: life %i',
	{ timeout: 30_000 },
	async (seed) => {
		life = new Life(seed);
		await life.open();
		for (let step = 1; step <= 80; step += 1) {
			if (step % 30 === 0) await life.open();
			await life.step();
			life.check();
		}
		await life.end();
		life.check();
	},
);
