/** Secrets in files of the data directory that only their owner can read. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.ts';
import type { SecretName, SecretStore } from './secret-store.ts';

const fileNames: Readonly<Record<SecretName, string>> = { 'vault-key': 'vault.key', 'api-key': 'api.key' };

export function fileStore(directory: string): SecretStore {
	const fileOf = (name: SecretName) => join(directory, fileNames[name]);
	return {
		kind: 'file',
		place: (name) => `the file ${fileNames[name]} in the data directory`,
		read: async (name) => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8').trim() : undefined),
		write: async (name, secret) => writePrivateFile(fileOf(name), `${secret}\n`),
		remove: async (name) => {
			const wasThere = existsSync(fileOf(name));
			rmSync(fileOf(name), { force: true });
			return wasThere;
		},
	};
}
