import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemberMemo } from '../../shared/member-memo.ts';
import { parserFor } from '../../shared/validate.ts';
import { readMember } from './member-reading.ts';

const parseMemo = parserFor(MemberMemo);
const answer = (member: unknown) => JSON.stringify({ status: 'success', member });

describe('the balance of a member is read', () => {
	const pair = { monetary: 12.5, nonMonetary: 2_000 };
	test.each<[string, unknown, number | undefined]>([
		['as a plain number', 2_000, 2_000],
		['as nothing left', 0, 0],
		['below nothing', -25, -25],
		['as the pair', pair, 2_000],
		['as the pair below balance', { usedByPayment: false, balance: pair }, 2_000],
		['from nothing but the value in money', { monetary: 12.5 }, undefined],
		['from an empty object', {}, undefined],
		['from a text', '2000', undefined],
		['from a list', [2_000], undefined],
		['from null', null, undefined],
		['from a number below balance', { balance: 2_000 }, undefined],
		['from a pair of texts', { monetary: '1', nonMonetary: '2' }, undefined],
	])('%s (K11)', (_how, points, read) => {
		expect(readMember(answer({ points }))?.balance).toEqual(read === undefined ? undefined : { points: read });
		expect(readMember(answer({ points: 7, credit: points }))?.balance).toEqual({ points: 7, ...(read === undefined ? {} : { credit: read }) });
	});

	test('and a number no double can hold leaves the name alone', () => {
		const memo = readMember('{"status":"success","member":{"firstName":"Ana","points":1e999,"credit":{"nonMonetary":-1e999}}}');
		expect(memo).toEqual({ name: 'Ana' });
	});
});

describe('the name of a member', () => {
	test.each<[string, unknown, string | undefined]>([
		['is both names', { firstName: 'Ana', lastName: 'Ruiz' }, 'Ana Ruiz'],
		['is the one there is', { lastName: 'Ruiz' }, 'Ruiz'],
		['has no blanks around it', { firstName: '  Ana ', lastName: ' ' }, 'Ana'],
		['is missing', { phoneNumber: '600100200' }, undefined],
		['is empty', { firstName: '', lastName: '' }, undefined],
		['is only blanks', { firstName: ' ' }, undefined],
		['is no text', { firstName: 7, lastName: { x: 1 } }, undefined],
		['comes from every object', JSON.parse('{"__proto__":{"firstName":"Eve"}}'), undefined],
	])('%s', (_how, member, name) => {
		expect(readMember(answer(member))?.name).toBe(name);
		expect(readMember(JSON.stringify({ status: 'ok', data: { member } }))?.name).toBe(name);
	});
});

test('a member is found wrapped or flat, and nowhere else', () => {
	const member = { firstName: 'Ana', points: 5 };
	const memo = { name: 'Ana', balance: { points: 5 } };
	expect(readMember(JSON.stringify({ status: 'success', member }))).toEqual(memo);
	expect(readMember(JSON.stringify({ status: 'success', data: { member } }))).toEqual(memo);
	expect(readMember(JSON.stringify({ status: 'success', data: 'x', member }))).toEqual(memo);
	for (const none of ['{"status":"success"}', '{"member":null}', '{"member":[{}]}', '{"data":{"member":"Ana"}}', '[]', '"Ana"', '{', ''])
		expect(readMember(none), none).toBeUndefined();
	expect(readMember('{"member":{}}')).toEqual({});
});

const hostile = fc.anything({ withNullPrototype: true, withBigInt: false });

test('whatever an answer holds, reading never throws, and what is read can be kept and read back', () => {
	const member = fc.record({ firstName: hostile, lastName: hostile, points: hostile, credit: hostile }, { requiredKeys: [] });
	const answers = fc.oneof(
		fc.string(),
		fc.json(),
		member.map((found) => answer(found)),
		member.map((found) => JSON.stringify({ data: { member: found } })),
	);
	fc.assert(
		fc.property(answers, (text) => {
			const memo = readMember(text);
			if (memo === undefined) return;
			expect(parseMemo(JSON.parse(JSON.stringify(memo)))).toEqual({ ok: true, value: memo });
			expect(memo.name === undefined || memo.name.trim() !== '').toBe(true);
		}),
	);
});
