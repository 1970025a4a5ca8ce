import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canary, carelessFields } from '../../test/support/canaries.ts';
import { errorWords } from './error-words.ts';
import { type LogFields, logEvents, logFields } from './log.ts';
import { safeFields, safeLine } from './safe-fields.ts';

const names = Object.keys(logFields);
const deliveryId = '01KAVE8R4Y0000000000000000';

describe('what a line holds', () => {
	const whole: LogFields = {
		...{ deliveryId, operation: 'cancelSale', state: 'doubtful', outcome: 'notSent', attempt: 3, httpStatus: 503, durationMs: 1_204, link: 'failing' },
		...{ reason: 'tls-cut', offsetSeconds: -300, count: 0, waiting: 12, port: 4_280, host: 'api.example.com:8443', version: '0.1.0' },
		...{ protection: 'keystore', movedFrom: 'file' },
		...{ tokenId: '00ff00ff00ff00ff', error: errorWords(new TypeError('m')) },
	};

	test('is every field of the catalogue that fits', () => {
		expect(Object.keys(whole).sort()).toEqual([...names].sort());
		expect(safeFields(whole)).toEqual(whole);
	});

	test.each<readonly [keyof LogFields, readonly unknown[]]>([
		['deliveryId', ['612345678', `${deliveryId}0`, deliveryId.toLowerCase(), `${deliveryId}\n`, 7]],
		['operation', ['Marta', 'toString', 'Sale']],
		['state', ['paused', 'Marta']],
		['outcome', ['tooLate', 'Marta']],
		['attempt', [-1, 1.5, Number.NaN, 612_345_678, '1']],
		['httpStatus', [0, 1_000, Number.POSITIVE_INFINITY, '200']],
		['durationMs', [34_612_345_678, Number.NEGATIVE_INFINITY, null]],
		['link', ['Marta', ['online']]],
		['reason', ['612345678', 'tel-612-345-678', 'Marta Ruiz', 'ana@example.com', 'a'.repeat(61), '', 'reset\n']],
		['offsetSeconds', [34_612_345_678, '300']],
		['count', [612_345_678]],
		['waiting', [612_345_678]],
		['port', [65_536, -1]],
		['host', ['4111111111111111', 'ana@example.com', 'Marta Ruiz', 'user:password@example.com', 'example.com/612345678', 'https://example.com']],
		['version', ['612345678', '1.0', '1.0.0 Marta']],
		['tokenId', ['612345678', 'register', '00FF00FF00FF00FF']],
		['protection', ['Marta', 'files']],
		['movedFrom', ['auto']],
		['error', ['Error: Marta', 'SyntaxError: Unexpected token \'M\', "Marta" is not valid JSON', 'Error at /home/marta/agent/main.ts:1', 'Marta']],
	])('%s takes nothing else, and says so', (name, values) => {
		for (const value of values) expect(safeFields({ [name]: value }), String(value)).toEqual({ withheld: [name] });
	});

	test.each(['localhost', 'localhost:4280', '127.0.0.1:80', '[::1]:4280', 'api.example.com'])('host takes %s', (host) => {
		expect(safeFields({ host })).toEqual({ host });
	});

	test('is no name that is not in the catalogue: those are counted', () => {
		const hostile: unknown = JSON.parse('{"__proto__":"Marta","constructor":1,"+34612345678":2,"sentence":"Marta","directory":"/home/marta","count":3}');
		expect(safeFields(hostile)).toEqual({ count: 3, unknownFields: 5 });
	});

	test('is nothing of what is no object', () => {
		expect(safeFields(undefined)).toEqual({});
		expect(safeFields({ reason: undefined })).toEqual({});
		for (const fields of ['Marta', 612_345_678, null, true]) expect(safeFields(fields)).toEqual({ unknownFields: 1 });
		expect(safeFields(['Marta', 'Ruiz'])).toEqual({ unknownFields: 2 });
	});
});

describe('a line', () => {
	test('of an event that nobody knows does not repeat its name', () => {
		expect(safeLine('delivery.Marta', { count: 1 })).toEqual({ event: 'log.unknownEvent', fields: { count: 1 } });
		for (const event of ['toString', 7, undefined]) expect(safeLine(event, undefined)).toEqual({ event: 'log.unknownEvent', fields: {} });
	});

	test('has the sentence of its reason, and none of the caller', () => {
		const sentence = 'No internet connection.';
		expect(safeLine('link.changed', { link: 'offline', reason: 'no-route' }).fields).toEqual({ link: 'offline', reason: 'no-route', sentence });
		expect(safeLine('link.changed', { reason: 'ok', sentence: 'Marta' }).fields).toEqual({
			...{ reason: 'ok', sentence: 'The loyalty service is reached.', unknownFields: 1 },
		});
		expect(safeLine('link.changed', { reason: 'toString' }).fields).toEqual({ reason: 'toString' });
		expect(safeLine('delivery.attempted', { reason: 'no-route' }).fields).toEqual({ reason: 'no-route' });
		expect(safeLine('clock.wrong', { offsetSeconds: 300 }).fields).toMatchObject({ sentence: 'The clock of this terminal is 5 minutes ahead.' });
	});

	test('holds nothing planted by a careless caller, unless it has the form of that very field', () => {
		fc.assert(
			fc.property(fc.oneof(canary, fc.constantFrom(...logEvents)), carelessFields(names), (event, fields) => {
				const line = safeLine(event, fields);
				expect(logEvents).toContain(line.event);
				const { withheld = [], unknownFields, sentence, ...rest } = line.fields;
				for (const [name, value] of Object.entries(rest)) {
					expect(names).toContain(name);
					expect(value).toBe(fields[name]);
				}
				for (const name of Object(withheld)) expect(rest).not.toHaveProperty(name);
				expect(Object.keys(rest).length + Object(withheld).length + Number(unknownFields ?? 0)).toBe(
					Object.values(fields).filter((value) => value !== undefined).length,
				);
				expect(sentence === undefined || String(sentence).startsWith('The ')).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});

	test('holds no phone number, card number, e-mail address or full name in any field of text', () => {
		fc.assert(
			fc.property(canary, fc.constantFrom(...names), (text, name) => {
				// An id is made of any letters and digits, and a code is a single word: those have no meaning that could be checked.
				const fits = name === 'deliveryId' || name === 'tokenId' || (name === 'reason' && /^[A-Za-z][\w-]*$/.test(text));
				if (!fits) expect(JSON.stringify(safeLine('agent.bug', { [name]: text }))).not.toContain(text);
			}),
			{ numRuns: 2_000 },
		);
	});
});
