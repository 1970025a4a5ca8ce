/**
 * The one gate for data from outside: everything that arrives over HTTP, from a file, from the environment or from the
 * database is `unknown` until a parser made here has looked at it.
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** One thing that is wrong with a value. `path` is dotted and empty for the value itself; `problem` is a whole clause. */
export interface Problem {
	readonly path: string;
	readonly problem: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

type Parser<T> = (value: unknown) => Parsed<T>;

interface ParserOptions {
	/**
	 * Whether a problem repeats the text it is about. Off unless said otherwise: a text in a request can be a name or a
	 * phone number. For configuration files, whose owner has to find the text again.
	 */
	readonly showTexts?: boolean;
}

/**
 * Compiles a schema once into a parser. The parser never throws and never changes or copies the value: unknown fields
 * stay where the schema allows them.
 */
export function parserFor<Schema extends TSchema>(schema: Schema, { showTexts = false }: ParserOptions = {}): Parser<Static<Schema>> {
	const compiled = Compile(schema);
	return (value) => {
		if (compiled.Check(value)) return { ok: true, value: value as Static<Schema> };
		return { ok: false, problems: problemsOf(compiled.Errors(value), { root: value, schema, showTexts }) };
	};
}

interface SchemaError {
	readonly keyword: string;
	readonly schemaPath: string;
	readonly instancePath: string;
	readonly params: unknown;
	readonly message: string;
}

interface Checked {
	readonly root: unknown;
	readonly schema: unknown;
	readonly showTexts: boolean;
}

function problemsOf(errors: readonly SchemaError[], checked: Checked): Problem[] {
	const problems = new Map<string, Problem>();
	for (const error of errors) {
		for (const [path, sentence] of sentencesFor(error, checked)) {
			// The first complaint about a place says it best; alternatives of a union repeat it.
			if (!problems.has(path)) problems.set(path, { path, problem: sentence });
		}
	}
	return [...problems.values()];
}

function* sentencesFor(error: SchemaError, checked: Checked): Generator<[string, string]> {
	const steps = stepsOf(error.instancePath);
	const path = dotted(steps);
	const params = paramsOf(error.params);
	if (error.keyword === 'required') {
		for (const name of params.requiredProperties ?? []) yield [dotted([...steps, name]), 'is missing'];
	} else if (error.keyword === 'boolean') {
		yield [path, `is not a known key${knownKeys(checked.schema, error.schemaPath)}`];
	} else if (error.keyword !== 'additionalProperties') {
		const found = describe(valueAt(checked.root, steps), checked.showTexts, params.type === 'string');
		const choices = choicesAt(checked.schema, error.schemaPath);
		yield [path, choices === undefined ? `is ${found}, but it ${demandOf(error.message, params)}` : `is ${found}, allowed is ${inWords(choices)}`];
	}
}

/** The types of JSON Schema, as somebody says them who has never seen one. */
const typesInWords = new Map<unknown, string>([
	['string', 'a text'],
	['number', 'a number'],
	['integer', 'a whole number'],
	['boolean', 'true or false'],
	['object', 'an object'],
	['array', 'a list'],
]);

/** What the schema asks for, in plain words where there are some; otherwise as the validator says it. */
function demandOf(message: string, { type, limit, pattern }: KnownParams): string {
	const words = typesInWords.get(type);
	if (words !== undefined) return `must be ${words}`;
	if (message === 'must not have fewer than 1 characters' && limit === 1) return 'must not be empty';
	return pattern === blankForbidden ? 'must not be blank' : message;
}

/** The pattern of texts that need one visible character. */
const blankForbidden = '\\S';

/** Every value that a list of choices allows; undefined where the schema at this place is no such list. */
function choicesAt(schema: unknown, schemaPath: string): readonly unknown[] | undefined {
	const steps = stepsOf(schemaPath);
	const choice = fieldsOf(valueAt(schema, steps));
	if (choice.enum !== undefined) return choice.enum;
	if (choice.const === undefined) return undefined;
	const siblings = steps.at(-2) === 'anyOf' ? (fieldsOf(valueAt(schema, steps.slice(0, -2))).anyOf ?? []) : [];
	const values = siblings.map((sibling) => fieldsOf(sibling).const);
	return values.length === 0 || values.includes(undefined) ? [choice.const] : values;
}

/** What the closed object at this place of the schema takes. */
function knownKeys(schema: unknown, schemaPath: string): string {
	const keys = Object.keys(fieldsOf(valueAt(schema, stepsOf(schemaPath).slice(0, -1))).properties ?? {});
	return keys.length === 0 ? '' : `, allowed is ${inWords(keys)}`;
}

/** `"a", "b" or "c"`. */
function inWords(values: readonly unknown[]): string {
	const words = values.map((value) => JSON.stringify(value));
	return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}

interface SchemaFields {
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly unknown[];
	readonly properties?: object;
}

function fieldsOf(schema: unknown): SchemaFields {
	return typeof schema === 'object' && schema !== null ? schema : {};
}

interface KnownParams {
	readonly requiredProperties?: readonly string[];
	readonly type?: unknown;
	readonly limit?: unknown;
	readonly pattern?: unknown;
}

function paramsOf(params: unknown): KnownParams {
	return typeof params === 'object' && params !== null ? params : {};
}

/** JSON Pointer (RFC 6901) to steps. */
function stepsOf(pointer: string): string[] {
	return pointer
		.split('/')
		.slice(1)
		.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function dotted(steps: readonly string[]): string {
	return steps.join('.');
}

function valueAt(root: unknown, steps: readonly string[]): unknown {
	let current = root;
	for (const step of steps) {
		if (typeof current !== 'object' || current === null) return undefined;
		current = Reflect.get(current, step);
	}
	return current;
}

/** Longer texts are cut: the beginning is enough to find them. */
const longestShown = 100;

/**
 * What was found, short, and without contents that could be personal: the kind for texts, and for a number that stands
 * where a text belongs (a phone number without quotes); the value for the rest.
 */
function describe(value: unknown, showTexts: boolean, textBelongsHere: boolean): string {
	if (value === undefined) return 'missing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	if (typeof value === 'string') return describeText(value, showTexts);
	if (typeof value !== 'number') return `the value ${String(value)}`;
	return textBelongsHere && !showTexts ? 'a number' : `the number ${value}`;
}

function describeText(text: string, showTexts: boolean): string {
	if (text === '') return 'an empty text';
	if (!showTexts) return 'a text';
	return text.length > longestShown ? `a text that begins ${JSON.stringify(text.slice(0, longestShown))}` : JSON.stringify(text);
}
