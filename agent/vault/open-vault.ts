/**
 * Opening the vault of a data directory: where its master key is kept is decided at the first start and then stands in
 * `vault.json`. A key that is missing stops the start: a new one is never made over an existing database, because nobody
 * could read what waits in it any more.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parserFor } from '../../shared/validate.ts';
import { VaultFile } from '../../shared/vault-file.ts';
import { credentialsStore } from './credentials-store.ts';
import { fileStore } from './file-store.ts';
import { type KeySet, keyBytes, newKeySet, unwrapKeys, wrapKeys } from './key-set.ts';
import { keystore, keystoreProblem } from './keystore.ts';
import { readJson, writePrivateFile } from './private-file.ts';
import { TamperedError } from './sealed-bytes.ts';
import { SecretError } from './secret-error.ts';
import type { Protection, SecretName, SecretStore } from './secret-store.ts';
import { Vault } from './vault.ts';

export interface VaultOptions {
	readonly directory: string;
	readonly databaseExists: boolean;
	/** Of the configuration; `auto` takes the first place that works. */
	readonly protection: Protection | 'auto';
	readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface OpenedVault {
	readonly vault: Vault;
	readonly protection: Protection;
	/** From another place, at this start, as the configuration asks. */
	readonly movedFrom: Protection | undefined;
	/** The API key, if one was stored. */
	secret(name: Exclude<SecretName, 'vault-key'>): Promise<string | undefined>;
	store(name: Exclude<SecretName, 'vault-key'>, secret: string): Promise<void>;
	remove(name: Exclude<SecretName, 'vault-key'>): Promise<boolean>;
}

const parseVaultFile = parserFor(VaultFile);

/** Rejects with SecretError. */
export async function openVault(options: VaultOptions): Promise<OpenedVault> {
	const file = join(options.directory, 'vault.json');
	const opened = existsSync(file) ? await openExisting(file, options) : await makeNew(file, options);
	const { store, keys, movedFrom } = opened;
	// What an administrator handed to the service counts before what was stored by hand.
	const handed = credentialsStore(options.environment);
	return {
		vault: new Vault(keys),
		protection: store.kind,
		movedFrom,
		secret: async (name) => (await handed?.read(name)) ?? (await store.read(name)),
		store: (name, secret) => store.write(name, secret),
		remove: (name) => store.remove(name),
	};
}

interface Opened {
	readonly store: SecretStore;
	readonly keys: KeySet;
	readonly movedFrom: Protection | undefined;
}

async function openExisting(file: string, options: VaultOptions): Promise<Opened> {
	const parsed = parseVaultFile(readJson(file));
	if (!parsed.ok) throw new SecretError(`The file ${file} is damaged. Put back the original from a copy; without it the waiting deliveries cannot be read.`);
	const found = parsed.value;
	const store = storeOf(found.protection, found.id, options);
	const keys = unwrap(found, await readMasterKey(store), store);
	if (options.protection === 'auto' || options.protection === found.protection) return { store, keys, movedFrom: undefined };
	const wanted = storeOf(options.protection, found.id, options);
	const masterKey = await masterKeyFor(wanted);
	writeVaultFile(file, { id: found.id, protection: wanted.kind, ...wrapKeys(keys, masterKey) });
	// Only now, when the new place is known to work and the file names it.
	await moveSecrets(store, wanted);
	return { store: wanted, keys, movedFrom: store.kind };
}

async function makeNew(file: string, options: VaultOptions): Promise<Opened> {
	if (options.databaseExists) {
		throw new SecretError(`The file ${file} is missing, but there is a database. Put it back from a copy; new keys could not read the waiting deliveries.`);
	}
	const id = randomBytes(8).toString('hex');
	const store = storeOf(await choose(id, options), id, options);
	const keys = newKeySet();
	writeVaultFile(file, { id, protection: store.kind, ...wrapKeys(keys, await masterKeyFor(store)) });
	return { store, keys, movedFrom: undefined };
}

function unwrap(found: VaultFile, masterKey: Uint8Array, store: SecretStore): KeySet {
	try {
		return unwrapKeys(found, masterKey);
	} catch (cause) {
		if (!(cause instanceof TamperedError)) throw cause;
		const place = store.place('vault-key');
		throw new SecretError(`The key in ${place} is not the one of this data directory, or vault.json was changed. Put back the originals of both from a copy.`);
	}
}

/** The first place that works; anything but `auto` insists. */
async function choose(id: string, { protection, environment }: VaultOptions): Promise<Protection> {
	if (protection !== 'auto') return protection;
	if ((await credentialsStore(environment)?.read('vault-key')) !== undefined) return 'credentials';
	return (await keystoreProblem(id)) === undefined ? 'keystore' : 'file';
}

function storeOf(protection: Protection, id: string, { directory, environment }: VaultOptions): SecretStore {
	switch (protection) {
		case 'file':
			return fileStore(directory);
		case 'keystore':
			return keystore(id);
		case 'credentials': {
			const store = credentialsStore(environment);
			if (store !== undefined) return store;
			throw new SecretError(
				'vault.protection is "credentials", but this process was given none. Start it as a systemd service with LoadCredentialEncrypted=lanekeeper-vault-key.',
			);
		}
	}
}

/** The one that is there, or a new one. */
async function masterKeyFor(store: SecretStore): Promise<Uint8Array> {
	if ((await store.read('vault-key')) !== undefined) return readMasterKey(store);
	await store.write('vault-key', randomBytes(keyBytes).toString('base64url'));
	return readMasterKey(store);
}

async function readMasterKey(store: SecretStore): Promise<Uint8Array> {
	const text = await store.read('vault-key');
	const place = store.place('vault-key');
	if (text === undefined)
		throw new SecretError(`The key of this data directory is missing: it was kept in ${place}. Put it back; a new key could not read the waiting deliveries.`);
	const key = Buffer.from(text, 'base64url');
	if (key.length !== keyBytes)
		throw new SecretError(`The key in ${place} is damaged: it has to be ${keyBytes} bytes in base64url. Put back the original from a copy.`);
	return key;
}

async function moveSecrets(from: SecretStore, to: SecretStore): Promise<void> {
	if (from.kind === 'credentials') return;
	const apiKey = await from.read('api-key');
	if (apiKey !== undefined && to.kind !== 'credentials') {
		await to.write('api-key', apiKey);
		await from.remove('api-key');
	}
	await from.remove('vault-key');
}

function writeVaultFile(file: string, content: VaultFile): void {
	writePrivateFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
}
