import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from './json.ts';
import { editElements, editObject, newMember, readMembers, renamed, sourceOf, withEdited, without, withValue, writeObject } from './json-members.ts';

const blank = fc.constantFrom('', ' ', '\r\n\t');
const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', ' a', 'with "quotes"', '\u00e9'), fc.string({ maxLength: 4 }));
const escaped = (text: string) =>
	`"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;
const written = (arbitrary: fc.Arbitrary<string>) =>
	fc.tuple(arbitrary, fc.boolean()).map(([text, isEscaped]) => (isEscaped ? escaped(text) : JSON.stringify(text)));
const value = fc.oneof(fc.constantFrom('1.0', '-0', '12345678901234567890', '{"a":{"a":1}}', '["}",{"a":[]}]', '{ }'), written(fc.string()), fc.json());
const member = fc.tuple(written(name), value, blank, blank, blank, blank).map(([key, inner, b1, b2, b3, b4]) => `${b1}${key}${b2}:${b3}${inner}${b4}`);
/** Names may come twice. */
const object = fc.tuple(fc.array(member, { maxLength: 5 }), blank, blank).map(([all, before, after]) => `${before}{${all.join(',')}}${after}`);

function parsed(text: string): JsonObject {
	const found: unknown = JSON.parse(text);
	if (!isJsonObject(found)) throw new Error('not an object');
	return found;
}
const entriesOf = (text: string) => new Map(Object.entries(parsed(text)));

test('members are the pieces of the text, and mean what it means', () => {
	fc.assert(
		fc.property(object, (text) => {
			const members = readMembers(text) ?? [];
			expect(new Map(members.map((one) => [one.name, JSON.parse(one.value)]))).toEqual(entriesOf(text));
			expect(writeObject(members)).toBe(members.length === 0 ? '{}' : text.trim());
			for (const [key, inner] of entriesOf(text)) expect(JSON.parse(sourceOf(members, key) ?? '')).toEqual(inner);
		}),
	);
});

test.each(['[]', '"{"', ' 1', 'null', ''])('of %s there are none, and it is not edited', (text) => {
	expect(readMembers(text)).toBeUndefined();
	expect(editObject(text, (members) => [...members, newMember('a', '1')])).toBe(text);
});

test('what is not changed is the very same text', () => {
	fc.assert(
		fc.property(object, (text) => {
			expect(editObject(text, (members) => members)).toBe(text);
			expect(editObject(text, (members) => without(renamed(members, 'no', 'never'), ['no', 'never']))).toBe(text);
			expect(
				editObject(text, (members) =>
					withEdited(
						withEdited(members, 'no', () => '1'),
						'a',
						(source) => source,
					),
				),
			).toBe(text);
		}),
	);
});

describe('one change', () => {
	test('gives a member one value, and leaves the others', () => {
		fc.assert(
			fc.property(object, name, value, (text, key, source) => {
				const edited = editObject(text, (members) => withValue(members, key, source));
				expect(entriesOf(edited)).toEqual(new Map([...entriesOf(text), [key, JSON.parse(source)]]));
				expect(readMembers(edited)?.filter((one) => one.name === key)).toHaveLength(1);
				expect(editObject(edited, (members) => withValue(members, key, source))).toBe(edited);
			}),
		);
	});

	test('takes a member out, however often it comes', () => {
		fc.assert(
			fc.property(object, name, (text, key) => {
				const expected = entriesOf(text);
				expected.delete(key);
				expect(entriesOf(editObject(text, (members) => without(members, [key])))).toEqual(expected);
			}),
		);
	});

	test('renames a member where the new name is free', () => {
		fc.assert(
			fc.property(object, name, name, (text, from, to) => {
				const before = entriesOf(text);
				const expected = before.has(to) ? before : new Map([...before].map(([key, inner]) => [key === from ? to : key, inner]));
				expect(entriesOf(editObject(text, (members) => renamed(members, from, to)))).toEqual(expected);
			}),
		);
	});

	test('edits the value that is read, not its shadow', () => {
		expect(editObject('{"a":1,"b":2, "\\u0061" : 3 }', (members) => withEdited(members, 'a', () => '9'))).toBe('{"a":1,"b":2, "\\u0061" : 9 }');
	});

	test('leaves every other character as it came', () => {
		const text = ' {\n "a" : 1.0 ,\t"b":[1, 2],"c":12345678901234567890 }\n';
		expect(editObject(text, (members) => renamed(members, 'b', 'd'))).toBe(text.replace('"b"', '"d"'));
		expect(editObject(text, (members) => without(members, ['b']))).toBe(text.replace('\t"b":[1, 2],', ''));
		expect(editObject(text, (members) => withValue(members, 'b', '0'))).toBe(text.replace('[1, 2]', '0'));
		expect(editObject(text, (members) => withValue(members, 'd', '0'))).toBe(text.replace(' }', ' ,"d":0}'));
		expect(editObject('{ }', (members) => withValue(members, 'd', '0'))).toBe('{"d":0}');
	});
});

test('elements are edited where they stand', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(blank, value, blank), { maxLength: 4 }), blank, (elements, inEmpty) => {
			const write = (edit: (source: string) => string) =>
				elements.length === 0 ? `[${inEmpty}]` : `[${elements.map(([before, source, after]) => before + edit(source) + after).join(',')}]`;
			expect(
				editElements(
					write((source) => source),
					(source) => `[${source}]`,
				),
			).toBe(write((source) => `[${source}]`));
		}),
	);
	expect(editElements('{"a":[1]}', () => '2')).toBe('{"a":[1]}');
});
