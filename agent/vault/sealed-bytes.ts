/** AES-256-GCM with a fresh random nonce: nonce (12 bytes), ciphertext, tag (16 bytes). Source: NIST SP 800-38D. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** The sealed bytes were changed, moved to another owner, or sealed with another key. */
export class TamperedError extends Error {
	override name = 'TamperedError';
}

/** `context` is authenticated, not stored: only `openBytes` with the same one gives the bytes back. */
export function sealBytes(key: Uint8Array, context: string, plain: Uint8Array): Uint8Array {
	const nonce = randomBytes(nonceBytes);
	const sealing = createCipheriv(cipher, key, nonce);
	sealing.setAAD(Buffer.from(context));
	return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
}

/** Throws TamperedError; the message names the context. */
export function openBytes(key: Uint8Array, context: string, sealed: Uint8Array): Uint8Array {
	if (sealed.length < nonceBytes + tagBytes) throw new TamperedError(`the sealed ${context} is cut short`);
	const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes));
	opening.setAAD(Buffer.from(context));
	opening.setAuthTag(sealed.subarray(sealed.length - tagBytes));
	try {
		return Buffer.concat([opening.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), opening.final()]);
	} catch (cause) {
		throw new TamperedError(`the sealed ${context} was changed`, { cause });
	}
}
