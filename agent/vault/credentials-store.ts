/**
 * Secrets that systemd hands to a service (LoadCredential=, LoadCredentialEncrypted=): files in a directory that only
 * this service sees, named by the environment variable CREDENTIALS_DIRECTORY. They are made by an administrator and can
 * only be read. Source: systemd.exec(5), "Credentials".
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretError } from './secret-error.ts';
import type { SecretName, SecretStore } from './secret-store.ts';

/** Undefined when this process was given no credentials. */
export function credentialsStore(environment: Readonly<Record<string, string | undefined>>): SecretStore | undefined {
	const directory = environment['CREDENTIALS_DIRECTORY'];
	if (directory === undefined || directory === '') return undefined;
	const nameOf = (name: SecretName) => `lanekeeper-${name}`;
	const fileOf = (name: SecretName) => join(directory, nameOf(name));
	const readOnly = (name: SecretName) =>
		new SecretError(
			`Credentials of the service can only be read here. Give the unit LoadCredentialEncrypted=${nameOf(name)}, or choose another vault.protection.`,
		);
	return {
		kind: 'credentials',
		place: (name) => `the credential ${nameOf(name)} of the service`,
		read: async (name) => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8').trim() : undefined),
		write: (name) => Promise.reject(readOnly(name)),
		remove: (name) => Promise.reject(readOnly(name)),
	};
}
