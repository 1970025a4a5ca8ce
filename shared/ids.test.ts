import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryIdFromBytes, deliveryIdToBytes, isDeliveryId, provisionalCode, readProvisionalCode } from './ids.ts';

const sixteenBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('a delivery id', () => {
	test('and its sixteen bytes are two forms of one thing', () => {
		fc.assert(
			fc.property(sixteenBytes, (bytes) => {
				const id = deliveryIdFromBytes(bytes);
				expect(isDeliveryId(id)).toBe(true);
				expect(deliveryIdToBytes(id)).toEqual(bytes);
			}),
		);
	});

	test('sorts as its bytes do', () => {
		fc.assert(
			fc.property(sixteenBytes, sixteenBytes, (one, other) => {
				const ids = deliveryIdFromBytes(one) < deliveryIdFromBytes(other);
				expect(ids).toBe(Buffer.compare(one, other) < 0);
			}),
		);
	});

	test.each([
		'',
		'01JABCDEFGHJKMNPQRSTVWXYZ',
		'01JABCDEFGHJKMNPQRSTVWXYZ00',
		'81JABCDEFGHJKMNPQRSTVWXYZ0',
		'01jabcdefghjkmnpqrstvwxyz0',
		'01JABCDEFGHIKMNPQRSTVWXYZ0',
	])('is not %j', (text) => {
		expect(isDeliveryId(text)).toBe(false);
	});

	test('cannot be made of any other number of bytes', () => {
		for (const length of [0, 15, 17]) expect(() => deliveryIdFromBytes(new Uint8Array(length))).toThrow(RangeError);
	});
});

describe('a provisional code', () => {
	test('names its delivery', () => {
		fc.assert(
			fc.property(sixteenBytes, (bytes) => {
				const id = deliveryIdFromBytes(bytes);
				expect(provisionalCode(id)).toBe(`PENDING-${id}`);
				expect(readProvisionalCode(provisionalCode(id))).toBe(id);
			}),
		);
	});

	test('that no till of ours made is foreign, and any other code is none', () => {
		for (const code of [
			'PENDING-',
			'PENDING-1',
			'PENDING-01JABCDEFGHJKMNPQRSTVWXYZ0 ',
			'pending-01JABCDEFGHJKMNPQRSTVWXYZ0',
			' PENDING-01JABCDEFGHJKMNPQRSTVWXYZ0',
		])
			expect(readProvisionalCode(code), code).toBe('foreign');
		for (const code of ['', 'ABC123', '01JABCDEFGHJKMNPQRSTVWXYZ0']) expect(readProvisionalCode(code), code).toBeUndefined();
	});
});
