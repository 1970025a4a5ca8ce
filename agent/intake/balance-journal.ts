/**
 * The journal of unclear pays: the member's balance as it was last seen before, and as it is first seen after. The
 * balance after comes from whoever asks for the member next, or from a question of the agent's own once the line is good.
 */
import type { BalanceSeen } from '../../shared/member-memo.ts';
import { readAnswer } from '../core/answer-reading.ts';
import type { Peek } from '../core/calls/operation.ts';
import { calls } from '../core/calls/table.ts';
import { errorWords } from '../core/error-words.ts';
import { thaw } from '../core/frozen-request.ts';
import { at, readJsonObject } from '../core/json.ts';
import type { Sequence } from '../core/lanes.ts';
import { readMember } from '../core/member-reading.ts';
import { retryAfterOf } from '../core/outcome.ts';
import { lastSentAt, readSeen, settlingMs, takesPlaceOf } from '../core/pay-journal.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { memberLanes } from './freeze.ts';
import type { IntakePorts, IntakeReplay, IntakeStore, IntakeVault } from './ports.ts';

/** Doubtful deliveries are few; a shop that has more has other worries than their balances. */
const most = 1_000;

export interface JournalPorts extends Pick<IntakePorts, 'clock' | 'log' | 'wire'> {
	readonly store: Pick<IntakeStore, 'totals' | 'inState' | 'payBalance' | 'noteBalance' | 'content' | 'attempts'>;
	readonly replay: Pick<IntakeReplay, 'observe'> & { readonly link: Pick<IntakeReplay['link'], 'takesLiveCalls'> };
	readonly vault: Pick<IntakeVault, 'seal' | 'open' | 'laneKey'>;
	readonly settings: { readonly loyalty: Pick<IntakePorts['settings']['loyalty'], 'timeoutMs'> };
}

export class BalanceJournal {
	readonly #ports: JournalPorts;
	/** Those that are asked about once more when a look at their balance cannot come too early, and when they were sent last. */
	readonly #askedLater = new Map<Sequence, number>();
	/** On their way to the disk. */
	readonly #unflushed = new Map<Sequence, BalanceSeen>();
	#isAsking = false;
	#isStopped = false;

	constructor(ports: JournalPorts) {
		this.#ports = ports;
	}

	stop(): void {
		this.#isStopped = true;
	}

	/** A live answer about a member: is there a pay of theirs that it helps to judge? */
	saw(peek: Peek, answer: string): void {
		if (this.#ports.store.totals().doubtful === 0) return;
		const lanes = new Set(memberLanes(peek).map((text) => this.#ports.vault.laneKey(text)));
		for (const pay of this.#doubtfulPays()) if (pay.lanes.some((lane) => lanes.has(lane))) void this.#note(pay, answer);
	}

	/** A pay just ended unclear. What was booked at the last moment shows in the balance a little later. */
	ended(): void {
		this.#ports.clock.after(this.#ports.settings.loyalty.timeoutMs, () => void this.ask());
	}

	/**
	 * Asks for the members of all doubtful pays whose balance after is not known yet, or was seen so soon that the pay may
	 * not have been booked; to be called when the line is good. Never rejects.
	 */
	async ask(): Promise<void> {
		if (this.#isAsking || this.#isStopped) return;
		this.#isAsking = true;
		try {
			const pays = this.#doubtfulPays();
			// Of those that a person has settled nothing is asked any more.
			for (const sequence of this.#askedLater.keys()) if (!pays.some((pay) => pay.sequence === sequence)) this.#askedLater.delete(sequence);
			for (const pay of pays) {
				if (this.#isStopped || !this.#ports.replay.link.takesLiveCalls) break;
				if (this.#isToAskFor(pay)) await this.#askFor(pay);
			}
		} catch (error) {
			this.#ports.log.error('agent.bug', { error: errorWords(error) });
		} finally {
			this.#isAsking = false;
		}
	}

	#isToAskFor(pay: DeliveryRecord): boolean {
		const [after, sentAt] = [this.#after(pay), this.#sentAt(pay)];
		// A look from before a person retried it says nothing about the retry.
		if (after === undefined || after.seenAt < sentAt) return true;
		return takesPlaceOf(after, sentAt) && this.#ports.clock.now() >= sentAt + settlingMs;
	}

	/** Of each try once: a wrong clock must not make it a question without end. */
	#askLater({ sequence }: DeliveryRecord, sentAt: number): void {
		if (this.#askedLater.get(sequence) === sentAt) return;
		this.#askedLater.set(sequence, sentAt);
		this.#ports.clock.after(settlingMs, () => void this.ask());
	}

	async #askFor(pay: DeliveryRecord): Promise<void> {
		const { store, wire, replay } = this.#ports;
		const sealed = store.content(pay.sequence);
		const content = sealed && this.#open('content', pay, sealed);
		if (content === undefined) return;
		const request = thaw(content);
		const reading = readJsonObject(request.body);
		const member = reading.ok ? at(reading.value, 'member') : undefined;
		if (member === undefined) return;
		const body = JSON.stringify({ member });
		const result = await wire.send({ path: calls['member.details'].path, headers: request.headers, body, connection: 'questions' });
		const { outcome, passThrough } = readAnswer(result);
		replay.observe(outcome, retryAfterOf(result));
		if (outcome.kind === 'confirmed' && passThrough !== undefined) await this.#note(pay, passThrough);
	}

	/** Never rejects. */
	async #note(pay: DeliveryRecord, answer: string): Promise<void> {
		const { clock, store, vault, log } = this.#ports;
		const balance = readMember(answer)?.balance;
		if (this.#isStopped || balance === undefined) return;
		const seen: BalanceSeen = { ...balance, seenAt: clock.now() };
		try {
			const sentAt = this.#sentAt(pay);
			if (!takesPlaceOf(this.#after(pay), sentAt)) return;
			if (takesPlaceOf(seen, sentAt)) this.#askLater(pay, sentAt);
			this.#unflushed.set(pay.sequence, seen);
			await store.noteBalance(pay.sequence, vault.seal('balance', pay.id, JSON.stringify(seen)));
		} catch (error) {
			log.warn('storage.failed', { error: errorWords(error) });
		} finally {
			if (this.#unflushed.get(pay.sequence) === seen) this.#unflushed.delete(pay.sequence);
		}
	}

	#after(pay: DeliveryRecord): BalanceSeen | undefined {
		const unflushed = this.#unflushed.get(pay.sequence);
		if (unflushed !== undefined) return unflushed;
		const { after } = this.#ports.store.payBalance(pay.sequence);
		const text = after && this.#open('balance', pay, after);
		return text === undefined ? undefined : readSeen(text);
	}

	/** Undefined when it cannot be opened: one damaged row must not keep the others from being looked at. */
	#open(purpose: 'content' | 'balance', pay: DeliveryRecord, sealed: Uint8Array): string | undefined {
		try {
			return this.#ports.vault.open(purpose, pay.id, sealed);
		} catch (error) {
			this.#ports.log.error('storage.damaged', { error: errorWords(error) });
			return undefined;
		}
	}

	#sentAt(pay: DeliveryRecord): number {
		return lastSentAt(pay, this.#ports.store.attempts(pay.sequence));
	}

	#doubtfulPays(): readonly DeliveryRecord[] {
		return this.#ports.store.inState('doubtful', 0, most).filter(({ operation }) => operation === 'pay');
	}
}
