/** One call from arrival to answer: check, freeze, store, try, answer. */
import { monotonicFactory } from 'ulid';
import { type DeliveryId, isDeliveryId } from '../../shared/ids.ts';
import type { AgentObject } from '../../shared/local-api.ts';
import type { Answer } from '../core/answer.ts';
import { readAnswer } from '../core/answer-reading.ts';
import type { Operation, Peek } from '../core/calls/operation.ts';
import { isWaiting } from '../core/delivery.ts';
import { inDialect } from '../core/dialect/dialect.ts';
import type { IncomingCall } from '../core/incoming-call.ts';
import type { Acceptance, AcceptObstacle, DeliveryRecord } from '../core/records.ts';
import { Answers } from './answers.ts';
import { freezeDelivery, headersToSend } from './freeze.ts';
import type { IntakePorts } from './ports.ts';
import { sentText } from './sent-text.ts';

/** An attempt of a pay is cut off at its deadline; this much later its record must be on disk. */
const recordingGraceMs = 5_000;

export class Intake {
	readonly #ports: IntakePorts;
	readonly #answers: Answers;
	readonly #nextUlid = monotonicFactory();
	#accepting = 0;
	#isStopping = false;

	constructor(ports: IntakePorts) {
		this.#ports = ports;
		this.#answers = new Answers(ports);
	}

	/** Never rejects for a reason outside the program. */
	async handle(incoming: IncomingCall): Promise<Answer> {
		if (this.#isStopping) return this.#answers.error({ code: 'SHUTTING_DOWN', retryAfterSeconds: 5 });
		const operation = incoming.call.operationFor(incoming.body);
		const parsed = operation.parse(incoming.body);
		if (!parsed.ok) {
			const [first] = parsed.problems;
			return this.#answers.error({
				code: 'INVALID_REQUEST',
				message: `body.${first?.path ?? ''} ${first?.problem ?? 'is wrong'}.`,
				path: `body.${first?.path ?? ''}`,
			});
		}
		const peek = operation.peek(incoming.body);
		return operation.kind === 'read' ? this.#read(operation, incoming) : this.#write(operation, incoming, peek);
	}

	/** For answers that are not about a call. */
	agentObject(): AgentObject {
		return this.#answers.agentObject('none');
	}

	/** From now on every call is answered SHUTTING_DOWN. */
	stop(): void {
		this.#isStopping = true;
	}

	async #write(operation: Operation, incoming: IncomingCall, peek: Peek): Promise<Answer> {
		const { clock, store, vault, settings } = this.#ports;
		const now = clock.now();
		const sent = sentText(this.#ports, operation, incoming.text, peek);
		const delivery = freezeDelivery(this.#newId(now), now, operation, incoming, peek, vault, settings.loyalty, sent);
		let acceptance: Acceptance;
		this.#accepting += 1;
		try {
			acceptance = await store.accept(delivery, this.#obstacle());
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
				return this.#answers.error({ code: acceptance.obstacle });
		}
	}

	/** The real outcome if the delivery is tried at once and it comes soon enough, otherwise what is true by then. */
	async #answerOnce(operation: Operation, delivery: DeliveryRecord, incoming: IncomingCall, peek: Peek, duplicate: boolean): Promise<Answer> {
		if (!isWaiting(delivery.state)) return this.#answers.about(delivery, peek, duplicate);
		if (operation.kind === 'pay') return this.#answers.about(await this.#payOutcome(delivery), peek, duplicate);
		const { replay, store, settings } = this.#ports;
		const settled = replay.isTrying(delivery.sequence) ? await replay.watch(delivery.sequence, settings.local.replyWithinMs, incoming.gone) : undefined;
		return this.#answers.about(settled ?? store.find(delivery.id) ?? delivery, peek, duplicate);
	}

	/** A pay is never sent after it was answered: it ends here, or it is on its way and its end is awaited. */
	async #payOutcome(delivery: DeliveryRecord): Promise<DeliveryRecord> {
		const { replay, store, settings } = this.#ports;
		const { sequence } = delivery;
		const settled = replay.link.takesLiveCalls ? await replay.watch(sequence, settings.loyalty.timeoutMs) : undefined;
		const ended = settled ?? (await replay.tooLate(sequence)) ?? this.#endedAlready(delivery);
		if (ended !== undefined) return ended;
		await replay.watch(sequence, settings.loyalty.timeoutMs + recordingGraceMs);
		return this.#endedAlready(delivery) ?? { ...(store.find(delivery.id) ?? delivery), state: 'doubtful' };
	}

	/** Undefined while it is queued or under way. */
	#endedAlready({ id }: DeliveryRecord): DeliveryRecord | undefined {
		const now = this.#ports.store.find(id);
		return now === undefined || isWaiting(now.state) ? undefined : now;
	}

	async #read(operation: Operation, incoming: IncomingCall): Promise<Answer> {
		const { replay, wire, settings } = this.#ports;
		if (!replay.link.takesLiveCalls) return this.#answers.offline();
		const result = await wire.send({
			path: incoming.call.path,
			headers: headersToSend(incoming, settings.loyalty),
			body: new TextEncoder().encode(inDialect(operation.name, incoming.text, settings.dialect)),
			connection: 'questions',
		});
		const reading = readAnswer(result);
		replay.observe(reading.outcome, result.kind === 'answered' ? result.retryAfterMs : undefined);
		return this.#answers.live(result, reading);
	}

	#obstacle(): AcceptObstacle | undefined {
		const { store, settings, disk } = this.#ports;
		const { queued, sending } = store.totals();
		if (queued + sending + this.#accepting > settings.outbox.maxWaiting) return 'QUEUE_FULL';
		return disk.hasSpace() ? undefined : 'STORAGE_FULL';
	}

	#newId(now: number): DeliveryId {
		const id = this.#nextUlid(now);
		if (!isDeliveryId(id)) throw new Error('the id generator made something that is no ULID');
		return id;
	}
}
