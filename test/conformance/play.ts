/** Plays one case on a station, and writes down what was to be seen. */
import type { DeliveryWithAttempts, LinkView } from '../../shared/local-api.ts';
import { defaultSandboxSettings } from '../../shared/sandbox-schema.ts';
import type { Effects } from '../support/service.ts';
import type { Reply } from '../support/till.ts';
import { until } from '../support/until.ts';
import { calls, type MadeCall, type Scene } from './calls.ts';
import type { Case } from './case.ts';
import { shapeOf, withoutAgent } from './shape.ts';
import type { Station } from './station.ts';

/** What a sandbox is set to after a reset. */
const usual = defaultSandboxSettings();
/** Online there is nothing more to say than that. */
const online = { state: 'online', reason: 'ok' } as const;

export interface Seen {
	readonly told: Reply;
	readonly link: Pick<LinkView, 'state' | 'reason'>;
	/** At its end. */
	readonly delivery: DeliveryWithAttempts | undefined;
	readonly again: Reply | undefined;
	readonly effects: { readonly requests: number; readonly applied: number; readonly differentBodies: number };
	/** Status and shape through the agent, and directly. */
	readonly twins: readonly [agent: string, direct: string] | undefined;
}

export async function play(station: Station, one: Case, id: string): Promise<Seen> {
	const { upstream, till } = station;
	const kind = calls[one.call];
	await upstream.reset();
	const made = await kind.make(sceneFor(station, id));
	const twin = one.likeDirect === true ? await kind.make(sceneFor(station, `${id}D`)) : undefined;
	const before = await upstream.effects();
	await arrange(station, one);
	const headers = { ...made.headers, ...(one.idempotencyKey === true ? { 'idempotency-key': id } : {}) };
	const send = () => till.post(made.path, made.body, headers);

	const told = await send();
	const link = await linkAfter(station, told, one.expected.link.reason);
	if (one.paused === true) await station.replay('resume');
	if (one.line !== undefined) await station.line?.become('good');
	const delivery = await endOf(station, told, one);
	if (one.again !== undefined && one.againAtOnce !== true) await station.calmed();
	const again = one.again === undefined ? undefined : await send();
	const effects = difference(before, await upstream.effects(), kind.operation);
	const twins = twin === undefined ? undefined : ([statusAndShape(told), statusAndShape(await direct(station, twin))] as const);
	return { told, link, delivery, again, effects, twins };
}

/** Nothing of a case may reach into the next: what is left of it is withdrawn, faults end, the line becomes good. */
export async function tidy(station: Station, seen: Seen | undefined): Promise<void> {
	const { delivery } = seen ?? {};
	if (seen?.link.state === 'online' && (delivery === undefined || delivery.state === 'confirmed' || delivery.state === 'refused')) return;
	await station.upstream.faults([]);
	await station.line?.become('good');
	await station.replay('resume');
	if (delivery !== undefined) await station.withdrawn(delivery.id);
	await station.calmed();
}

function sceneFor({ upstream }: Station, id: string): Scene {
	return { id, phone: phoneFor(id), post: (path, body) => upstream.post(path, body) };
}

/** Made up from the id: two ids never give the same number. */
function phoneFor(id: string): string {
	const digits = [...id].map((letter) => String(letter.charCodeAt(0) % 10)).join('');
	return `0000${digits}`;
}

/** The link has a moment to learn what the register was told. */
async function linkAfter(station: Station, { json }: Reply, reason: string): Promise<Seen['link']> {
	if (json.agent?.link === 'online' && reason === online.reason) return online;
	let { link } = await station.status();
	const isKnown = async () => {
		if (link.reason !== reason) ({ link } = await station.status());
		return link.reason === reason;
	};
	// What is to be seen then is compared like everything else.
	await until(isKnown, 'the link is as expected', 500).catch(() => undefined);
	return link;
}

async function arrange(station: Station, one: Case): Promise<void> {
	const { upstream, line } = station;
	if (Object.entries(one.settings ?? {}).some(([name, value]) => Reflect.get(usual, name) !== value)) await upstream.settings(one.settings ?? {});
	if (one.faults !== undefined) await upstream.faults(one.faults);
	if (one.line !== undefined) await line?.become(one.line);
	if (one.paused === true) await station.replay('pause');
}

/** The delivery once it cannot go on by itself any more. The line is looked at again and again, so that nobody waits for its probes. */
async function endOf(station: Station, { json }: Reply, { expected }: Case): Promise<DeliveryWithAttempts | undefined> {
	const id = json.agent?.deliveryId;
	if (id === undefined) return undefined;
	const isOver = ({ state, attempts }: DeliveryWithAttempts) => {
		if (expected.delivery?.state === 'queued') return state === 'queued' && attempts > 0;
		return state !== 'queued' && state !== 'sending';
	};
	let delivery = await station.delivery(id);
	await until(
		async () => {
			if (isOver(delivery)) return true;
			if (delivery.state === 'queued') await station.replay('send-now');
			delivery = await station.delivery(id);
			return isOver(delivery);
		},
		'the delivery has come to its end',
		10_000,
	).catch(() => undefined);
	return delivery;
}

const lists = {
	sale: 'sales',
	cancelSale: 'cancels',
	cancelPay: 'cancels',
	pay: 'payments',
	register: 'registers',
	update: 'updates',
	event: 'events',
} as const;

/** What happened between two reports of the service. */
function difference(before: Effects, after: Effects, operation: (typeof calls)[keyof typeof calls]['operation']): Seen['effects'] {
	const count = (what: 'requests' | 'applied') => (after.totals[operation]?.[what] ?? 0) - (before.totals[operation]?.[what] ?? 0);
	return { requests: count('requests'), applied: count('applied'), differentBodies: bodiesBetween(before, after, operation).size };
}

function bodiesBetween(before: Effects, after: Effects, operation: keyof typeof lists | 'details' | 'shortCode'): Set<string> {
	if (operation === 'details' || operation === 'shortCode') return new Set();
	const earlier = new Map(before[lists[operation]].map((effect) => [effect.key, effect.bodies.length]));
	return new Set(after[lists[operation]].flatMap((effect) => effect.bodies.slice(earlier.get(effect.key) ?? 0)));
}

function direct({ upstream }: Station, { path, body, headers }: MadeCall): Promise<Reply> {
	return upstream.post(path, body, headers);
}

function statusAndShape({ status, json }: Reply): string {
	return `${status} ${shapeOf(withoutAgent(json))}`;
}
