/**
 * The data keys of a directory: one for keyed hashes, which never changes, because what is looked up by them would not be
 * found any more; and one or more for sealing, the newest of which is used, while older ones still open what they sealed.
 * They are stored wrapped with the master key, so that this can be kept elsewhere, and changed, without touching the data.
 */
import { randomBytes } from 'node:crypto';
import type { VaultFile } from '../../shared/vault-file.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

export const keyBytes = 32;

export interface KeySet {
	readonly hashing: Uint8Array;
	/** In the order they were made; never empty. */
	readonly sealing: readonly { readonly number: number; readonly key: Uint8Array }[];
}

export function newKeySet(): KeySet {
	return { hashing: randomBytes(keyBytes), sealing: [{ number: 1, key: randomBytes(keyBytes) }] };
}

/** With one more sealing key, which is used from now on. */
export function withNewSealingKey(keys: KeySet): KeySet {
	const number = (keys.sealing.at(-1)?.number ?? 0) + 1;
	return { ...keys, sealing: [...keys.sealing, { number, key: randomBytes(keyBytes) }] };
}

/** Without all sealing keys but the newest: nothing that they sealed can be opened any more. */
export function withNewestOnly(keys: KeySet): KeySet {
	return { ...keys, sealing: keys.sealing.slice(-1) };
}

type WrappedKeys = Pick<VaultFile, 'hashing' | 'sealing'>;

export function wrapKeys(keys: KeySet, masterKey: Uint8Array): WrappedKeys {
	const wrap = (purpose: string, key: Uint8Array) => Buffer.from(sealBytes(masterKey, purpose, key)).toString('base64url');
	return {
		hashing: wrap('key hashing', keys.hashing),
		sealing: keys.sealing.map(({ number, key }) => ({ number, wrapped: wrap(`key sealing ${number}`, key) })),
	};
}

/** Throws TamperedError when the master key is another one, or the file was changed. */
export function unwrapKeys(wrapped: WrappedKeys, masterKey: Uint8Array): KeySet {
	const unwrap = (purpose: string, text: string) => openBytes(masterKey, purpose, Buffer.from(text, 'base64url'));
	return {
		hashing: unwrap('key hashing', wrapped.hashing),
		sealing: wrapped.sealing.map(({ number, wrapped: text }) => ({ number, key: unwrap(`key sealing ${number}`, text) })),
	};
}
