import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newKeySet, withNewestOnly, withNewSealingKey } from './key-set.ts';
import { TamperedError } from './sealed-bytes.ts';
import { Vault } from './vault.ts';

const keys = newKeySet();
const vault = new Vault(keys);
const plain = '{"member":{"phoneNumber":"600100200"}}';
/** Of any characters, a byte order mark or a zero among them. */
const text = fc.string({ unit: 'binary', maxLength: 300 });

describe('what is sealed', () => {
	test('is given back as it was, also by another vault with the same key', () => {
		fc.assert(
			fc.property(text, fc.string(), fc.constantFrom('content' as const, 'answer' as const), (given, owner, purpose) => {
				const sealed = vault.seal(purpose, owner, given);
				for (const opener of [vault, new Vault(keys)]) expect(opener.open(purpose, owner, sealed)).toBe(given);
			}),
			{ numRuns: 50, examples: [['\ufeff{}', 'A', 'content']] },
		);
	});

	test('shows nothing of what is inside', () => {
		const sealed = Buffer.from(vault.seal('content', 'A', plain)).toString('latin1');
		expect(sealed).not.toContain('600100200');
		expect(sealed).not.toContain('member');
	});

	test('is different each time: the nonce is fresh', () => {
		const nonces = Array.from({ length: 500 }, () => Buffer.from(vault.seal('content', 'A', plain)).toString('hex', 2, 14));
		expect(new Set(nonces).size).toBe(nonces.length);
	});

	test('opens for no other owner, purpose or key', () => {
		const sealed = vault.seal('content', 'A', plain);
		expect(() => vault.open('content', 'B', sealed)).toThrow(TamperedError);
		expect(() => vault.open('answer', 'A', sealed)).toThrow(TamperedError);
		expect(() => new Vault(newKeySet()).open('content', 'A', sealed)).toThrow(TamperedError);
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
		expect(() => vault.open('content', 'B', sealed)).toThrow('the sealed content:B was changed');
		expect(() => vault.open('answer', 'B', sealed.subarray(0, 10))).toThrow('the sealed answer:B is cut short');
	});
});

describe('a new sealing key', () => {
	const rotated = withNewSealingKey(keys);

	test('opens what the older one sealed, and seals for those who know it only', () => {
		const older = vault.seal('content', 'A', plain);
		const both = new Vault(rotated);
		expect(both.open('content', 'A', older)).toBe(plain);
		const newer = both.seal('content', 'A', plain);
		expect(() => vault.open('content', 'A', newer)).toThrow(TamperedError);
		expect(new Vault(withNewestOnly(rotated)).open('content', 'A', newer)).toBe(plain);
	});

	test('takes over what the older one sealed, once', () => {
		const both = new Vault(rotated);
		const resealed = both.reseal('answer', 'A', vault.seal('answer', 'A', plain));
		if (resealed === undefined) throw new Error('it was sealed with the older key');
		expect(new Vault(withNewestOnly(rotated)).open('answer', 'A', resealed)).toBe(plain);
		expect(both.reseal('answer', 'A', resealed)).toBeUndefined();
	});

	test('can be taken into use without stopping, and changes no hash', () => {
		const running = new Vault(keys);
		const lane = running.laneKey('member');
		running.use(rotated);
		expect(running.laneKey('member')).toBe(lane);
		expect(new Vault(withNewestOnly(rotated)).open('content', 'A', running.seal('content', 'A', plain))).toBe(plain);
	});
});

describe('hashes', () => {
	test('are equal for equal texts and differ for others', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (one, other) => {
				expect([...new Vault(keys).fingerprint(one)]).toEqual([...vault.fingerprint(one)]);
				expect(vault.lookupKey(one) === vault.lookupKey(other)).toBe(one === other);
				expect(vault.laneKey(one) === vault.laneKey(other)).toBe(one === other);
			}),
		);
	});

	test('are of use with the key only', () => {
		const stranger = new Vault(newKeySet());
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
		expect([...vault.ledgerKey()]).toEqual([...new Vault(keys).ledgerKey()]);
		expect([...vault.ledgerKey()]).not.toEqual([...one]);
		expect([...vault.ledgerKey()]).not.toEqual([...keys.hashing]);
		expect([...new Vault(newKeySet()).ledgerKey()]).not.toEqual([...vault.ledgerKey()]);
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
