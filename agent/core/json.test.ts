import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { at, isJsonObject, readJsonObject, textAt } from './json.ts';

/** A JSON document before it is written: the same tree can be written in many ways. */
type Tree = { kind: 'bare'; text: string } | { kind: 'text'; value: string } | { kind: 'list'; items: Tree[] } | { kind: 'object'; members: [string, Tree][] };

const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', '', 'a', 'b', '1', '10', 'ñ', '\ud83d\ude00'), fc.string({ maxLength: 4 }));
const bare = fc.constantFrom('0', '-0', '1', '1.0', '1e2', '1E2', '100', '12345678901234567890', '0.1', '0.10', 'true', 'false', 'null');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 4 },
		bare.map((text): Tree => ({ kind: 'bare', text })),
		fc.string({ maxLength: 6, unit: 'grapheme' }).map((value): Tree => ({ kind: 'text', value })),
		fc.array(tie('tree'), { maxLength: 4 }).map((items): Tree => ({ kind: 'list', items })),
		fc.uniqueArray(fc.tuple(name, tie('tree')), { maxLength: 5, selector: ([key]) => key }).map((members): Tree => ({ kind: 'object', members })),
	),
}));

interface Hand {
	readonly blank: string;
	readonly isReversed: boolean;
	readonly isEscaped: boolean;
}

const hand = fc.record({ blank: fc.constantFrom('', ' ', '\n\t', '\r\n  '), isReversed: fc.boolean(), isEscaped: fc.boolean() });

function writeText(value: string, { isEscaped }: Hand): string {
	if (!isEscaped) return JSON.stringify(value);
	const units = Array.from({ length: value.length }, (_, index) => value.charCodeAt(index).toString(16).padStart(4, '0'));
	return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

function write(node: Tree, how: Hand): string {
	const { blank, isReversed } = how;
	if (node.kind === 'bare') return node.text;
	if (node.kind === 'text') return writeText(node.value, how);
	if (node.kind === 'list') return `[${blank}${node.items.map((item) => write(item, how)).join(`${blank},${blank}`)}${blank}]`;
	const members = isReversed ? [...node.members].reverse() : node.members;
	const written = members.map(([key, value]) => `${writeText(key, how)}${blank}:${blank}${write(value, how)}`);
	return `{${blank}${written.join(`${blank},${blank}`)}${blank}}`;
}

describe('the canonical text', () => {
	test('is the same for every order of names, every spacing and every way to escape', () => {
		fc.assert(
			fc.property(tree, hand, hand, (node, one, other) => {
				expect(canonicalJson(write(node, one))).toBe(canonicalJson(write(node, other)));
			}),
			{ numRuns: 400 },
		);
	});

	test('means what the document means', () => {
		fc.assert(
			fc.property(tree, hand, (node, how) => {
				const text = write(node, how);
				expect(JSON.parse(canonicalJson(text))).toEqual(JSON.parse(text));
			}),
		);
	});

	test('is its own canonical text', () => {
		fc.assert(
			fc.property(tree, hand, (node, how) => {
				const canonical = canonicalJson(write(node, how));
				expect(canonicalJson(canonical)).toBe(canonical);
			}),
		);
	});

	test.each([
		['1', '1.0'],
		['1e2', '100'],
		['1e2', '1E2'],
		['0.1', '0.10'],
		['0', '-0'],
		['12345678901234567890', '12345678901234567891'],
		['9007199254740992', '9007199254740993'],
		['"1"', '1'],
		['null', '"null"'],
		['{"a":1}', '{"a":[1]}'],
		['[1,2]', '[2,1]'],
		['{"a":null}', '{}'],
		['"a"', '"A"'],
	])('tells %s from %s', (one, other) => {
		expect(canonicalJson(`{"x":${one}}`)).not.toBe(canonicalJson(`{"x":${other}}`));
	});

	test('keeps numbers as they were written, however deep', () => {
		expect(canonicalJson('{"b":[{"z":1.50,"a":12345678901234567890}],"a":-0}')).toBe('{"a":-0,"b":[{"a":12345678901234567890,"z":1.50}]}');
	});

	test('keeps a member called __proto__ an ordinary member', () => {
		expect(canonicalJson('{"z":1,"__proto__":{"b":2,"a":1}}')).toBe('{"__proto__":{"a":1,"b":2},"z":1}');
		expect(canonicalJson('{"__proto__":1}')).not.toBe(canonicalJson('{}'));
	});

	test('takes the last of members of one name, as every reader does', () => {
		expect(canonicalJson('{"a":1,"b":2,"a":3}')).toBe(canonicalJson('{"b":2,"a":3}'));
	});

	test('cannot be made of a text that is not JSON', () => {
		expect(() => canonicalJson('{"a":}')).toThrow(SyntaxError);
	});
});

describe('reading a body', () => {
	test('takes one JSON object and nothing else', () => {
		expect(readJsonObject(' {"a":[1]} ')).toEqual({ ok: true, value: { a: [1] } });
		for (const text of ['[]', '1', '"a"', 'null', 'true']) expect(readJsonObject(text), text).toEqual({ ok: false, problem: 'must be a JSON object' });
		for (const text of ['', '{', '{"a"}', '{a:1}', '{}{}', '<html>', '\ufeff{}'])
			expect(readJsonObject(text), text).toEqual({ ok: false, problem: 'is not valid JSON' });
	});

	test('refuses what nests deeper than 200 levels before any parser sees it', () => {
		const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
		expect(readJsonObject(nested(200)).ok).toBe(true);
		expect(readJsonObject(nested(201))).toEqual({ ok: false, problem: 'nests deeper than 200 levels' });
		expect(readJsonObject('['.repeat(1_000_000)).ok).toBe(false);
		expect(readJsonObject(`{"a":"${'['.repeat(500)}"}`).ok).toBe(true);
	});

	test('never throws, whatever comes', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1') }),
				(text) => typeof readJsonObject(text).ok === 'boolean',
			),
		);
	});
});

describe('following a path', () => {
	const body: unknown = JSON.parse('{"a":{"b":"x","empty":"","n":1,"l":["y"]},"__proto__":{"c":"own"}}');

	test('leads to what is there, and to nothing where there is nothing', () => {
		expect(at(body, 'a', 'b')).toBe('x');
		expect(at(body)).toBe(body);
		expect(at(body, '__proto__', 'c')).toBe('own');
		for (const path of [['a', 'z'], ['a', 'b', 'length'], ['a', 'l', '0'], ['z', 'z'], ['toString'], ['a', 'constructor']])
			expect(at(body, ...path), path.join('.')).toBeUndefined();
	});

	test('finds a text only where there is one with something in it', () => {
		expect(textAt(body, 'a', 'b')).toBe('x');
		for (const step of ['empty', 'n', 'l', 'z']) expect(textAt(body, 'a', step), step).toBeUndefined();
	});

	test('takes no list and no null for an object', () => {
		expect([{}, [], null, 'a', 1, undefined].map(isJsonObject)).toEqual([true, false, false, false, false, false]);
	});
});
