import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TamperedError, Vault } from './vault.ts';

const key = randomBytes(32);
const vault = new Vault(key);
const plain = new TextEncoder().encode('{"member":{"phoneNumber":"600100200"}}');
const bytes = fc.uint8Array({ maxLength: 300 });

describe('what is sealed', () => {
	test('is given back as it was, also by another vault with the same key', () => {
		fc.assert(
			fc.property(bytes, fc.string(), fc.constantFrom('content' as const, 'answer' as const), (text, owner, purpose) => {
				const sealed = vault.seal(purpose, owner, text);
				for (const opener of [vault, new Vault(key)]) expect([...opener.open(purpose, owner, sealed)]).toEqual([...text]);
			}),
			{ numRuns: 50 },
		);
	});

	test('shows nothing of what is inside', () => {
		const sealed = Buffer.from(vault.seal('content', 'A', plain)).toString('latin1');
		expect(sealed).not.toContain('600100200');
		expect(sealed).not.toContain('member');
	});

	test('is different each time: the nonce is fresh', () => {
		const nonces = Array.from({ length: 500 }, () => Buffer.from(vault.seal('content', 'A', plain)).toString('hex', 0, 12));
		expect(new Set(nonces).size).toBe(nonces.length);
	});

	test('opens for no other owner, purpose or key', () => {
		const sealed = vault.seal('content', 'A', plain);
		expect(() => vault.open('content', 'B', sealed)).toThrow(TamperedError);
		expect(() => vault.open('answer', 'A', sealed)).toThrow(TamperedError);
		expect(() => new Vault(randomBytes(32)).open('content', 'A', sealed)).toThrow(TamperedError);
	});

	test('opens no more after any single bit was changed', () => {
		const sealed = vault.seal('content', 'A', plain);
		fc.assert(
			fc.property(fc.nat({ max: sealed.length - 1 }), fc.nat({ max: 7 }), (index, bit) => {
				const changed = Uint8Array.from(sealed, (byte, place) => (place === index ? byte ^ (1 << bit) : byte));
				expect(() => vault.open('content', 'A', changed)).toThrow(TamperedError);
			}),
		);
	});

	test('opens no more after it was cut or lengthened, to any length', () => {
		const sealed = vault.seal('content', 'A', plain);
		for (let length = 0; length < sealed.length; length += 1)
			expect(() => vault.open('content', 'A', sealed.subarray(0, length)), `${length}`).toThrow(TamperedError);
		expect(() => vault.open('content', 'A', Buffer.concat([sealed, Buffer.of(0)]))).toThrow(TamperedError);
	});

	test('says whose it is when it does not open, and nothing of what is inside', () => {
		const sealed = vault.seal('content', 'A', plain);
		expect(() => vault.open('content', 'B', sealed)).toThrow('the sealed content of B was changed');
		expect(() => vault.open('answer', 'B', sealed.subarray(0, 10))).toThrow('the sealed answer of B is cut short');
	});
});

describe('hashes', () => {
	test('are equal for equal texts and differ for others', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (one, other) => {
				expect([...new Vault(key).fingerprint(one)]).toEqual([...vault.fingerprint(one)]);
				expect(vault.lookupKey(one) === vault.lookupKey(other)).toBe(one === other);
				expect(vault.laneKey(one) === vault.laneKey(other)).toBe(one === other);
			}),
		);
	});

	test('are of use with the key only', () => {
		const stranger = new Vault(randomBytes(32));
		expect(stranger.lookupKey('600100200')).not.toBe(vault.lookupKey('600100200'));
		expect(stranger.laneKey('600100200')).not.toBe(vault.laneKey('600100200'));
	});

	test('of ten thousand members do not meet in one lane', () => {
		const keys = Array.from({ length: 10_000 }, (_, index) => vault.laneKey(`member:${index}`));
		expect(new Set(keys).size).toBe(keys.length);
	});

	test('come from a key of their own for the ledger, which the caller cannot spoil', () => {
		const one = vault.ledgerKey();
		expect(one).toHaveLength(32);
		one.fill(0);
		expect([...vault.ledgerKey()]).toEqual([...new Vault(key).ledgerKey()]);
		expect([...vault.ledgerKey()]).not.toEqual([...one]);
		expect([...vault.ledgerKey()]).not.toEqual([...key]);
		expect([...new Vault(randomBytes(32)).ledgerKey()]).not.toEqual([...vault.ledgerKey()]);
	});

	test('have the sizes that are stored: 16 bytes, readable, and a whole number below 2^48', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(vault.fingerprint(text)).toHaveLength(16);
				expect(vault.lookupKey(text)).toMatch(/^[\w-]{22}$/);
				expect(vault.laneKey(text)).toBeLessThan(2 ** 48);
				expect(Number.isInteger(vault.laneKey(text)) && vault.laneKey(text) >= 0).toBe(true);
			}),
		);
	});
});
