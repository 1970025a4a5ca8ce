import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeze, thaw, withRealCode } from './frozen-request.ts';

const provisional = 'PENDING-01JABCDEFGHJKMNPQRSTVWXYZ0';

describe('freezing', () => {
	test('gives headers, query and body back as they were, byte for byte', () => {
		const headers = fc.dictionary(fc.constantFrom('x-branch-id', 'x-pos-id', 'x-source-name'), fc.string({ unit: 'binary' }));
		fc.assert(
			fc.property(headers, fc.string({ unit: fc.oneof(fc.constantFrom('\n', '"', '{', '\r'), fc.string({ minLength: 1, maxLength: 1 })) }), (given, body) => {
				const frozen = thaw(freeze({ headers: given, query: '?expand=a%20b', body }));
				expect(frozen.query).toBe('?expand=a%20b');
				expect(frozen.body).toBe(body);
				expect(new Map(Object.entries(frozen.headers))).toEqual(new Map(Object.entries(given)));
			}),
		);
	});

	test.each(['', '{}', '{"a":1}\nbody', '["a"]\nbody', 'null\nbody', '{"headers":{"a":1},"query":""}\nbody', '{"headers":{}}\nbody', '{"a":\nbody'])(
		'is not taken for what it is not: %j',
		(text) => {
			expect(() => thaw(text)).toThrow();
		},
	);
});

describe('the real code', () => {
	test('takes the place of the provisional one and changes no other byte', () => {
		const body = `{ "transaction":{"confirmationCode" : "${provisional}", "totalAmount":-10.50},\n"n":12345678901234567890 }`;
		expect(withRealCode(body, provisional, 'A$&"1')).toBe(body.replace(`"${provisional}"`, () => JSON.stringify('A$&"1')));
	});

	test('takes its place wherever it stands and however it is escaped, numbers as they were', () => {
		const escaped = String.raw`\u0050ENDING-01JABCDEFGHJKMNPQRSTVWXYZ0`;
		const body = `{"a":"${escaped}","b":["${provisional}",1.0],"c":{"confirmationCode":"${escaped}"}}`;
		expect(withRealCode(body, provisional, 'ABC')).toBe('{"a":"ABC","b":["ABC",1.0],"c":{"confirmationCode":"ABC"}}');
	});

	test.each([
		['a longer text', `{"note":"see ${provisional}"}`],
		['a text that ends with it behind a quote', `{"note":"\\"${provisional}"}`],
		['the name of a member', `{"${provisional}" : 1}`],
		['another code', '{"code":"PENDING-01JABCDEFGHJKMNPQRSTVWXYZ1"}'],
		['nothing', '{}'],
	])('leaves %s alone', (_what, body) => {
		expect(withRealCode(body, provisional, 'ABC')).toBe(body);
	});

	test('is found in any document in which the provisional one stands', () => {
		const document = fc.jsonValue({ maxDepth: 4, stringUnit: fc.constantFrom('"', '\\', 'a', ':', ' ') });
		fc.assert(
			fc.property(document, document, fc.constantFrom(undefined, 1), (before, behind, indent) => {
				const text = (code: string) => JSON.stringify({ before, code, behind, list: [code] }, undefined, indent);
				expect(withRealCode(text(provisional), provisional, 'real')).toBe(text('real'));
			}),
		);
	});
});
