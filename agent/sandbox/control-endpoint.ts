/** The switches of the sandbox: settings, faults, reset, and what took effect. For this machine's programs, not for browsers. */
import { SandboxSettingsSchema } from '../../shared/sandbox-schema.ts';
import { type Problem, parserFor } from '../../shared/validate.ts';
import { isJsonObject } from '../core/json.ts';
import { parseFaultRules } from './fault-rules.ts';
import { type Exchange, type HttpAnswer, jsonAnswer, readBody, send } from './http-exchange.ts';
import type { World } from './world.ts';

const parseSettings = parserFor(SandboxSettingsSchema);

/** Answers JSON; what cannot be understood is 400 with the problems found, and changes nothing. */
export async function serveControl(exchange: Exchange, world: World, reset: () => void): Promise<void> {
	const { request, response, path } = exchange;
	if (isFromBrowser(exchange)) return send(response, refuse(403, 'The switches of the sandbox are not for browsers.'));
	const body = await readBody(request);
	switch (`${request.method} ${path}`) {
		case 'GET /sandbox/settings':
			return send(response, jsonAnswer(200, world.settings));
		case 'PUT /sandbox/settings':
			return send(response, changeSettings(readJson(body), world));
		case 'GET /sandbox/faults':
			return send(response, jsonAnswer(200, world.faults.report()));
		case 'PUT /sandbox/faults':
			return send(response, changeFaults(readJson(body), world));
		case 'GET /sandbox/effects':
			return send(response, jsonAnswer(200, world.effects.report(exchange.query.get('transactionId') ?? undefined)));
		case 'POST /sandbox/reset':
			reset();
			return send(response, jsonAnswer(200, {}));
		default:
			return send(response, refuse(404, 'There is no such switch.'));
	}
}

/** A page of another site sends its origin; one that made its own name point here (DNS rebinding) sends its own host. */
function isFromBrowser({ request }: Exchange): boolean {
	const { origin, host } = request.headers;
	const port = request.socket.localPort;
	return origin !== undefined || (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`);
}

/** Undefined, which no schema takes, stands for anything that is not JSON. */
function readJson(body: Buffer | undefined): unknown {
	try {
		return body === undefined ? undefined : JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
}

function changeSettings(changes: unknown, world: World): HttpAnswer {
	if (!isJsonObject(changes)) return refuse(400, 'The body must be a JSON object.');
	const parsed = parseSettings({ ...world.settings, ...changes });
	if (!parsed.ok) return refuse(400, 'The settings cannot be understood.', parsed.problems);
	const isReseeded = parsed.value.seed !== world.settings.seed;
	world.settings = parsed.value;
	if (isReseeded) world.faults.replace(world.faults.rules(), parsed.value.seed);
	return jsonAnswer(200, world.settings);
}

function changeFaults(value: unknown, world: World): HttpAnswer {
	const parsed = parseFaultRules(value);
	if (!parsed.ok) return refuse(400, 'The fault rules cannot be understood.', parsed.problems);
	world.faults.replace(parsed.value, world.settings.seed);
	return jsonAnswer(200, world.faults.report());
}

function refuse(status: number, message: string, problems: readonly Problem[] = []): HttpAnswer {
	return jsonAnswer(status, { error: { message, problems } });
}
