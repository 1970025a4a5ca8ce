import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { parserFor } from './validate.ts';

const choice = Type.Union([Type.Literal('error'), Type.Literal('warn'), Type.Literal('info'), Type.Literal('debug')]);
const status = Type.Union([Type.Literal(202), Type.Literal(200)]);

/** Problems as `path problem`, for a value under the key `it`. */
function said(schema: TSchema, value: unknown, showTexts = false): string[] {
	const parsed = parserFor(Type.Object({ it: schema }), { showTexts })(value === undefined ? {} : { it: value });
	return parsed.ok ? [] : parsed.problems.map(({ path, problem }) => `${path} ${problem}`);
}

describe('a value that fits', () => {
	test('is given back itself, unknown fields and all', () => {
		const value = { it: { known: 'a', other: [1, { deep: true }] } };
		const parsed = parserFor(Type.Object({ it: Type.Object({ known: Type.String() }) }))(value);
		expect(parsed.ok ? parsed.value : undefined).toBe(value);
	});
});

describe('a choice', () => {
	test('names everything that is allowed', () => {
		expect(said(choice, 'loud')).toEqual(['it is a text, allowed is "error", "warn", "info" or "debug"']);
		expect(said(status, 201)).toEqual(['it is the number 201, allowed is 202 or 200']);
		expect(said(Type.Enum(['a', 'b', 'c']), 'd')).toEqual(['it is a text, allowed is "a", "b" or "c"']);
		expect(said(Type.Literal(true), false)).toEqual(['it is the value false, allowed is true']);
	});

	test('names it for a value of the wrong kind, too', () => {
		expect(said(status, '202')).toEqual(['it is a text, allowed is 202 or 200']);
		expect(said(choice, 5, true)).toEqual(['it is the number 5, allowed is "error", "warn", "info" or "debug"']);
		expect(said(choice, null)).toEqual(['it is null, allowed is "error", "warn", "info" or "debug"']);
	});

	test('names all of it however many other things are wrong', () => {
		const many = Type.Object(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, choice])));
		const parsed = parserFor(many)(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'x'])));
		expect(parsed.ok).toBe(false);
		for (const { problem } of parsed.ok ? [] : parsed.problems) expect(problem).toContain('"error", "warn", "info" or "debug"');
	});

	test('among objects is no choice of values', () => {
		const either = Type.Union([Type.Object({ kind: Type.Literal('a'), x: Type.String() }), Type.Object({ y: Type.String() })]);
		expect(said(either, { kind: 'b', x: 'x' })).toEqual([
			'it.kind is a text, allowed is "a"',
			'it.y is missing',
			'it is an object, but it must match a schema in anyOf',
		]);
	});
});

describe('a problem', () => {
	test('names the path, what was found and what is allowed', () => {
		expect(said(Type.String(), undefined)).toEqual(['it is missing']);
		expect(said(Type.String(), null)).toEqual(['it is null, but it must be a text']);
		expect(said(Type.Array(Type.Integer()), [1, 'x', 2.5])).toEqual([
			'it.1 is a text, but it must be a whole number',
			'it.2 is the number 2.5, but it must be a whole number',
		]);
		expect(said(Type.Integer({ minimum: 1 }), 0)).toEqual(['it is the number 0, but it must be >= 1']);
		expect(said(Type.Boolean(), [])).toEqual(['it is a list, but it must be true or false']);
		expect(said(Type.Object({ a: Type.Object({ b: Type.Number() }) }), { a: { b: {} } })).toEqual(['it.a.b is an object, but it must be a number']);
		expect(said(Type.String({ pattern: '\\S' }), ' ')).toEqual(['it is a text, but it must not be blank']);
		expect(said(Type.String(), true)).toEqual(['it is the value true, but it must be a text']);
	});

	test('with an unknown key names those that are known', () => {
		const closed = Type.Object({ port: Type.Optional(Type.Integer()), level: Type.Optional(Type.String()) }, { additionalProperties: false });
		expect(said(closed, { prot: 1 })).toEqual(['it.prot is not a known key, allowed is "port" or "level"']);
		expect(said(closed, JSON.parse('{"__proto__":1}'))).toEqual(['it.__proto__ is not a known key, allowed is "port" or "level"']);
		expect(said(Type.Object({}, { additionalProperties: false }), { a: 1 })).toEqual(['it.a is not a known key']);
	});

	test('is found under names that hold the signs of a pointer', () => {
		const parsed = parserFor(Type.Object({ 'a/b~c': Type.Integer({ minimum: 1 }) }))({ 'a/b~c': 0 });
		expect(parsed).toEqual({ ok: false, problems: [{ path: 'a/b~c', problem: 'is the number 0, but it must be >= 1' }] });
	});

	test('is said once for each place', () => {
		expect(said(Type.Union([Type.Object({ phone: Type.String() }), Type.Object({ email: Type.String() })]), { phone: 1 })).toEqual([
			'it.phone is a number, but it must be a text',
			'it.email is missing',
			'it is an object, but it must match a schema in anyOf',
		]);
	});
});

describe('what was found', () => {
	const secret = fc.string({ minLength: 6, maxLength: 40, unit: fc.constantFrom('x', 'y', 'z', '@', '9') });
	const everything = [
		Type.Integer(),
		choice,
		Type.Array(Type.Integer()),
		Type.Boolean(),
		Type.Object({ a: Type.String() }),
		Type.String({ maxLength: 5 }),
		Type.String({ pattern: '^$' }),
	];

	test('is never repeated out of a request when it is a text', () => {
		fc.assert(
			fc.property(fc.constantFrom(...everything), secret, (schema, text) => {
				const problems = said(schema, text);
				expect(problems).toHaveLength(1);
				expect(problems.join()).not.toContain(text);
			}),
		);
	});

	test('is not repeated either when it is a number in place of a text, as a phone number would be', () => {
		for (const schema of [Type.String(), choice]) expect(said(schema, 600_100_200).join()).toMatch(/^it is a number, /);
	});

	test('is repeated out of a configuration, so that its owner finds it', () => {
		expect(said(choice, 'loud', true)).toEqual(['it is "loud", allowed is "error", "warn", "info" or "debug"']);
		expect(said(Type.Integer(), '7311', true)).toEqual(['it is "7311", but it must be a whole number']);
		expect(said(Type.String(), 7_311, true)).toEqual(['it is the number 7311, but it must be a text']);
		expect(said(Type.String({ minLength: 1 }), '', true)).toEqual(['it is an empty text, but it must not be empty']);
		expect(said(Type.Integer(), 'x'.repeat(101), true)).toEqual([`it is a text that begins "${'x'.repeat(100)}", but it must be a whole number`]);
	});
});

test('a parser never throws, whatever comes, and agrees with itself', () => {
	const parse = parserFor(Type.Object({ a: choice, b: Type.Array(Type.Union([Type.String(), Type.Object({ c: status }, { additionalProperties: false })])) }));
	fc.assert(
		fc.property(fc.anything(), fc.anything(), (a, b) => {
			for (const value of [a, { a, b }, { a: 'info', b: [b] }]) {
				const parsed = parse(value);
				expect(parsed.ok || parsed.problems.length > 0).toBe(true);
			}
		}),
		{ numRuns: 500 },
	);
});
