/** The paths of the HTTP door, as data: who may use them, and what they do. */
import { decisionKinds, type Role } from '../../shared/local-api.ts';
import { type CallName, callNames } from '../core/calls/operation.ts';
import { calls } from '../core/calls/table.ts';
import { answerCall } from './call-endpoint.ts';
import { answerDecision } from './decisions-endpoint.ts';
import { listDeliveries, showDelivery } from './deliveries-endpoint.ts';
import { type Exchange, sendJson } from './exchange.ts';

export interface Route {
	readonly method: 'GET' | 'POST';
	/** `{id}` stands for one step. */
	readonly path: string;
	/** Changes nothing: a flood of it is held back. The writing calls are never. */
	readonly isRead?: true;
	/** `nobody` has to show a token here when the list is empty. */
	readonly roles: readonly Role[];
	readonly answer: (exchange: Exchange) => Promise<void> | void;
}

const everyone: readonly Role[] = ['register', 'manager', 'observer'];
const callers: readonly Role[] = ['register', 'manager'];
const managers: readonly Role[] = ['manager'];
const readCalls: readonly CallName[] = ['member.details', 'member.shortCode'];

export const routes: readonly Route[] = [
	...callNames.map(
		(name): Route => ({
			method: 'POST',
			path: `/v1${calls[name].path}`,
			roles: callers,
			answer: (exchange) => answerCall(exchange, calls[name]),
			...(readCalls.includes(name) ? { isRead: true } : {}),
		}),
	),
	{
		method: 'GET',
		path: '/agent/v1/status',
		isRead: true,
		roles: everyone,
		answer: ({ ports, response }) => sendJson(response, 200, JSON.stringify(ports.status())),
	},
	{ method: 'GET', path: '/agent/v1/deliveries', isRead: true, roles: callers, answer: listDeliveries },
	{ method: 'GET', path: '/agent/v1/deliveries/{id}', isRead: true, roles: callers, answer: showDelivery },
	...decisionKinds.map(
		(kind): Route => ({ method: 'POST', path: `/agent/v1/deliveries/{id}/${kind}`, roles: managers, answer: (exchange) => answerDecision(exchange, kind) }),
	),
	{ method: 'POST', path: '/agent/v1/replay/pause', roles: managers, answer: (exchange) => steer(exchange, () => exchange.ports.replay.pause()) },
	{ method: 'POST', path: '/agent/v1/replay/resume', roles: managers, answer: (exchange) => steer(exchange, () => exchange.ports.replay.resume()) },
	{ method: 'POST', path: '/agent/v1/replay/send-now', roles: managers, answer: (exchange) => steer(exchange, () => exchange.ports.replay.sendNow()) },
	{ method: 'GET', path: '/livez', roles: [], answer: ({ response }) => sendJson(response, 200, '{"status":"alive"}') },
	{ method: 'GET', path: '/readyz', roles: [], answer: answerReadiness },
];

export type RouteMatch =
	| { readonly kind: 'found'; readonly route: Route; readonly id: string }
	| { readonly kind: 'otherMethods'; readonly allowed: readonly string[] }
	| { readonly kind: 'none' };

/** `otherMethods`: the path is there, this method is not. */
export function findRoute(method: string, path: string): RouteMatch {
	const atPath = routes.flatMap((route) => {
		const id = matchPath(route.path, path);
		return id === undefined ? [] : [{ route, id }];
	});
	const found = atPath.find(({ route }) => route.method === method);
	if (found !== undefined) return { kind: 'found', ...found };
	return atPath.length === 0 ? { kind: 'none' } : { kind: 'otherMethods', allowed: atPath.map(({ route }) => route.method) };
}

/** The step in place of `{id}`, an empty text where there is none, undefined where the paths differ. */
function matchPath(pattern: string, path: string): string | undefined {
	if (!pattern.includes('{id}')) return pattern === path ? '' : undefined;
	const wanted = pattern.split('/');
	const given = path.split('/');
	if (wanted.length !== given.length) return undefined;
	let id = '';
	for (const [index, step] of wanted.entries()) {
		const actual = given[index] ?? '';
		if (step === '{id}') id = actual;
		else if (step !== actual) return undefined;
	}
	return id === '' ? undefined : id;
}

async function steer({ ports, response }: Exchange, action: () => Promise<void> | void): Promise<void> {
	await action();
	sendJson(response, 200, JSON.stringify({ status: 'success', link: ports.replay.link.view() }));
}

/** The Loyalty API being away is no reason: to work without it is what the agent is for. */
function answerReadiness({ ports, response }: Exchange): void {
	const isReady = ports.disk.hasSpace();
	sendJson(response, isReady ? 200 : 503, JSON.stringify(isReady ? { status: 'ready' } : { status: 'unready', reason: 'disk-full' }));
}
