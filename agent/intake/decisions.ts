/** What a person decides about a delivery — retry, correct, withdraw, confirm by hand — from the request to the answer. */
import type { DeliveryId } from '../../shared/ids.ts';
import { invalidRequest, type OwnError } from '../core/answer.ts';
import { calls, operations } from '../core/calls/table.ts';
import type { DecisionAnswer, DecisionRequest } from '../core/decision-request.ts';
import { thaw } from '../core/frozen-request.ts';
import { dayAt } from '../core/instant.ts';
import type { Correction, DecisionResult, DeliveryRecord } from '../core/records.ts';
import { StorageError } from '../core/storage-error.ts';
import { cancelObstacles } from './answers.ts';
import { freezeDelivery } from './freeze.ts';
import { payOutcome } from './pay-outcome.ts';
import type { IntakePorts } from './ports.ts';
import { sentText } from './sent-text.ts';

const events = { retry: 'retried', withdraw: 'withdrawnByPerson', confirm: 'confirmedByPerson' } as const;
const possibleIn = {
	retry: 'a refused or a doubtful delivery can be retried',
	withdraw: 'a queued, a refused or a doubtful delivery can be withdrawn',
	confirm: 'a doubtful delivery can be confirmed by hand',
	correct: 'a refused delivery can be corrected',
} as const;

const erased: OwnError = { code: 'INVALID_STATE', message: 'The body of this delivery was erased.', advice: 'Send the call again from the register.' };

export class Decisions {
	readonly #ports: IntakePorts;
	readonly #newId: (now: number) => DeliveryId;

	constructor(ports: IntakePorts, newId: (now: number) => DeliveryId) {
		this.#ports = ports;
		this.#newId = newId;
	}

	/** Answers the delivery as it is then: the same, or for a correction the new one. A retried pay is answered with its outcome. */
	async decide(request: DecisionRequest): Promise<DecisionAnswer> {
		const delivery = this.#ports.store.find(request.id);
		if (delivery === undefined) return { ok: false, error: { code: 'NOT_FOUND', message: 'There is no such delivery.' } };
		let result: DecisionResult | OwnError;
		try {
			result = request.kind === 'correct' ? await this.#correct(delivery, request) : await this.#apply(delivery, request);
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			return { ok: false, error: { code: 'STORAGE_FULL' } };
		}
		if ('code' in result) return { ok: false, error: result };
		if (result.kind === 'impossibleCancel') return { ok: false, error: { code: 'INVALID_STATE', ...cancelObstacles[result.why] } };
		if (result.kind === 'impossible') return { ok: false, error: refusal(request, result.why, result.delivery) };
		this.#ports.log.info('delivery.decided', {
			deliveryId: result.settlement.delivery.id,
			state: result.settlement.delivery.state,
			tokenId: request.person.tokenId,
			reason: request.kind,
		});
		this.#ports.replay.decided(result.settlement);
		return { ok: true, delivery: await this.#outcomeOf(result.settlement.delivery) };
	}

	async #apply(delivery: DeliveryRecord, request: Exclude<DecisionRequest, { kind: 'correct' }>): Promise<DecisionResult | OwnError> {
		// What cannot be sent would wait for ever, and hold up its lanes.
		if (request.kind === 'retry' && this.#ports.store.content(delivery.sequence) === undefined) return erased;
		const confirmationCode = request.kind === 'confirm' ? request.confirmationCode : undefined;
		const day = dayAt(this.#ports.clock.now(), this.#ports.settings.loyalty.timeZone);
		return this.#ports.store.decide({ ...this.#decisionOn(delivery, request), type: events[request.kind], day, confirmationCode });
	}

	async #correct(delivery: DeliveryRecord, request: DecisionRequest & { kind: 'correct' }): Promise<DecisionResult | OwnError> {
		const { store, vault, clock, settings } = this.#ports;
		const operation = operations[delivery.operation];
		if (calls[operation.call].operationFor(request.body) !== operation) {
			return {
				code: 'INVALID_REQUEST',
				message: 'The corrected body is another kind of call.',
				advice: 'Correct the same call, or withdraw it and send the other one from the register.',
				path: 'body.body',
			};
		}
		const parsed = operation.parse(request.body);
		if (!parsed.ok) return invalidRequest('body.body', parsed.problems);
		const sealed = store.content(delivery.sequence);
		if (sealed === undefined) return erased;
		const { headers, query } = thaw(vault.open('content', delivery.id, sealed));
		const acceptedAt = clock.now();
		const peek = operation.peek(request.body);
		const corrected = freezeDelivery(
			{
				id: this.#newId(acceptedAt),
				acceptedAt,
				// The one whose place it takes was perhaps a correction itself.
				firstAcceptedAt: (store.bySequence(delivery.place) ?? delivery).acceptedAt,
				operation,
				// It stays the delivery of the register that brought it.
				incoming: { identity: { ...request.person, tokenId: delivery.tokenId }, text: request.text, body: request.body, query, idempotencyKey: undefined },
				sent: sentText(this.#ports, operation, request.text, peek),
				headers,
				peek,
				flags: delivery.flags,
				balance: undefined,
			},
			vault,
			settings.loyalty,
		);
		return store.correct(corrected, this.#decisionOn(delivery, request));
	}

	#decisionOn({ sequence, id }: DeliveryRecord, { person, reason }: DecisionRequest): Correction {
		const { clock, vault } = this.#ports;
		return { sequence, at: clock.now(), person: person.name, sealedReason: vault.seal('reason', id, reason) };
	}

	async #outcomeOf(delivery: DeliveryRecord): Promise<DeliveryRecord> {
		const isRetriedPay = delivery.state === 'queued' && operations[delivery.operation].kind === 'pay';
		return isRetriedPay ? payOutcome(this.#ports, delivery) : delivery;
	}
}

function refusal({ kind, id }: DecisionRequest, why: 'state' | 'superseded' | 'codeTaken' | 'keyTaken', delivery: DeliveryRecord): OwnError {
	const code = 'INVALID_STATE';
	switch (why) {
		case 'state':
			return { code, message: `Delivery ${id} is ${delivery.state}; only ${possibleIn[kind]}.` };
		case 'superseded':
			return { code, message: `Delivery ${id} is over: ${delivery.supersededBy ?? 'a newer one'} took its place.`, advice: 'Decide about that one.' };
		case 'codeTaken':
			return { code, message: `This confirmation code belongs to delivery ${delivery.id}.`, advice: 'Check the code with the loyalty provider.' };
		case 'keyTaken':
			return {
				code,
				message: `Delivery ${delivery.id} was accepted under the same key and stands.`,
				advice: 'Withdraw this one, or correct it to a key of its own.',
			};
	}
}
