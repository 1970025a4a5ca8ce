/**
 * Settings from the environment: `LANEKEEPER_` and the key's path in upper snake case, joined by two underscores, as in
 * `LANEKEEPER_LOYALTY__BASE_URL`. An unknown name is a problem, so that a typing mistake does not go unnoticed.
 */
import { at, isJsonObject, type JsonObject } from '../core/json.ts';

const prefix = 'LANEKEEPER_';
/** Names that are no settings: they are read elsewhere. */
const otherNames: readonly string[] = ['LANEKEEPER_CONFIG', 'LANEKEEPER_DATA_DIR', 'LANEKEEPER_API_KEY'];

export interface EnvironmentReading {
	readonly values: JsonObject;
	readonly problems: readonly string[];
}

/** `defaults` holds every key there is; the kind of its value tells how a text is read. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>, defaults: JsonObject): EnvironmentReading {
	const problems: string[] = [];
	let values: JsonObject = {};
	for (const [name, text] of Object.entries(environment)) {
		if (!name.startsWith(prefix) || otherNames.includes(name) || text === undefined) continue;
		const path = findPath(name.slice(prefix.length).split('__'), defaults);
		if (path === undefined) {
			problems.push(`The environment variable ${name} is unknown. Known are ${prefix} and a key of the configuration, such as ${prefix}LOCAL__HTTP_PORT.`);
			continue;
		}
		const example = at(defaults, ...path);
		const reading = readValue(text, example);
		if (reading.ok) values = withValue(values, path, reading.value);
		else
			problems.push(`The environment variable ${name} is ${JSON.stringify(text)}; ${path.join('.')} is written as JSON, such as ${JSON.stringify(example)}.`);
	}
	return { values, problems };
}

/** Upper snake case; a unit such as MiB counts as one word or as its letters say. */
function namesOf(key: string): string[] {
	const snake = (camel: string) => camel.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
	return [snake(key), snake(key.replace('MiB', 'Mib'))];
}

function findPath(steps: readonly string[], defaults: JsonObject): string[] | undefined {
	const path: string[] = [];
	let level: unknown = defaults;
	for (const step of steps) {
		if (!isJsonObject(level)) return undefined;
		const key = Object.keys(level).find((candidate) => namesOf(candidate).includes(step));
		if (key === undefined) return undefined;
		path.push(key);
		level = level[key];
	}
	return isJsonObject(level) ? undefined : path;
}

function readValue(text: string, example: unknown): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
	if (typeof example === 'string') return { ok: true, value: text };
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch {
		return { ok: false };
	}
}

function withValue(values: JsonObject, [key, ...rest]: readonly string[], value: unknown): JsonObject {
	if (key === undefined) return values;
	const below = values[key];
	return { ...values, [key]: rest.length === 0 ? value : withValue(isJsonObject(below) ? below : {}, rest, value) };
}
