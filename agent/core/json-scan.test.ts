import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depthStep, nestsDeeperThan, skipBlanks, skipString, skipValue } from './json-scan.ts';

const spacing = fc.constantFrom(undefined, 1, '\t');
const behind = fc.constantFrom('', ',', '}', ']', ' ,', '\n}');

test('a value is skipped to just behind its last character', () => {
	fc.assert(
		fc.property(fc.jsonValue(), spacing, behind, (value, indent, rest) => {
			const text = JSON.stringify(value, undefined, indent);
			expect(skipValue(text + rest, 0)).toBe(text.length);
		}),
	);
});

test('a string is skipped whatever it holds', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, rest) => {
			const text = JSON.stringify(value);
			expect(skipString(`  ${text}${rest}`, 2)).toBe(2 + text.length);
		}),
	);
});

test('only the four blanks of JSON are blanks', () => {
	expect(skipBlanks(' \t\r\nx', 0)).toBe(4);
	expect(skipBlanks('\u00a0x', 0)).toBe(0);
	expect(skipBlanks('   ', 1)).toBe(3);
});

test('no step goes past the end of a malformed text, and all of them end', () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ' ', '1') }), fc.nat({ max: 20 }), (text, from) => {
			for (const skip of [skipBlanks, skipValue]) expect(skip(text, Math.min(from, text.length))).toBeLessThanOrEqual(text.length);
			if (text[from] === '"') expect(skipString(text, from)).toBeLessThanOrEqual(text.length);
		}),
	);
	expect(skipString('"abc\\', 0)).toBe(5);
	expect(skipValue('[[1,2]', 0)).toBe(6);
});

/** Counted on the parsed value. */
function depthOf(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 0;
	return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('nesting is counted as the value nests, brackets in texts left out', () => {
	fc.assert(
		fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: fc.constantFrom('{', '[', '"', '\\', ']') }), fc.nat({ max: 7 }), (value, limit) => {
			expect(nestsDeeperThan(JSON.stringify(value), limit)).toBe(depthOf(value) > limit);
		}),
	);
	expect([...'{[]}a"'].map(depthStep)).toEqual([1, 1, -1, -1, 0, 0]);
});
