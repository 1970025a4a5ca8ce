/** What a manager decides about one delivery: retry, withdraw, correct, confirm. */
import { isDeliveryId, readProvisionalCode } from '../../shared/ids.ts';
import type { DecisionKind } from '../../shared/local-api.ts';
import { ConfirmBody, CorrectBody, DecisionBody } from '../../shared/requests.ts';
import { type Problem, parserFor } from '../../shared/validate.ts';
import { invalidRequest } from '../core/answer.ts';
import type { DecisionRequest } from '../core/decision-request.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { memberSource } from '../core/json-edit.ts';
import { deliveryText } from './deliveries-endpoint.ts';
import { type Exchange, readJsonBody, sendJson } from './exchange.ts';

const parseDecision = parserFor(DecisionBody);
const parseConfirm = parserFor(ConfirmBody);
const parseCorrect = parserFor(CorrectBody);

/** Answers the delivery as it is then; after a correction the new one. */
export async function answerDecision(exchange: Exchange, kind: DecisionKind): Promise<void> {
	const { ports, response, fail } = exchange;
	const body = await readJsonBody(exchange);
	if (body === undefined) return;
	const request = readRequest(exchange, kind, body);
	if ('problems' in request) {
		fail(invalidRequest('body', request.problems));
		return;
	}
	if (!isDeliveryId(request.id)) {
		fail({ code: 'NOT_FOUND', message: 'There is no such delivery.' });
		return;
	}
	const decided = await ports.intake.decide({ ...request, id: request.id });
	if (decided.ok) sendJson(response, 200, `{"status":"success","delivery":${deliveryText(exchange, decided.delivery)}}`);
	else fail(decided.error);
}

type Unproven<Request> = Request extends unknown ? Omit<Request, 'id'> & { readonly id: string } : never;

function readRequest(
	{ id, identity: person }: Exchange,
	kind: DecisionKind,
	{ text, value }: { readonly text: string; readonly value: JsonObject },
): Unproven<DecisionRequest> | { readonly problems: readonly Problem[] } {
	switch (kind) {
		case 'retry':
		case 'withdraw': {
			const parsed = parseDecision(value);
			return parsed.ok ? { kind, id, person, reason: parsed.value.reason } : parsed;
		}
		case 'confirm': {
			const parsed = parseConfirm(value);
			if (!parsed.ok) return parsed;
			const { reason, confirmationCode } = parsed.value;
			// It would go upstream with the next cancel of this sale.
			const isProvisional = confirmationCode !== undefined && readProvisionalCode(confirmationCode) !== undefined;
			if (isProvisional)
				return { problems: [{ path: 'confirmationCode', problem: 'is a provisional code, but it must be the one the loyalty provider gave' }] };
			return { kind, id, person, reason, confirmationCode };
		}
		case 'correct': {
			const parsed = parseCorrect(value);
			if (!parsed.ok) return parsed;
			const corrected: unknown = parsed.value.body;
			return { kind, id, person, reason: parsed.value.reason, text: memberSource(text, 'body') ?? '{}', body: isJsonObject(corrected) ? corrected : {} };
		}
	}
}
