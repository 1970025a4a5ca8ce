/** Compares what was to be seen with what the case expects. */
import type { Answered, Reply } from '../support/till.ts';
import type { Case, Expected, Told } from './case.ts';
import type { Seen } from './play.ts';

export interface Difference {
	readonly what: string;
	readonly expected: string;
	readonly seen: string;
}

export function judge(one: Case, seen: Seen): readonly Difference[] {
	const { expected } = one;
	return [
		...judgeTold('told', expected.told, seen.told),
		...differ('link', `${expected.link.state} ${expected.link.reason}`, `${seen.link.state} ${seen.link.reason}`),
		...judgeDelivery(expected, seen),
		...judgeCode(expected.told, seen),
		...(one.again === undefined || seen.again === undefined ? [] : judgeTold('told again', one.again, seen.again)),
		...judgeEffects(expected.effects, seen.effects),
		...differ('bodies', bodiesOf(one, seen), seen.effects.differentBodies),
		...(seen.twins === undefined ? [] : differ('answer, as given directly', seen.twins[1], seen.twins[0])),
	];
}

function differ(what: string, expected: unknown, seen: unknown): Difference[] {
	return String(expected) === String(seen) ? [] : [{ what, expected: String(expected), seen: String(seen) }];
}

/** Only what the case speaks of is compared. */
function judgeTold(what: string, told: Told, { status, headers, json }: Reply): Difference[] {
	const seen: Required<Told> = {
		status,
		state: stateIn(json),
		code: String(errorCode(json)),
		word: wordIn(json),
		codeIn: placeOfCode(json),
		duplicate: json.agent?.duplicate === true,
		retryAfter: headers.has('retry-after'),
	};
	const line = (one: Told) =>
		Object.keys(told)
			.map((name) => `${name} ${String(Reflect.get(one, name))}`)
			.join(', ');
	return differ(what, line(told), line(seen));
}

function judgeDelivery({ delivery }: Expected, seen: Seen): Difference[] {
	if (delivery === undefined) return differ('delivery', 'none', seen.delivery?.state ?? 'none');
	const outcomes = (seen.delivery?.attemptLog ?? []).map(({ outcome = 'open', reason, code }) => [outcome, reason ?? code].filter(Boolean).join(':'));
	const short = (all: readonly string[]) => (delivery.orMore === true ? [all[0], '…', all.at(-1)] : all).join(' ');
	return [
		...differ('delivery', delivery.state, seen.delivery?.state ?? 'none'),
		...differ('attempts', short(delivery.outcomes), short(outcomes)),
		...differ('attempts counted', outcomes.length, seen.delivery?.attempts ?? 0),
	];
}

/** A code that was answered is the delivery's own: the real one once confirmed, the provisional one while queued. */
function judgeCode({ state, codeIn }: Told, { told, delivery }: Seen): Difference[] {
	if (codeIn === undefined) return [];
	const code = told.json.confirmationCode ?? told.json.data?.['confirmationCode'];
	return differ('confirmation code', state === 'queued' ? `PENDING-${delivery?.id}` : delivery?.confirmationCode, code);
}

function judgeEffects({ requests, orMore, applied }: Expected['effects'], seen: Seen['effects']): Difference[] {
	const enough = orMore === true && seen.requests > requests ? seen.requests : requests;
	return [...differ('requests', enough, seen.requests), ...differ('applied', applied, seen.applied)];
}

/** Every attempt of a delivery sends the same bytes; another delivery may bring its own, as each event has an id in it. */
function bodiesOf({ again }: Case, { effects: { differentBodies } }: Seen): number {
	const deliveries = again?.duplicate === false ? 2 : 1;
	return Math.min(differentBodies, deliveries);
}

function stateIn({ agent }: Answered): Told['state'] {
	const state = (['confirmed', 'queued', 'refused', 'doubtful', 'withdrawn', 'none'] as const).find((known) => known === agent?.state);
	if (state === undefined) throw new Error(`an answer without a known agent.state: ${String(agent?.state)}`);
	return state;
}

function errorCode(json: Answered): unknown {
	const { errors } = json;
	const first: unknown = Array.isArray(errors) ? errors[0] : json.error;
	return Reflect.get(Object(first), 'code');
}

function wordIn({ status }: Answered): NonNullable<Told['word']> {
	return (['success', 'ok', 'error'] as const).find((word) => word === status) ?? 'error';
}

function placeOfCode(json: Answered): NonNullable<Told['codeIn']> {
	return json.confirmationCode === undefined ? 'data' : 'top';
}
