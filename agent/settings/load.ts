/**
 * The configuration: defaults, then the file, then the environment, later ones winning; checked as a whole. Every
 * problem names the key, what was found and what is allowed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, SettingsSchema } from '../../shared/settings-schema.ts';
import { type Problem, parserFor } from '../../shared/validate.ts';
import { ExitError } from '../core/exit.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { readEnvironment } from './environment.ts';
import { problemsBeyondSchema } from './sense.ts';

const defaultsFile = join(import.meta.dirname, '../../config/default.json');
const parseSettings = parserFor(SettingsSchema, { showTexts: true });

/** The configuration cannot be used; the message says which keys, and what is allowed. */
export class SettingsError extends ExitError {
	override name = 'SettingsError';

	constructor(message: string) {
		super('configuration', message);
	}
}

export interface SettingsSource {
	/** Path of the configuration file, if one was named. */
	readonly file: string | undefined;
	readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws SettingsError. */
export function loadSettings(source: SettingsSource): Settings {
	const defaults = readJsonFile(defaultsFile);
	const fromFile = source.file === undefined ? {} : readJsonFile(source.file);
	const fromEnvironment = readEnvironment(source.environment, defaults);
	if (fromEnvironment.problems.length > 0) throw new SettingsError(fromEnvironment.problems.join('\n'));
	const parsed = parseSettings(merge(merge(defaults, fromFile), fromEnvironment.values));
	if (!parsed.ok) throw new SettingsError(inWords(parsed.problems));
	const further = problemsBeyondSchema(parsed.value);
	if (further.length > 0) throw new SettingsError(inWords(further));
	return parsed.value;
}

function inWords(problems: readonly Problem[]): string {
	return problems.map(({ path, problem }) => `${path === '' ? 'The configuration' : path} ${problem}.`).join('\n');
}

function readJsonFile(file: string): JsonObject {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		throw new SettingsError(`The configuration file ${file} cannot be read (${code}). Check the path and the permissions.`);
	}
	let value: unknown;
	try {
		value = JSON.parse(text.replace(/^\ufeff/, ''));
	} catch (error) {
		throw new SettingsError(`The configuration file ${file} is not valid JSON: ${error instanceof Error ? withoutQuote(error.message) : 'unreadable'}.`);
	}
	if (!isJsonObject(value)) throw new SettingsError(`The configuration file ${file} must hold one JSON object.`);
	return value;
}

/** What JSON.parse says, without the piece of the file it quotes: that could be a part of the proxy's password. */
function withoutQuote(message: string): string {
	return message.replace(/, (\.\.\.)?".*$/s, '');
}

/** Objects are merged key by key, everything else is replaced. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
	const merged = new Map(Object.entries(base));
	for (const [key, value] of Object.entries(over)) {
		const below = merged.get(key);
		merged.set(key, isJsonObject(below) && isJsonObject(value) ? merge(below, value) : value);
	}
	return Object.fromEntries(merged);
}
