/**
 * What is personal is stored only sealed, each value bound to its purpose and owner, and looked up only by keyed hashes.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { KeySet } from './key-set.ts';
import { openBytes, sealBytes, TamperedError } from './sealed-bytes.ts';

const fingerprintBytes = 16;
/** In front of each sealed value: which key sealed it, big-endian. */
const numberBytes = 2;

/** What a sealed value is for; part of what is authenticated, so that an answer cannot pass for a body. */
export type Purpose = 'content' | 'answer' | 'reason' | 'member' | 'balance';

export class Vault {
	#keys: KeySet;

	constructor(keys: KeySet) {
		this.#keys = keys;
	}

	/** The text as UTF-8; only `open` with the same purpose and owner gives it back. */
	seal(purpose: Purpose, owner: string, text: string): Uint8Array {
		const newest = this.#keys.sealing.at(-1);
		if (newest === undefined) throw new Error('a key set has a sealing key');
		const number = Buffer.alloc(numberBytes);
		number.writeUInt16BE(newest.number);
		return Buffer.concat([number, sealBytes(newest.key, `${purpose}:${owner}`, Buffer.from(text))]);
	}

	/** Throws TamperedError. */
	open(purpose: Purpose, owner: string, sealed: Uint8Array): string {
		const number = keyNumberOf(sealed);
		const known = this.#keys.sealing.find((candidate) => candidate.number === number);
		if (known === undefined) throw new TamperedError(`the sealed ${purpose}:${owner} names a key that is not known`);
		return Buffer.from(openBytes(known.key, `${purpose}:${owner}`, sealed.subarray(numberBytes))).toString();
	}

	/** Sealed anew with the newest key; undefined when it is already. Throws TamperedError. */
	reseal(purpose: Purpose, owner: string, sealed: Uint8Array): Uint8Array | undefined {
		return keyNumberOf(sealed) === this.#keys.sealing.at(-1)?.number ? undefined : this.seal(purpose, owner, this.open(purpose, owner, sealed));
	}

	/** Seals with the newest of these from now on. */
	use(keys: KeySet): void {
		this.#keys = keys;
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
		return new Uint8Array(hkdfSync('sha256', this.#keys.hashing, new Uint8Array(), 'lanekeeper ledger 1', 32));
	}

	#hash(text: string): Buffer {
		return createHmac('sha256', this.#keys.hashing).update(text).digest();
	}
}

function keyNumberOf(sealed: Uint8Array): number | undefined {
	return sealed.length < numberBytes ? undefined : new DataView(sealed.buffer, sealed.byteOffset).getUint16(0);
}
