/**
 * Keys and encryption. What is personal is stored only sealed (AES-256-GCM, a fresh nonce each time, bound to the
 * delivery's id), and looked up only by keyed hashes. All keys are derived from one 32-byte master key.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const fingerprintBytes = 16;

/** The sealed bytes were changed, moved to another delivery, or sealed with another key. */
export class TamperedError extends Error {
	override name = 'TamperedError';
}

/** What a sealed value is for; part of what is authenticated, so that an answer cannot pass for a body. */
export type Purpose = 'content' | 'answer' | 'reason' | 'member' | 'balance';

export class Vault {
	readonly #sealingKey: Buffer;
	readonly #hashingKey: Buffer;
	readonly #ledgerKey: Buffer;

	/** `masterKey` has 32 bytes. */
	constructor(masterKey: Uint8Array) {
		this.#sealingKey = derive(masterKey, 'lanekeeper sealing 1');
		this.#hashingKey = derive(masterKey, 'lanekeeper hashing 1');
		this.#ledgerKey = derive(masterKey, 'lanekeeper ledger 1');
	}

	/** nonce, ciphertext, tag. Only `open` with the same purpose and owner gives it back. */
	seal(purpose: Purpose, owner: string, plain: Uint8Array): Uint8Array {
		const nonce = randomBytes(nonceBytes);
		const sealing = createCipheriv(cipher, this.#sealingKey, nonce);
		sealing.setAAD(Buffer.from(`${purpose}:${owner}`));
		return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
	}

	/** Throws TamperedError. */
	open(purpose: Purpose, owner: string, sealed: Uint8Array): Uint8Array {
		if (sealed.length < nonceBytes + tagBytes) throw new TamperedError(`the sealed ${purpose} of ${owner} is cut short`);
		const opening = createDecipheriv(cipher, this.#sealingKey, sealed.subarray(0, nonceBytes));
		opening.setAAD(Buffer.from(`${purpose}:${owner}`));
		opening.setAuthTag(sealed.subarray(sealed.length - tagBytes));
		try {
			return Buffer.concat([opening.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), opening.final()]);
		} catch (cause) {
			throw new TamperedError(`the sealed ${purpose} of ${owner} was changed`, { cause });
		}
	}

	/** 16 bytes; equal for equal texts, and of no use to anyone without the key. */
	fingerprint(text: string): Uint8Array {
		return this.#hash(text).subarray(0, fingerprintBytes);
	}

	/** The same as readable text, for keys that are looked up. */
	lookupKey(text: string): string {
		return Buffer.from(this.fingerprint(text)).toString('base64url');
	}

	/** A whole number below 2^48: small enough to be kept by the million. */
	laneKey(text: string): number {
		return this.#hash(text).readUIntBE(0, 6);
	}

	/** 32 bytes that bind the lines of the ledger, and open nothing else. The caller's own copy. */
	ledgerKey(): Uint8Array {
		return new Uint8Array(this.#ledgerKey);
	}

	#hash(text: string): Buffer {
		return createHmac('sha256', this.#hashingKey).update(text).digest();
	}
}

function derive(masterKey: Uint8Array, purpose: string): Buffer {
	return Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(), purpose, 32));
}
