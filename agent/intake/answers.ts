/** The words a register is answered with, for every state a delivery can be in. */

import { provisionalCode } from '../../shared/ids.ts';
import type { AgentObject } from '../../shared/local-api.ts';
import { type Answer, errorAnswer, type OwnError } from '../core/answer.ts';
import type { AnswerReading } from '../core/answer-reading.ts';
import type { OperationName, Peek } from '../core/calls/operation.ts';
import { operations } from '../core/calls/table.ts';
import { neverLeft } from '../core/delivery.ts';
import type { JsonObject } from '../core/json.ts';
import { withMember } from '../core/json-edit.ts';
import type { WireResult } from '../core/outcome.ts';
import type { AcceptObstacle, CancelObstacle, DeliveryRecord } from '../core/records.ts';
import { refusalText } from '../core/refusals.ts';
import type { IntakePorts } from './ports.ts';

/** Suggested to a register whose live call could not be made. */
const retryAfterSeconds = 5;

export const cancelObstacles: Readonly<Record<CancelObstacle, { readonly message: string; readonly advice: string }>> = {
	unknownHere: { message: 'This provisional code was not issued by this till.', advice: 'Cancel on the till that printed it.' },
	notASale: { message: 'This provisional code belongs to a delivery of another kind.', advice: 'Check the code on the receipt.' },
	refused: { message: 'The loyalty service refused this sale.', advice: 'There is nothing to cancel.' },
	withdrawn: { message: 'This sale was withdrawn before it was sent.', advice: 'There is nothing to cancel.' },
	noCode: { message: 'The loyalty service confirmed this sale without a code.', advice: 'It can only be cancelled with the loyalty provider.' },
};

/** Where the catalogue's advice, which is about sales, does not fit. */
const keyReuse: Partial<Record<OperationName, string>> = {
	pay: 'Two different pays of one sale need an Idempotency-Key each (whether sales start again each day says loyalty.transactionIdScope).',
};
const usualKeyReuse = 'A repeat must send the same body, its times included; a new call needs a new key (for sales see also loyalty.transactionIdScope).';

export class Answers {
	readonly #ports: IntakePorts;

	constructor(ports: IntakePorts) {
		this.#ports = ports;
	}

	agentObject(state: AgentObject['state'], about?: { readonly deliveryId: string; readonly duplicate: boolean }): AgentObject {
		const { clock, store, replay, isSandbox } = this.#ports;
		const { queued, sending } = store.totals();
		const oldestAt = store.oldestWaitingAt();
		return {
			state,
			...about,
			link: replay.link.view().state,
			waiting: queued + sending,
			oldestWaitingSeconds: oldestAt === undefined ? 0 : Math.max(0, Math.floor((clock.now() - oldestAt) / 1_000)),
			...(isSandbox ? { sandbox: true as const } : {}),
		};
	}

	error(error: OwnError): Answer {
		return errorAnswer(error, this.agentObject('none'));
	}

	/** In the words of the line itself: paused, away, or misconfigured. `lastKnown`: who the member was when last seen. */
	offline(lastKnown?: AgentObject['lastKnown'], afterMs?: number): Answer {
		const { sentence } = this.#ports.replay.link.view();
		const unverified = lastKnown === undefined ? '' : ' The name is the last one known: nobody has verified it now.';
		return errorAnswer(
			{
				code: 'AGENT_OFFLINE',
				message: `This call needs a live answer. ${sentence}${unverified}`,
				retryAfterSeconds: this.#retryAfterSeconds(afterMs),
			},
			{ ...this.agentObject('none'), ...(lastKnown === undefined ? {} : { lastKnown }) },
		);
	}

	/** What this answer was told, else how long the service asked for peace, else a moment. */
	#retryAfterSeconds(afterMs?: number): number {
		const quietMs = afterMs ?? this.#ports.replay.link.quietMs;
		return quietMs > 0 ? Math.ceil(quietMs / 1_000) : retryAfterSeconds;
	}

	notAccepted(obstacle: AcceptObstacle): Answer {
		if (obstacle.code !== 'OFFLINE_POLICY') return this.error(obstacle);
		return this.error({
			code: 'OFFLINE_POLICY',
			message: `The rule "${obstacle.rule}" of this shop does not allow this call while the loyalty service cannot be reached.`,
		});
	}

	mismatch(earlier: DeliveryRecord): Answer {
		return errorAnswer(
			{
				code: 'IDEMPOTENCY_MISMATCH',
				message: `Delivery ${earlier.id} was accepted under the same key with a different body.`,
				advice: earlier.operation === 'sale' ? undefined : (keyReuse[earlier.operation] ?? usualKeyReuse),
			},
			{ ...this.agentObject('none'), duplicate: false },
		);
	}

	impossibleCancel(why: CancelObstacle): Answer {
		return this.error({ code: 'INVALID_STATE', ...cancelObstacles[why] });
	}

	/** What is true of a delivery now. */
	about(delivery: DeliveryRecord, body: JsonObject, peek: Peek, duplicate: boolean): Answer {
		const about = { deliveryId: delivery.id, duplicate };
		const { state } = delivery;
		switch (state) {
			case 'queued':
			case 'sending': {
				const envelope = operations[delivery.operation].queuedAnswer(provisionalCode(delivery.id), body, peek);
				return this.#result(this.#ports.settings.local.queuedStatus, JSON.stringify(envelope), this.agentObject('queued', about));
			}
			case 'confirmed':
				return this.#result(200, this.#confirmedText(delivery), this.agentObject('confirmed', about));
			case 'refused':
				return this.#refused(delivery, this.agentObject('refused', about));
			case 'doubtful':
				return errorAnswer({ code: 'OUTCOME_UNKNOWN' }, this.agentObject('doubtful', about));
			case 'withdrawn':
				if (operations[delivery.operation].kind === 'pay') {
					// A person withdrew it between two tries: what became of the first one is as unknown as before.
					if (!neverLeft(delivery)) return errorAnswer({ code: 'OUTCOME_UNKNOWN' }, this.agentObject('doubtful', about));
					return errorAnswer(
						{
							code: 'AGENT_OFFLINE',
							message: 'The payment was not sent: nothing was charged.',
							advice: 'Take another means of payment, or try again later.',
							retryAfterSeconds: this.#retryAfterSeconds(),
						},
						this.agentObject('withdrawn', about),
					);
				}
				return this.#result(200, JSON.stringify({ status: 'success' }), this.agentObject('withdrawn', about));
		}
	}

	/** A live call that was tried: the Loyalty API's own answer where it gave one. */
	live(result: WireResult, { outcome, passThrough }: AnswerReading, lastKnown: AgentObject['lastKnown']): Answer {
		if (result.kind === 'failed') return this.offline(lastKnown);
		if (outcome.kind === 'notSent') return this.offline(lastKnown, result.retryAfterMs);
		if (passThrough !== undefined) return this.#result(result.status, passThrough, this.agentObject('none'));
		if (outcome.kind === 'refused') return this.#result(result.status, bareRefusal(outcome.refusal.code), this.agentObject('none'));
		return this.offline(lastKnown);
	}

	/** The Loyalty API's answer as it came; a plain success where it is not kept any more, or where it was a "done already". */
	#confirmedText(delivery: DeliveryRecord): string {
		const stored = delivery.lastOutcome === 'confirmed' ? this.#storedAnswer(delivery) : undefined;
		const { confirmationCode } = delivery;
		return stored ?? JSON.stringify({ status: 'success', ...(confirmationCode === undefined ? {} : { confirmationCode }) });
	}

	#refused(delivery: DeliveryRecord, agent: AgentObject): Answer {
		const status = this.#ports.store.attempts(delivery.sequence).at(-1)?.httpStatus ?? 200;
		const text = this.#storedAnswer(delivery) ?? bareRefusal(delivery.refusalCode ?? 'UNNAMED');
		return this.#result(status, text, agent);
	}

	#storedAnswer(delivery: DeliveryRecord): string | undefined {
		const sealed = this.#ports.store.answer(delivery.sequence);
		return sealed === undefined ? undefined : this.#ports.vault.open('answer', delivery.id, sealed);
	}

	#result(status: number, envelope: string, agent: AgentObject): Answer {
		return { kind: 'result', status, text: withMember(envelope, 'agent', agent), isReplayed: agent.duplicate === true };
	}
}

/** For a refusal that came without an envelope. */
function bareRefusal(code: string): string {
	return JSON.stringify({ status: 'error', error: { code, message: refusalText(code).message } });
}
