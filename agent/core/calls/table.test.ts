import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { usualRules } from '../shop-rules.ts';
import { type CallName, callNames, type OperationName, operationNames } from './operation.ts';
import { callAtPath, calls, cancelKeyText, operations } from './table.ts';

const till = { branchId: 'BR001', posId: 'POS001' };
const keysOf = (name: OperationName, body: JsonObject, context: { branchId: string; posId: string; day?: string } = till) =>
	operations[name].naturalKeys(operations[name].peek(body), context);
const member = { phoneNumber: '600100200' };
const sale = (transactionId: string) => ({ transaction: { transactionId } });
const answerOf = (name: OperationName, body: JsonObject) => operations[name].queuedAnswer('PENDING-X', body, operations[name].peek(body));

describe('the seven calls', () => {
	test('are found by their paths, letter by letter', () => {
		const paths = ['/member/register', '/member/update', '/member/details', '/member/shortCode', '/transaction', '/payment', '/event'];
		expect(callNames.map((name) => calls[name].path)).toEqual(paths);
		expect(paths.map((path) => callAtPath(path)?.name)).toEqual([...callNames]);
		for (const path of ['/member/shortcode', '/Transaction', '/transaction/', '', '/member']) expect(callAtPath(path), path).toBeUndefined();
	});

	test('bring every operation, each under its own call', () => {
		for (const name of operationNames) expect(operations[name].name).toBe(name);
		const bodies: readonly JsonObject[] = [{}, { transaction: { action: 'cancel' } }, { payment: { action: 'cancel' } }];
		const reached = callNames.flatMap((name) => bodies.map((body) => calls[name].operationFor(body)));
		expect(new Set(reached.map(({ name }) => name))).toEqual(new Set(operationNames));
		for (const [index, operation] of reached.entries()) expect(operation.call).toBe(callNames[Math.floor(index / bodies.length)]);
	});

	test.each<[CallName, JsonObject, OperationName]>([
		['transaction', sale('T'), 'sale'],
		['transaction', { confirmationCode: 'A' }, 'cancelSale'],
		['payment', { payment: { amount: 1 } }, 'pay'],
		['payment', { payment: { action: 'cancel', confirmationCode: 'A' } }, 'cancelPay'],
	])('%s with %j is a %s', (call, body, name) => {
		expect(calls[call].operationFor(body).name).toBe(name);
	});

	test('are queued, live or both as local-api.md says', () => {
		const kinds = Object.fromEntries(operationNames.map((name) => [name, operations[name].kind]));
		expect(kinds).toEqual({
			...{ register: 'write', update: 'write', details: 'read', shortCode: 'read', sale: 'write' },
			...{ cancelSale: 'write', pay: 'pay', cancelPay: 'write', event: 'write' },
		});
	});

	test('are all repeated after an unknown outcome, but for the pay', () => {
		for (const name of operationNames) expect(operations[name].onUnknown(usualRules), name).toBe(name === 'pay' ? 'hold' : 'repeat');
	});
});

describe('required fields', () => {
	const good: Readonly<Record<OperationName, readonly JsonObject[]>> = {
		register: [member, { email: 'a@b.c' }, { newMemberData: member }, { newMemberData: { email: 'a@b.c', phoneNumber: 5 } }],
		update: [{ member: {}, newMemberData: {} }],
		details: [{ member: {} }, { member: { odd: 1 }, transaction: 5 }],
		shortCode: [{ member: {} }],
		sale: [sale('T'), { ...sale('T'), member: 'odd', usedAssets: 5 }],
		cancelSale: [{ transaction: { confirmationCode: 'A' } }, { confirmationCode: 'A', transaction: 5 }],
		pay: [{ member: {}, payment: { amount: 0.5 } }],
		cancelPay: [{ payment: { confirmationCode: 'A' } }, { confirmationCode: 'A' }],
		event: [{ event: { type: 'signup' } }],
	};
	const bad: Readonly<Record<OperationName, readonly (readonly [JsonObject, string])[]>> = {
		register: [
			[{}, 'phoneNumber'],
			[{ phoneNumber: '' }, 'phoneNumber'],
			[{ phoneNumber: 600100200 }, 'phoneNumber'],
		],
		update: [
			[{ member: {} }, 'newMemberData'],
			[{ newMemberData: {} }, 'member'],
			[{ member: [], newMemberData: {} }, 'member'],
		],
		details: [
			[{}, 'member'],
			[{ member: 'ana' }, 'member'],
		],
		shortCode: [[{}, 'member']],
		sale: [
			[{}, 'transaction'],
			[{ transaction: {} }, 'transaction.transactionId'],
			[sale(''), 'transaction.transactionId'],
		],
		cancelSale: [
			[{}, 'transaction'],
			[{ transaction: {} }, 'transaction.confirmationCode'],
		],
		pay: [
			[{ payment: { amount: 1 } }, 'member'],
			[{ member: {} }, 'payment'],
			[{ member: {}, payment: { amount: 0 } }, 'payment.amount'],
		],
		cancelPay: [
			[{}, 'payment'],
			[{ payment: { confirmationCode: '' } }, 'payment.confirmationCode'],
		],
		event: [
			[{}, 'event'],
			[{ event: {} }, 'event.type'],
			[{ event: { type: 5 } }, 'event.type'],
		],
	};

	test.each(operationNames)('of %s are the only reason to refuse it, and the first one missing is named', (name) => {
		for (const body of good[name]) expect(operations[name].parse(body), JSON.stringify(body)).toEqual({ ok: true, value: body });
		for (const [body, path] of bad[name]) {
			const parsed = operations[name].parse(body);
			expect(parsed.ok ? undefined : parsed.problems[0]?.path, JSON.stringify(body)).toBe(path);
		}
	});

	test.each(operationNames)('of %s are complained about without repeating what could be personal', (name) => {
		const ana = 'ana@example.com';
		const wrong = { member: ana, newMemberData: ana, transaction: ana, payment: ana, event: ana, phoneNumber: 600100200, email: 5 };
		const complaints = [ana, wrong].map((body) => JSON.stringify(operations[name].parse(body)));
		for (const complaint of complaints) {
			expect(complaint).toMatch(/^\{"ok":false/);
			expect(complaint).not.toMatch(/ana@|600100200/);
		}
	});
});

describe('natural keys', () => {
	test('of a sale are branch, terminal and id, and the day where ids start again', () => {
		const text = (id: string, context = till) => keysOf('sale', sale(id), context)[0]?.text;
		const all = [
			text('1'),
			text('2'),
			text('1', { ...till, branchId: 'BR002' }),
			text('1', { ...till, posId: 'POS002' }),
			keysOf('sale', sale('1'), { ...till, day: '2026-01-01' })[0]?.text,
			keysOf('sale', sale('1'), { ...till, day: '2026-01-02' })[0]?.text,
			keysOf('pay', sale('1'))[0]?.text,
		];
		expect(new Set(all).size).toBe(all.length);
		expect(keysOf('sale', sale('1'))).toEqual([{ text: text('1'), personal: false, until: 'kept' }]);
	});

	test('of two sales are the same only if id, branch, terminal and day are', () => {
		const part = fc.string({ maxLength: 4, unit: fc.constantFrom('a', ':', '%', '3', 'A', '\\', '"', '\ud800', '\udc00', ' ') });
		const parts = fc.tuple(
			part.filter((text) => text !== ''),
			part,
			part,
			part,
		);
		fc.assert(
			fc.property(parts, parts, (one, other) => {
				const [first, second] = [one, other].map(([id, branchId, posId, day]) => keysOf('sale', sale(id), { branchId, posId, day })[0]?.text);
				expect(first === second).toBe(JSON.stringify(one) === JSON.stringify(other));
			}),
		);
	});

	test('of a register are its phone and its e-mail, personal, as long as it is open', () => {
		expect(keysOf('register', { newMemberData: { ...member, email: 'Ana@B.c' }, externalId: 'x' })).toEqual([
			{ text: 'register:phoneNumber:600100200', personal: true, until: 'open' },
			{ text: 'register:email:ana@b.c', personal: true, until: 'open' },
		]);
		expect(keysOf('register', member)).toEqual(keysOf('register', { newMemberData: member }));
	});

	test('of a pay is its sale until it is spent; without a sale it stands alone', () => {
		expect(keysOf('pay', { member, ...sale('T') })).toMatchObject([{ until: 'spent', personal: false }]);
		expect(keysOf('pay', { member, payment: { amount: 5 } })).toEqual([]);
	});

	test('of a cancel are the call and the code, wherever the code stands', () => {
		const key = { text: cancelKeyText('transaction', 'A:1'), personal: false, until: 'kept' };
		expect(keysOf('cancelSale', { transaction: { confirmationCode: 'A:1' } })).toEqual([key]);
		expect(keysOf('cancelSale', { confirmationCode: 'A:1' })).toEqual([key]);
		expect(keysOf('cancelPay', { confirmationCode: 'A:1' })).toEqual([{ ...key, text: cancelKeyText('payment', 'A:1') }]);
		expect(cancelKeyText('payment', 'A:1')).not.toBe(cancelKeyText('transaction', 'A:1'));
	});

	test('of update, event and reads are none', () => {
		for (const name of ['update', 'event', 'details', 'shortCode'] as const)
			expect(keysOf(name, { member, ...sale('T'), confirmationCode: 'A' }), name).toEqual([]);
	});
});

describe('identifiers', () => {
	test('of a register are those of the new member, flat or wrapped', () => {
		for (const body of [member, { newMemberData: member }]) expect(operations.register.peek(body).identifiers).toEqual([['phoneNumber', '600100200']]);
	});

	test('of an update are the old and the new ones', () => {
		const identifiers = operations.update.peek({ member, newMemberData: { phoneNumber: '600100201', email: 'a@b.c' } }).identifiers;
		expect(identifiers.map(([, value]) => value)).toEqual(['600100200', '600100201', 'a@b.c']);
	});

	test.each(operationNames.filter((name) => name !== 'register'))('of %s are those of its member', (name) => {
		expect(operations[name].peek({ member, phoneNumber: 'flat' }).identifiers).toEqual([['phoneNumber', '600100200']]);
	});
});

describe('what stands in for an answer', () => {
	test('is an envelope of success for each call, and invents nothing but the provisional code of a sale', () => {
		for (const name of ['update', 'event'] as const) expect(answerOf(name, member), name).toEqual({ status: 'success', data: {} });
		const profile = { ...member, firstName: 'Ana', gdpr: true };
		for (const body of [{ ...profile, stranger: 1 }, { newMemberData: { ...profile, stranger: 1 } }]) {
			expect(answerOf('register', body)).toEqual({ status: 'success', data: { member: profile } });
		}
		expect(answerOf('sale', sale('T'))).toEqual({ status: 'success', confirmationCode: 'PENDING-X' });
		expect(answerOf('cancelSale', { confirmationCode: 'A' })).toEqual({ status: 'success' });
		expect(answerOf('cancelPay', { confirmationCode: 'A' })).toEqual({ status: 'success', data: { confirmationCode: 'A' } });
		for (const name of ['pay', 'details', 'shortCode'] as const) expect(answerOf(name, { member }), name).toEqual({ status: 'success' });
	});
});

describe('what is held up', () => {
	const holdsUp = (name: OperationName, state: 'refused' | 'doubtful', code?: string) => operations[name].holdsUp(state, code);

	test('by a refused register are the later writes of its member, unless it is a member already', () => {
		expect([holdsUp('register', 'refused', '1001'), holdsUp('register', 'refused'), holdsUp('register', 'refused', '204')]).toEqual([
			'member',
			'member',
			'nothing',
		]);
	});

	test('by a sale is its cancel, and by everything else nothing', () => {
		for (const state of ['refused', 'doubtful'] as const) {
			expect(holdsUp('sale', state, '203')).toBe('cancel');
			for (const name of operationNames.filter((one) => one !== 'register' && one !== 'sale')) expect(holdsUp(name, state, '203'), name).toBe('nothing');
		}
	});
});
