/**
 * Secrets in the operating system's keystore: Credential Manager on Windows, Keychain on macOS, the Secret Service on
 * Linux. On Linux never the kernel's keyring, into which the library would fall back: it is empty after a restart, and
 * with the key all that waits would be lost.
 */
import { randomBytes } from 'node:crypto';
import { AsyncEntry } from '@napi-rs/keyring';
import { SecretError } from './secret-error.ts';
import type { SecretStore } from './secret-store.ts';

const service = 'Lanekeeper';
/** A keystore that is locked may ask a person for a password; a service has nobody to ask. */
const patienceMs = 5_000;

/** `owner` tells the data directories of one user apart. */
export function keystore(owner: string): SecretStore {
	const entry = (name: string) => new AsyncEntry(service, `${owner} ${name}`, { linux: { store: 'secret-service' } });
	return {
		kind: 'keystore',
		place: (name) => `the entry "${owner} ${name}" of ${service} in the keystore of this user`,
		read: async (name) => (await ask((signal) => entry(name).getPassword(signal))) ?? undefined,
		write: (name, secret) => ask((signal) => entry(name).setPassword(secret, signal)),
		remove: (name) => ask((signal) => entry(name).deletePassword(signal)),
	};
}

/** Whether the keystore really keeps things for this user: something is put there, read back and removed. Undefined, or the reason in the keystore's words. */
export async function keystoreProblem(owner: string): Promise<string | undefined> {
	const proof = randomBytes(16).toString('hex');
	try {
		const entry = new AsyncEntry(service, `${owner} test`, { linux: { store: 'secret-service' } });
		await ask((signal) => entry.setPassword(proof, signal));
		const found = await ask((signal) => entry.getPassword(signal));
		await ask((signal) => entry.deletePassword(signal));
		return found === proof ? undefined : 'it did not give back what was put there';
	} catch (error) {
		return error instanceof Error ? error.message : 'it cannot be reached';
	}
}

async function ask<Value>(question: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
	const signal = AbortSignal.timeout(patienceMs);
	const silence = new Promise<never>((_resolve, reject) => {
		signal.addEventListener('abort', () =>
			reject(new SecretError('The keystore does not answer: perhaps it is locked. Unlock it, or set vault.protection to "file".')),
		);
	});
	try {
		return await Promise.race([question(signal), silence]);
	} catch (error) {
		if (error instanceof SecretError) throw error;
		const reason = error instanceof Error ? error.message : 'unknown';
		throw new SecretError(`The keystore of this user cannot be used (${reason}). Start the agent as a user who has one, or set vault.protection to "file".`);
	}
}
