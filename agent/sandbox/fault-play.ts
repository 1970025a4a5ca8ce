import type { ServerResponse } from 'node:http';
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import type { Delays } from './delays.ts';
import type { FaultHit } from './fault-board.ts';
import { type HttpAnswer, jsonAnswer, pageAnswer, send } from './http-exchange.ts';

/** Pause before each byte of a trickling answer, where the rule names none. */
const tricklePauseMs = 50;

/** Plays one fault. `perform` gives the call its effect and its real answer; it is run at most once. */
export async function playFault({ rule, delayMs }: FaultHit, perform: () => HttpAnswer, response: ServerResponse, delays: Delays): Promise<void> {
	const real = isAfterEffect(rule) ? perform() : undefined;
	if (rule.fault !== 'trickle') await delays.wait(delayMs ?? 0);
	switch (rule.fault) {
		case 'latency':
			return send(response, real ?? perform());
		case 'cut':
			response.destroy();
			return;
		case 'timeout':
			return;
		case 'status':
			return send(response, statusAnswer(rule));
		case 'html':
			return send(response, pageAnswer(rule.status ?? 200, 'Welcome to the guest network'));
		case 'empty':
			return send(response, { status: rule.status ?? 200, headers: {}, body: Buffer.alloc(0) });
		case 'truncated':
			return send(response, halfOf(real ?? perform()));
		case 'trickle':
			return trickle(response, real ?? perform(), () => delays.wait(delayMs ?? tricklePauseMs));
		default:
			return rule.fault satisfies never;
	}
}

function isAfterEffect({ when, fault }: FaultRule): boolean {
	return when === 'after' || fault === 'truncated' || fault === 'trickle';
}

function statusAnswer({ status = 503, envelope = true, code = '500', retryAfterSeconds = status === 429 ? 1 : undefined }: FaultRule): HttpAnswer {
	const answer = envelope ? jsonAnswer(status, { status: 'error', error: { code, message: 'Server error' } }) : pageAnswer(status, `Status ${status}`);
	if (retryAfterSeconds === undefined) return answer;
	return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

function halfOf(answer: HttpAnswer): HttpAnswer {
	return { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length / 2)) };
}

async function trickle(response: ServerResponse, answer: HttpAnswer, pause: () => Promise<void>): Promise<void> {
	response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
	response.flushHeaders();
	for (let index = 0; index < answer.body.length && !response.destroyed; index += 1) {
		await pause();
		response.write(answer.body.subarray(index, index + 1));
	}
	response.end();
}
