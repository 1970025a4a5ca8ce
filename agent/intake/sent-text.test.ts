/** What a pay's cancel learns from the memory; the rules themselves are tested beside them. */
import { describe, expect, test } from 'vitest';
import { type DeliveryId, isDeliveryId, provisionalCode } from '../../shared/ids.ts';
import { operations } from '../core/calls/table.ts';
import type { Dialect } from '../core/dialect/dialect.ts';
import { freeze } from '../core/frozen-request.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { newKeySet } from '../vault/key-set.ts';
import { Vault } from '../vault/vault.ts';
import { sentText } from './sent-text.ts';

const asSent: Dialect = { registerBody: 'as-sent', saleCancelBody: 'as-sent', payCancelAmount: 'as-sent', saleFields: 'as-sent', discountSign: 'as-sent' };
const vault = new Vault(newKeySet());

function idOf(text: string): DeliveryId {
	if (!isDeliveryId(text)) throw new Error(`${text} is no delivery id`);
	return text;
}
const id = idOf('01M840JDZFWCW743F6KR8TDHES');

const sealed = (body: string, owner = id) => vault.seal('content', owner, freeze({ headers: {}, query: '', body }));
const payBody = '{"member":{},"payment":{"amount":30.0}}';

/** A memory with one delivery, which was answered with the code "A". */
function memoryOf(content: Uint8Array | undefined, operation: 'pay' | 'sale' = 'pay', payCancelAmount: Dialect['payCancelAmount'] = 'negative') {
	const delivery: DeliveryRecord = {
		...{ sequence: 7, place: 7, id, operation, tokenId: 't', acceptedAt: 0, endedAt: 0, state: 'confirmed', attempts: 1, unknownOutcomes: 0 },
		...{ transactionId: 'T', amountMinor: undefined, lanes: [], cancelLane: undefined, confirmationCode: 'A', refusalCode: undefined },
		...{ lastOutcome: 'confirmed', supersededBy: undefined, flags: [], reason: undefined },
	};
	const events: unknown[] = [];
	const read: number[] = [];
	return {
		events,
		read,
		memory: {
			store: {
				find: (wanted: DeliveryId) => (wanted === id ? delivery : undefined),
				payByCode: (code: string) => (code === 'A' && operation === 'pay' ? delivery : undefined),
				content: (sequence: number) => {
					read.push(sequence);
					return content;
				},
			},
			vault,
			log: { error: (event: string, fields?: object) => events.push([event, fields]) },
			settings: { dialect: { ...asSent, payCancelAmount } },
		},
	};
}

const cancel = (code: string) => `{"payment":{"confirmationCode":"${code}", "amount": 7}}`;
const sentWith = ({ memory }: ReturnType<typeof memoryOf>, code: string) =>
	sentText(memory, operations.cancelPay, cancel(code), operations.cancelPay.peek(JSON.parse(cancel(code))));
const withAmount = (code: string, amount: string) => cancel(code).replace('7', amount);

describe("a pay's cancel", () => {
	test("goes with the pay's own amount, digit for digit, whichever code names it", () => {
		expect(sentWith(memoryOf(sealed(payBody)), 'A')).toBe(withAmount('A', '-30.0'));
		const code = provisionalCode(id);
		expect(sentWith(memoryOf(sealed(payBody)), code)).toBe(cancel(code).replace('"amount": 7', '"amount": -30.0'));
	});

	test.each([
		['was made elsewhere', memoryOf(sealed(payBody)), 'B'],
		['has a provisional code of another agent', memoryOf(sealed(payBody)), 'PENDING-x'],
		['is not a pay at all', memoryOf(sealed(payBody), 'sale'), provisionalCode(id)],
		['was erased', memoryOf(undefined), 'A'],
		['has no amount that can be read', memoryOf(sealed('{"payment":{"amount":"30"}}')), 'A'],
	])('whose pay %s keeps to what the register sent, made negative', (_what, memory, code) => {
		expect(sentWith(memory, code)).toBe(cancel(code).replace('"amount": 7', '"amount": -7'));
		expect(memory.events).toEqual([]);
	});

	test('of a pay that cannot be opened says so in the log, and is not held up', () => {
		const memory = memoryOf(sealed(payBody, idOf('01M840JDZFWCW743F6KR8TDHET')));
		expect(sentWith(memory, 'A')).toBe(withAmount('A', '-7'));
		expect(memory.events).toEqual([
			['delivery.unreadable', { deliveryId: id, error: expect.stringMatching(/^TamperedError at agent\/vault\/sealed-bytes\.ts:\d+ at /) }],
		]);
	});

	test('opens nothing while no rule asks for it', () => {
		for (const payCancelAmount of ['as-sent', 'omit'] as const) {
			const memory = memoryOf(sealed(payBody), 'pay', payCancelAmount);
			sentWith(memory, 'A');
			expect(memory.read).toEqual([]);
		}
	});
});
