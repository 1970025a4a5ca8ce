/** One call from its arrival to its answer: read, noted as arrived, perhaps struck by a fault, performed, answered. */
import { callAtPath } from '../core/calls/table.ts';
import { type Arrival, readArrival } from './arrival.ts';
import type { Delays } from './delays.ts';
import { writeAnswer } from './envelope.ts';
import { playFault } from './fault-play.ts';
import { type Exchange, type HttpAnswer, pageAnswer, readBody, send } from './http-exchange.ts';
import { perform } from './operations.ts';
import type { World } from './world.ts';

const jsonMediaType = /^application\/json\s*(;|$)/i;

/** `path` is the path below /v1. What no call of the API would understand is answered without its envelope. */
export async function serveCall({ request, response }: Exchange, path: string, world: World, delays: Delays): Promise<void> {
	const call = callAtPath(path);
	if (call === undefined) return send(response, pageAnswer(404, 'Not Found'));
	if (request.method !== 'POST') return send(response, methodNotAllowed());
	if (!jsonMediaType.test(request.headers['content-type'] ?? '')) return send(response, pageAnswer(415, 'Unsupported Media Type'));
	const bytes = await readBody(request);
	if (bytes === undefined) return send(response, pageAnswer(413, 'Content Too Large'));
	await answerArrival(readArrival(call, request, bytes), { response, world, delays });
}

async function answerArrival(arrival: Arrival, stage: { response: Exchange['response']; world: World; delays: Delays }): Promise<void> {
	const { response, world, delays } = stage;
	const { call, headers, content } = arrival;
	const isReadable = typeof content !== 'string';
	const effect = isReadable ? world.effects.arrived(content, headers) : world.effects.unreadable();
	const answer = () => writeAnswer(perform(arrival, effect, world), world.settings);
	const hit = world.faults.strike(isReadable ? { call, operation: content.operation.name, transactionId: content.peek.transactionId } : { call });
	if (hit === undefined) return send(response, answer());
	await playFault(hit, answer, response, delays);
}

function methodNotAllowed(): HttpAnswer {
	const answer = pageAnswer(405, 'Method Not Allowed');
	return { ...answer, headers: { ...answer.headers, allow: 'POST' } };
}
