import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from './json.ts';
import { memberSource, withMember, withMemberAt } from './json-edit.ts';

const spacing = fc.constantFrom(undefined, 1, '\t', '  ');
const around = fc.constantFrom('', ' ', '\r\n', '\t ');
const word = fc.constantFrom('event', 'payload', 'a', '__proto__', 'with "quotes"', '\u00e9');
const names = fc.oneof(word, fc.string({ maxLength: 5 }));
const object = fc.dictionary(names, fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue(), { maxKeys: 4 })), { maxKeys: 5 });
const document = fc
	.tuple(object, spacing, around, around)
	.map(([value, indent, before, after]) => `${before}${JSON.stringify(value, undefined, indent)}${after}`);

function parsed(text: string): JsonObject {
	const value: unknown = JSON.parse(text);
	if (!isJsonObject(value)) throw new Error('not an object');
	return value;
}

/** Own members in order of appearance, `__proto__` like any other. */
const plus = (value: JsonObject, name: string, member: unknown) => new Map([...Object.entries(value), [name, member]]);
const membersOf = (value: unknown) => new Map(Object.entries(isJsonObject(value) ? value : {}));

describe('a member at the end', () => {
	test('is added, and every other byte stays as it came', () => {
		fc.assert(
			fc.property(document, names, fc.jsonValue(), (text, name, value) => {
				const edited = withMember(text, name, value);
				const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
				const end = edited.lastIndexOf(member);
				const before = edited.slice(0, end).replace(/,$/, '');
				expect(before + edited.slice(end + member.length)).toBe(text);
				expect(membersOf(parsed(edited))).toEqual(plus(parsed(text), name, JSON.parse(JSON.stringify(value))));
			}),
			{ numRuns: 300 },
		);
	});

	test('wins over an older one of its name', () => {
		const edited = withMember('{"agent":"theirs", "n":1.0}', 'agent', { state: 'none' });
		expect(edited).toBe('{"agent":"theirs", "n":1.0,"agent":{"state":"none"}}');
		expect(parsed(edited)['agent']).toEqual({ state: 'none' });
	});

	test('needs no comma in an empty object', () => {
		expect(withMember(' { } ', 'a', 1)).toBe(' { "a":1} ');
	});
});

describe('a member first in an object inside', () => {
	test('is added there and nowhere else', () => {
		fc.assert(
			fc.property(document, object, spacing, word, fc.string({ minLength: 6 }), fc.jsonValue(), (text, inner, indent, step, name, value) => {
				// A name that is there already stays, and readers take the last one: callers look before they add.
				fc.pre(!membersOf(parsed(JSON.stringify(inner))).has(name));
				const outer = withMember(text, step, inner);
				const whole = indent === undefined ? outer : JSON.stringify(JSON.parse(outer), undefined, indent);
				const before = parsed(whole);
				const after = parsed(withMemberAt(whole, [step], name, value));
				expect(membersOf(membersOf(after).get(step))).toEqual(plus(parsed(JSON.stringify(inner)), name, JSON.parse(JSON.stringify(value))));
				expect(new Map([...membersOf(after)].filter(([key]) => key !== step))).toEqual(new Map([...membersOf(before)].filter(([key]) => key !== step)));
			}),
			{ numRuns: 300 },
		);
	});

	test('leaves every other byte as it came', () => {
		const body = '\n{ "event" :\t{ "payload" : {"n":1.0,  "big":12345678901234567890}, "type":"a" } }';
		expect(withMemberAt(body, ['event', 'payload'], 'id', 'X')).toBe(
			'\n{ "event" :\t{ "payload" : {"id":"X","n":1.0,  "big":12345678901234567890}, "type":"a" } }',
		);
		expect(withMemberAt(body, ['event'], 'id', 'X')).toBe(body.replace(':\t{', ':\t{"id":"X",'));
		expect(withMemberAt(body, [], 'id', 'X')).toBe(body.replace('\n{', '\n{"id":"X",'));
		expect(withMemberAt('{"event":{ }}', ['event'], 'id', 'X')).toBe('{"event":{"id":"X" }}');
	});

	test('goes into the last of objects of one name, which is the one that readers take', () => {
		const edited = withMemberAt('{"event":{"type":"a"},"event":{"type":"b"}}', ['event'], 'id', 'X');
		expect(edited).toBe('{"event":{"type":"a"},"event":{"id":"X","type":"b"}}');
	});

	test('finds a name however it is escaped, and is not misled by texts that look like structure', () => {
		const body = String.raw`{"note":"\"event\":{","list":[{"event":{}},"}"],"\u0065vent":{"type":"a"}}`;
		expect(withMemberAt(body, ['event'], 'id', 'X')).toBe(body.replace('{"type"', '{"id":"X","type"'));
	});

	test.each([
		['{"a":1}', ['event']],
		['{"event":[{"payload":{}}]}', ['event', 'payload']],
		['{"event":"{}"}', ['event']],
		['{"event":null}', ['event']],
		['{}', ['event']],
		['["event",{}]', ['event']],
		['[]', []],
		['"event"', ['event']],
	])('changes nothing in %s, where there is no object at %j', (text, path) => {
		expect(withMemberAt(text, path, 'id', 'X')).toBe(text);
	});
});

describe('the source of a member', () => {
	test('is the text of its value, whatever the value, its name and what stands around it', () => {
		fc.assert(
			fc.property(object, names, fc.jsonValue(), object, spacing, around, (before, name, value, after, indent, blanks) => {
				const written = JSON.stringify(value, undefined, indent);
				const inside = (members: JsonObject) => JSON.stringify(members, undefined, indent).slice(1, -1).trim();
				const others = Object.fromEntries(Object.entries(after).filter(([key]) => key !== name));
				const member = `${blanks}${JSON.stringify(name)}${blanks}:${blanks}${written}${blanks}`;
				const text = `${blanks}{${[inside(before), member, inside(others)].filter((part) => part !== '').join(',')}}${blanks}`;
				expect(memberSource(text, name)).toBe(written);
			}),
			{ numRuns: 500 },
		);
	});

	test('says what a reader of the whole document finds there', () => {
		fc.assert(
			fc.property(document, names, (text, name) => {
				const source = memberSource(text, name);
				const members = membersOf(parsed(text));
				expect(source === undefined ? 'none' : JSON.parse(source)).toEqual(members.has(name) ? members.get(name) : 'none');
			}),
			{ numRuns: 500 },
		);
	});

	test('keeps digits, blanks and escapes', () => {
		const body = String.raw`{ "one":1.0, "big" : 9007199254740993,"text":"\u0041\/" , "list":[ 1e2 ] }`;
		expect(memberSource(`{"reason":"r", "body" :\t${body}\n}`, 'body')).toBe(body);
		expect(memberSource(body, 'one')).toBe('1.0');
		expect(memberSource(body, 'big')).toBe('9007199254740993');
		expect(memberSource(body, 'text')).toBe(String.raw`"\u0041\/"`);
		expect(memberSource(body, 'list')).toBe('[ 1e2 ]');
	});

	test('is that of the last of two members of one name, however it is escaped, and of none further inside', () => {
		expect(memberSource(String.raw`{"body":1,"b\u006fdy":2,"other":{"body":3}}`, 'body')).toBe('2');
		expect(memberSource('{"other":{"body":3},"text":"\\"body\\":4"}', 'body')).toBeUndefined();
	});

	test.each(['{}', ' [ ] ', '["body",1]', '"body"', 'null', '7'])('is nothing in %s', (text) => {
		expect(memberSource(text, 'body')).toBeUndefined();
	});
});
