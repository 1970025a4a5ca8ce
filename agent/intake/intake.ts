/** One call from arrival to answer: check, freeze, store, try, answer. */
import { monotonicFactory } from 'ulid';
import { type DeliveryId, isDeliveryId } from '../../shared/ids.ts';
import type { AgentObject } from '../../shared/local-api.ts';
import type { BalanceSeen } from '../../shared/member-memo.ts';
import { type Answer, invalidRequest } from '../core/answer.ts';
import { readAnswer } from '../core/answer-reading.ts';
import type { Operation, Peek } from '../core/calls/operation.ts';
import type { DecisionAnswer, DecisionRequest } from '../core/decision-request.ts';
import { isWaiting } from '../core/delivery.ts';
import { inDialect } from '../core/dialect/dialect.ts';
import type { IncomingCall } from '../core/incoming-call.ts';
import { rfc3339 } from '../core/instant.ts';
import { retryAfterOf } from '../core/outcome.ts';
import type { Acceptance, AcceptObstacle, DeliveryRecord } from '../core/records.ts';
import { Answers } from './answers.ts';
import { BalanceJournal } from './balance-journal.ts';
import { Decisions } from './decisions.ts';
import { freezeDelivery, headersToSend } from './freeze.ts';
import { MemberMemory } from './member-memory.ts';
import { offlineVerdict } from './offline-check.ts';
import { payOutcome } from './pay-outcome.ts';
import type { IntakePorts } from './ports.ts';
import { sentText } from './sent-text.ts';

export class Intake {
	readonly #ports: IntakePorts;
	readonly #answers: Answers;
	readonly #memory: MemberMemory;
	readonly #balances: BalanceJournal;
	readonly #decisions: Decisions;
	readonly #nextUlid = monotonicFactory();
	#accepting = 0;
	#isStopping = false;

	constructor(ports: IntakePorts) {
		this.#ports = ports;
		this.#answers = new Answers(ports);
		this.#memory = new MemberMemory(ports);
		this.#balances = new BalanceJournal(ports);
		this.#decisions = new Decisions(ports, (now) => this.#newId(now));
	}

	/** Never rejects for a reason outside the program. */
	async handle(incoming: IncomingCall): Promise<Answer> {
		if (this.#isStopping) return this.#answers.error({ code: 'SHUTTING_DOWN', retryAfterSeconds: 5 });
		const operation = incoming.call.operationFor(incoming.body);
		const parsed = operation.parse(incoming.body);
		if (!parsed.ok) return this.#answers.error(invalidRequest('body', parsed.problems));
		const peek = operation.peek(incoming.body);
		return operation.kind === 'read' ? this.#read(operation, incoming, peek) : this.#write(operation, incoming, peek);
	}

	/** For answers that are not about a call. */
	agentObject(): AgentObject {
		return this.#answers.agentObject('none');
	}

	/** A person's decision about a delivery. Never rejects for a reason outside the program. */
	async decide(request: DecisionRequest): Promise<DecisionAnswer> {
		const answer = await this.#decisions.decide(request);
		// A pay that was retried and is unclear again.
		if (answer.ok && request.kind === 'retry' && answer.delivery.state === 'doubtful') this.#balances.ended();
		return answer;
	}

	/** The line is good: what waited for that in order to be asked is asked now. */
	lineIsGood(): void {
		void this.#balances.ask();
	}

	/** From now on every call is answered SHUTTING_DOWN. */
	stop(): void {
		this.#isStopping = true;
		this.#balances.stop();
	}

	async #write(operation: Operation, incoming: IncomingCall, peek: Peek): Promise<Answer> {
		const { clock, store, vault, settings } = this.#ports;
		const now = clock.now();
		const { flags, refusedBy } = offlineVerdict(this.#ports, operation.name, incoming.body, peek);
		const balance = operation.kind === 'pay' ? this.#balanceOf(peek) : undefined;
		const headers = headersToSend(incoming, settings.loyalty);
		const sent = sentText(this.#ports, operation, incoming.text, peek);
		const candidate = { id: this.#newId(now), acceptedAt: now, operation, incoming, sent, headers, peek, flags, balance };
		const delivery = freezeDelivery(candidate, vault, settings.loyalty);
		let acceptance: Acceptance;
		this.#accepting += 1;
		try {
			acceptance = await store.accept(delivery, this.#obstacle(refusedBy));
		} finally {
			this.#accepting -= 1;
		}
		switch (acceptance.kind) {
			case 'accepted':
				return this.#answerOnce(operation, acceptance.delivery, incoming, peek, false);
			case 'duplicate':
				return this.#answerOnce(operation, acceptance.delivery, incoming, peek, true);
			case 'mismatch':
				return this.#answers.mismatch(acceptance.delivery);
			case 'impossibleCancel':
				return this.#answers.impossibleCancel(acceptance.why);
			case 'notAccepted':
				return this.#answers.notAccepted(acceptance.obstacle);
		}
	}

	/** The real outcome if the delivery is tried at once and it comes soon enough, otherwise what is true by then. */
	async #answerOnce(operation: Operation, delivery: DeliveryRecord, incoming: IncomingCall, peek: Peek, duplicate: boolean): Promise<Answer> {
		const { body } = incoming;
		if (!isWaiting(delivery.state)) return this.#answers.about(delivery, body, peek, duplicate);
		if (operation.kind === 'pay') return this.#answers.about(await this.#payOutcome(delivery, peek), body, peek, duplicate);
		const { replay, store, settings } = this.#ports;
		const settled = replay.isTrying(delivery.sequence) ? await replay.watch(delivery.sequence, settings.local.replyWithinMs, incoming.gone) : undefined;
		return this.#answers.about(settled ?? store.find(delivery.id) ?? delivery, body, peek, duplicate);
	}

	async #payOutcome(delivery: DeliveryRecord, peek: Peek): Promise<DeliveryRecord> {
		const ended = await payOutcome(this.#ports, delivery);
		if (ended.state === 'doubtful') this.#balances.ended();
		if (ended.state === 'doubtful' || ended.state === 'confirmed') this.#memory.paid(peek);
		return ended;
	}

	/** As last seen before a pay, for the journal. */
	#balanceOf(peek: Peek): BalanceSeen | undefined {
		const recalled = this.#memory.recall(peek);
		if (recalled?.balance === undefined) return undefined;
		return { ...recalled.balance, seenAt: recalled.seenAt, ...(recalled.paidSince === true ? { paidSince: true } : {}) };
	}

	async #read(operation: Operation, incoming: IncomingCall, peek: Peek): Promise<Answer> {
		const { replay, wire, settings } = this.#ports;
		const isDetails = operation.name === 'details';
		const lastKnown = () => (isDetails ? this.#lastKnown(peek) : undefined);
		if (!replay.link.takesLiveCalls) return this.#answers.offline(lastKnown());
		const result = await wire.send({
			path: incoming.call.path + incoming.query,
			headers: headersToSend(incoming, settings.loyalty),
			body: inDialect(operation.name, incoming.text, settings.dialect),
			connection: 'questions',
		});
		const reading = readAnswer(result);
		if (isDetails) {
			this.#memory.learn(peek, reading.outcome, reading.passThrough);
			if (reading.outcome.kind === 'confirmed' && reading.passThrough !== undefined) this.#balances.saw(peek, reading.passThrough);
		}
		// Behind that, because a line that is good again makes the agent ask for what is not known yet.
		replay.observe(reading.outcome, retryAfterOf(result));
		return this.#answers.live(result, reading, reading.outcome.kind === 'confirmed' ? undefined : lastKnown());
	}

	/** Name and date only: never a balance, gift or deal. */
	#lastKnown(peek: Peek): AgentObject['lastKnown'] {
		const recalled = this.#memory.recall(peek);
		return recalled?.name === undefined ? undefined : { name: recalled.name, seenAt: rfc3339(recalled.seenAt) };
	}

	#obstacle(refusedBy: string | undefined): AcceptObstacle | undefined {
		const { store, settings, disk } = this.#ports;
		const { queued, sending } = store.totals();
		if (queued + sending + this.#accepting > settings.outbox.maxWaiting) return { code: 'QUEUE_FULL' };
		if (!disk.hasSpace()) return { code: 'STORAGE_FULL' };
		return refusedBy === undefined ? undefined : { code: 'OFFLINE_POLICY', rule: refusedBy };
	}

	#newId(now: number): DeliveryId {
		const id = this.#nextUlid(now);
		if (!isDeliveryId(id)) throw new Error('the id generator made something that is no ULID');
		return id;
	}
}
