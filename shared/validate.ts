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

/**
 * Compiles a schema once into a parser. The parser never throws and never changes or copies the value: unknown fields
 * stay where the schema allows them.
 */
export function parserFor<Schema extends TSchema>(schema: Schema): Parser<Static<Schema>> {
	const compiled = Compile(schema);
	return (value) => {
		if (compiled.Check(value)) return { ok: true, value: value as Static<Schema> };
		return { ok: false, problems: problemsOf(compiled.Errors(value), value) };
	};
}

interface SchemaError {
	readonly keyword: string;
	readonly instancePath: string;
	readonly params: unknown;
	readonly message: string;
}

function problemsOf(errors: readonly SchemaError[], value: unknown): Problem[] {
	const problems = new Map<string, Problem>();
	for (const error of errors) {
		for (const [path, sentence] of sentencesFor(error, value)) {
			// The first complaint about a place says it best; alternatives of a union repeat it.
			if (!problems.has(path)) problems.set(path, { path, problem: sentence });
		}
	}
	return [...problems.values()];
}

function* sentencesFor(error: SchemaError, root: unknown): Generator<[string, string]> {
	const steps = stepsOf(error.instancePath);
	const path = dotted(steps);
	const found = describe(valueAt(root, steps));
	const params = paramsOf(error.params);
	if (error.keyword === 'required') {
		for (const name of params.requiredProperties ?? []) yield [dotted([...steps, name]), 'is missing'];
	} else if (error.keyword === 'additionalProperties') {
		for (const name of params.additionalProperties ?? []) yield [dotted([...steps, name]), 'is not a known key'];
	} else if (error.keyword === 'boolean') {
		yield [path, 'is not a known key'];
	} else if (error.keyword === 'const') {
		yield [path, `is ${found}, allowed is ${allowedConstants(error)}`];
	} else {
		yield [path, `is ${found}, but it ${error.message}`];
	}
}

function allowedConstants(error: SchemaError): string {
	return JSON.stringify(paramsOf(error.params).allowedValue);
}

interface KnownParams {
	readonly requiredProperties?: readonly string[];
	readonly additionalProperties?: readonly string[];
	readonly allowedValue?: unknown;
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

/** What was found, short, and without contents that could be personal: the kind for texts, the value for the rest. */
function describe(value: unknown): string {
	if (value === undefined) return 'missing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
	return `${typeof value === 'number' ? 'the number' : 'the value'} ${String(value)}`;
}
