/**
 * The journal of unclear pays: the member's balance as it was last seen before, and as it is first seen after. The
 * balance after comes from whoever asks for the member next, or from a question of the agent's own once the line is good.
 */
import { BalanceSeen } from '../../shared/member-memo.ts';
import { parserFor } from '../../shared/validate.ts';
import { readAnswer } from '../core/answer-reading.ts';
import type { Peek } from '../core/calls/operation.ts';
import { calls } from '../core/calls/table.ts';
import { thaw } from '../core/frozen-request.ts';
import { at, readJsonObject } from '../core/json.ts';
import { readMember } from '../core/member-reading.ts';
import { takesPlaceOf } from '../core/pay-journal.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { memberLanes } from './freeze.ts';
import type { IntakePorts } from './ports.ts';

/** Doubtful deliveries are few; a shop that has more has other worries than their balances. */
const most = 1_000;
const parseSeen = parserFor(BalanceSeen);

export class BalanceJournal {
	readonly #ports: IntakePorts;
	#isAsking = false;
	#isStopped = false;

	constructor(ports: IntakePorts) {
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

	/** Asks for the members of all doubtful pays whose balance after is not known yet; to be called when the line is good. Never rejects. */
	async ask(): Promise<void> {
		if (this.#isAsking || this.#isStopped) return;
		this.#isAsking = true;
		try {
			for (const pay of this.#doubtfulPays()) {
				if (this.#isStopped || !this.#ports.replay.link.takesLiveCalls) break;
				if (this.#ports.store.payBalance(pay.sequence).after === undefined) await this.#askFor(pay);
			}
		} catch (error) {
			this.#ports.log.error('agent.bug', { error: error instanceof Error ? (error.stack ?? error.name) : 'unknown' });
		} finally {
			this.#isAsking = false;
		}
	}

	async #askFor(pay: DeliveryRecord): Promise<void> {
		const { store, vault, wire, replay } = this.#ports;
		const sealed = store.content(pay.sequence);
		if (sealed === undefined) return;
		const request = thaw(new TextDecoder().decode(vault.open('content', pay.id, sealed)));
		const reading = readJsonObject(request.body);
		const member = reading.ok ? at(reading.value, 'member') : undefined;
		if (member === undefined) return;
		const body = new TextEncoder().encode(JSON.stringify({ member }));
		const result = await wire.send({ path: calls['member.details'].path, headers: request.headers, body, connection: 'questions' });
		const { outcome, passThrough } = readAnswer(result);
		replay.observe(outcome, result.kind === 'answered' ? result.retryAfterMs : undefined);
		if (outcome.kind === 'confirmed' && passThrough !== undefined) await this.#note(pay, passThrough);
	}

	async #note(pay: DeliveryRecord, answer: string): Promise<void> {
		const { clock, store, vault, log } = this.#ports;
		const balance = readMember(answer)?.balance;
		const stored = this.#after(pay);
		if (balance === undefined || !takesPlaceOf(stored, pay.acceptedAt)) return;
		const seen: BalanceSeen = { ...balance, seenAt: clock.now() };
		try {
			await store.noteBalance(pay.sequence, vault.seal('balance', pay.id, new TextEncoder().encode(JSON.stringify(seen))));
		} catch (error) {
			log.warn('storage.failed', { error: error instanceof Error ? error.name : 'unknown' });
		}
	}

	#after(pay: DeliveryRecord): BalanceSeen | undefined {
		const { after } = this.#ports.store.payBalance(pay.sequence);
		const parsed = after && parseSeen(JSON.parse(new TextDecoder().decode(this.#ports.vault.open('balance', pay.id, after))));
		return parsed?.ok === true ? parsed.value : undefined;
	}

	#doubtfulPays(): readonly DeliveryRecord[] {
		return this.#ports.store.inState('doubtful', 0, most).filter(({ operation }) => operation === 'pay');
	}
}
