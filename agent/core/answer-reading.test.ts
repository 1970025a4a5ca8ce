/** The two tables of loyalty-api.md 4, the envelopes of 1.5, and the order of local-api.md 3. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer-reading.ts';
import { type LinkTrouble, troubleCatalogue } from './link-trouble.ts';
import type { AttemptOutcome } from './outcome.ts';

const read = (status: number, body: unknown) => readAnswer({ kind: 'answered', status, text: typeof body === 'string' ? body : JSON.stringify(body) });
const outcomeOf = (status: number, body: unknown) => read(status, body).outcome;
const refusal = (code: unknown) => ({ status: 'error', error: { code, message: 'no' } });
const refused = (code: string): AttemptOutcome => ({ kind: 'refused', refusal: { code } });
const unknown = (trouble: LinkTrouble): AttemptOutcome => ({ kind: 'unknown', trouble });
const notSent = (trouble: LinkTrouble): AttemptOutcome => ({ kind: 'notSent', trouble });
const isTrouble = (name: string): name is LinkTrouble => Object.hasOwn(troubleCatalogue, name);
const allTroubles = fc.constantFrom(...Object.keys(troubleCatalogue).filter(isTrouble));

const page = '<!doctype html><title>Welcome to the guest network</title>';
const withoutEnvelope = [
	'',
	page,
	'{',
	'[]',
	'"success"',
	'{}',
	'{"status":"fine"}',
	'{"status":1}',
	'{"error":null}',
	'{"error":"Unauthorized"}',
	'{"errors":[]}',
];

describe('an envelope of success', () => {
	test.each([
		['A, flat', { status: 'success', confirmationCode: 'ABC123' }, 'ABC123'],
		['A, without a code', { status: 'success', member: { phoneNumber: '600100200' } }, undefined],
		['B, wrapped', { status: 'success', message: 'done', data: { confirmationCode: '3fa85f64-5717' } }, '3fa85f64-5717'],
		['B, empty', { status: 'success', data: {} }, undefined],
		['C, "ok" and flat', { status: 'ok', confirmationCode: 'ABC123XYZ' }, 'ABC123XYZ'],
		['in capitals', { status: 'SUCCESS' }, undefined],
		['with an error that is null', { status: 'success', error: null, confirmationCode: 'A' }, 'A'],
		['with a numeric code', { status: 'success', confirmationCode: 4711 }, '4711'],
		['with an empty code', { status: 'success', confirmationCode: '' }, undefined],
		['with a code in both places: the inner one', { status: 'success', confirmationCode: 'outer', data: { confirmationCode: 'inner' } }, 'inner'],
	])('%s, confirms', (_shape, body, code) => {
		expect(outcomeOf(200, body)).toEqual({ kind: 'confirmed', ...(code === undefined ? {} : { confirmationCode: code }) });
		expect(outcomeOf(201, body).kind).toBe('confirmed');
	});

	test('does not confirm when the status of the line says no', () => {
		expect(outcomeOf(400, { status: 'success', confirmationCode: 'A' })).toEqual(refused('HTTP_400'));
		expect(outcomeOf(404, { status: 'success', confirmationCode: 'A' })).toEqual(unknown('wrong-address'));
	});
});

describe('an envelope of error', () => {
	test.each(['203', '204', '407', '1001', '4001012', 'BAD_REQUEST', 'MEMBER_NOT_FOUND', 'SOMETHING_NEW', '4007005'])('with the code %s refuses', (code) => {
		for (const status of [200, 400, 404, 409, 422]) {
			expect(outcomeOf(status, refusal(code)), `D ${status}`).toEqual(refused(code));
			expect(outcomeOf(status, { status: 'error', errors: [{ code, cause: {} }, { code: 'other' }] }), `E ${status}`).toEqual(refused(code));
		}
	});

	test('with the code 500 is a fault of the service, as a text and as a number', () => {
		for (const code of ['500', 500]) expect(outcomeOf(200, refusal(code))).toEqual(unknown('server-error'));
		expect(outcomeOf(400, { status: 'error', errors: [{ code: '500' }] })).toEqual(unknown('server-error'));
	});

	test('may bring its code as a number', () => {
		expect(outcomeOf(200, refusal(203))).toEqual(refused('203'));
		expect(outcomeOf(200, { errors: [{ code: 4001012 }] })).toEqual(refused('4001012'));
	});

	test('is one even when its code is missing, or its status says success', () => {
		expect(outcomeOf(200, { status: 'error' })).toEqual(refused('UNNAMED'));
		expect(outcomeOf(200, { status: 'error', error: { message: 'no' } })).toEqual(refused('UNNAMED'));
		expect(outcomeOf(200, { status: 'success', confirmationCode: 'A', error: { code: '203' } })).toEqual(refused('203'));
		expect(outcomeOf(200, { error: { code: '203' } })).toEqual(refused('203'));
	});

	test('means by its code nothing of what the same status would mean', () => {
		for (const code of ['401', '403', '407', '429', '503']) expect(outcomeOf(200, refusal(code))).toEqual(refused(code));
	});
});

describe('the status of the line comes first, with or without an envelope', () => {
	const envelopes = [...withoutEnvelope, { status: 'success', confirmationCode: 'A' }, refusal('203')];

	test.each([
		[401, notSent('key-refused')],
		[403, notSent('key-refused')],
		[407, notSent('proxy-refused')],
		[429, notSent('rate-limited')],
		[408, unknown('server-error')],
		[425, unknown('server-error')],
		[500, unknown('server-error')],
		[502, unknown('server-error')],
		[503, unknown('server-error')],
		[504, unknown('server-error')],
		[511, unknown('captive-portal')],
		[599, unknown('server-error')],
	])('%i', (status, outcome) => {
		for (const body of envelopes) expect(outcomeOf(status, body), JSON.stringify(body)).toEqual(outcome);
	});
});

describe('without an envelope the status alone decides', () => {
	test.each([404, 405, 413, 415])('%i: nothing of the Loyalty API is there', (status) => {
		for (const body of withoutEnvelope) expect(outcomeOf(status, body), body).toEqual(unknown('wrong-address'));
	});

	test.each([400, 402, 406, 409, 410, 418, 422, 451])('%i: refused', (status) => {
		for (const body of withoutEnvelope) expect(outcomeOf(status, body), body).toEqual(refused(`HTTP_${status}`));
	});

	test.each([301, 302, 303, 307, 308])('%i: the network leads elsewhere, to its log-in page perhaps', (status) => {
		for (const body of withoutEnvelope) expect(outcomeOf(status, body), body).toEqual(unknown('captive-portal'));
	});

	test('a page says so itself, in letters of long ago, too', () => {
		const answered = (status: number, isHtml: boolean) => readAnswer({ kind: 'answered', status, text: undefined, isHtml }).outcome;
		expect(answered(200, true)).toEqual(unknown('captive-portal'));
		expect(answered(200, false)).toEqual(unknown('unreadable-answer'));
		expect(answered(422, true)).toEqual(refused('HTTP_422'));
		expect(answered(503, true)).toEqual(unknown('server-error'));
	});

	test.each([200, 201, 202, 204, 206, 300, 304])('%i: never success', (status) => {
		for (const body of withoutEnvelope) {
			expect(outcomeOf(status, body), body).toEqual(unknown(body.startsWith('<') ? 'captive-portal' : 'unreadable-answer'));
		}
	});

	test('bytes that are not UTF-8 are no envelope', () => {
		expect(readAnswer({ kind: 'answered', status: 200, text: undefined })).toEqual({ outcome: unknown('unreadable-answer') });
		expect(readAnswer({ kind: 'answered', status: 422, text: undefined })).toEqual({ outcome: refused('HTTP_422') });
	});
});

describe('no answer at all', () => {
	test('is not sent, or unknown once a byte may have left', () => {
		fc.assert(
			fc.property(allTroubles, fc.boolean(), (trouble, sent) => {
				expect(readAnswer({ kind: 'failed', sent, trouble })).toEqual({ outcome: sent ? unknown(trouble) : notSent(trouble) });
			}),
		);
	});
});

describe('what the register may be shown', () => {
	test('is the text of an envelope as it came', () => {
		const text = ' {"status":"error","error":{"code":203.0,"x":12345678901234567890}}\n';
		expect(read(200, text)).toMatchObject({ passThrough: text });
	});

	test('is nothing that is not the envelope of the Loyalty API', () => {
		for (const body of withoutEnvelope) expect(read(200, body), body).not.toHaveProperty('passThrough');
	});
});

test('only an envelope of success under a status below 400 ever confirms', () => {
	const body = fc.oneof(
		fc.string(),
		fc.json(),
		fc
			.record({
				status: fc.constantFrom('success', 'ok', 'error', 'OK', 'done', 1),
				error: fc.constantFrom(undefined, null, { code: '203' }),
				data: fc.jsonValue(),
			})
			.map((value) => JSON.stringify(value)),
	);
	fc.assert(
		fc.property(fc.integer({ min: 200, max: 599 }), body, (status, text) => {
			const { outcome, passThrough } = read(status, text);
			if (outcome.kind !== 'confirmed') return;
			expect(status).toBeLessThan(400);
			expect(passThrough).toBe(text);
			expect(JSON.parse(text)).toMatchObject({ status: expect.stringMatching(/^(success|ok)$/i) });
		}),
		{ numRuns: 1_000 },
	);
});

test('a numeric code is the text it was written as, with every digit', () => {
	const read = (text: string) => readAnswer({ kind: 'answered', status: 200, text }).outcome;
	expect(read('{"status":"success","confirmationCode":12345678901234567890}')).toEqual({ kind: 'confirmed', confirmationCode: '12345678901234567890' });
	expect(read('{"status":"success","data":{"confirmationCode":1.00}}')).toEqual({ kind: 'confirmed', confirmationCode: '1.00' });
	expect(read('{"status":"error","error":{"code":203}}')).toEqual({ kind: 'refused', refusal: { code: '203' } });
});

test('a refusal code that looks like more than a code is not repeated', () => {
	const outcome = readAnswer({ kind: 'answered', status: 200, text: '{"status":"error","error":{"code":"MEMBER +34 600 NOT FOUND"}}' }).outcome;
	expect(outcome).toEqual({ kind: 'refused', refusal: { code: 'UNNAMED' } });
});
