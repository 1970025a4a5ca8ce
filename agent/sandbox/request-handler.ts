import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { serveCall } from './call-endpoint.ts';
import { serveControl } from './control-endpoint.ts';
import type { Delays } from './delays.ts';
import { openExchange, pageAnswer, send } from './http-exchange.ts';
import { createWorld } from './world.ts';

const apiPrefix = '/v1';
const controlPrefix = '/sandbox/';

/** Serves the Loyalty API below /v1 and the switches below /sandbox. Rejects when the caller goes away in the middle. */
export function createRequestHandler(clock: Clock, delays: Delays): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	let world = createWorld(clock);
	const reset = () => {
		world = createWorld(clock);
	};
	return async (request, response) => {
		const exchange = openExchange(request, response);
		if (exchange.path.startsWith(controlPrefix)) return serveControl(exchange, world, reset);
		if (exchange.path.startsWith(`${apiPrefix}/`)) return serveCall(exchange, exchange.path.slice(apiPrefix.length), world, delays);
		return send(response, pageAnswer(404, 'Not Found'));
	};
}
