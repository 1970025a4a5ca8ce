import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openVault, type VaultOptions } from './open-vault.ts';
import { SecretError } from './secret-error.ts';

let root = '';
const directory = () => join(root, 'data');
const credentials = () => join(root, 'credentials');
const file = (name: string) => join(directory(), name);
const plain = '600100200';

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'lanekeeper-vault-'));
	mkdirSync(directory());
	mkdirSync(credentials());
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (options: Partial<VaultOptions> = {}) =>
	openVault({ directory: directory(), databaseExists: false, protection: 'file', environment: {}, ...options });
const asService = {
	environment: {
		get CREDENTIALS_DIRECTORY() {
			return credentials();
		},
	},
};

function handOver(name: string, secret: string): void {
	writeFileSync(join(credentials(), name), `${secret}\n`);
}

async function sealedBy(options: Partial<VaultOptions>): Promise<Uint8Array> {
	return (await open(options)).vault.seal('content', 'A', plain);
}

async function expectOpens(sealed: Uint8Array, options: Partial<VaultOptions>): Promise<void> {
	expect((await open({ databaseExists: true, ...options })).vault.open('content', 'A', sealed)).toBe(plain);
}

describe('in a file', () => {
	test('the key is made at the first start, for the owner only, and stays the same', async () => {
		const sealed = await sealedBy({});
		expect(readdirSync(directory()).sort()).toEqual(['vault.json', 'vault.key']);
		for (const name of readdirSync(directory())) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
		await expectOpens(sealed, {});
		await expectOpens(sealed, { protection: 'auto' });
	});

	test('the data keys are wrapped: vault.json alone opens nothing, and shows nothing', async () => {
		await open();
		const before = readFileSync(file('vault.json'), 'utf8');
		expect(before).not.toContain(readFileSync(file('vault.key'), 'utf8').trim());
		writeFileSync(file('vault.key'), randomBytes(32).toString('base64url'));
		await expect(open()).rejects.toThrow(/is not the one of this data directory/);
		expect(readFileSync(file('vault.json'), 'utf8')).toBe(before);
	});

	test.each([
		['vault.key', /The key of this data directory is missing/],
		['vault.json', /vault\.json is missing, but there is a database/],
	])('a missing %s is never made anew over an existing database', async (name, message) => {
		await open();
		rmSync(file(name));
		await expect(open({ databaseExists: true })).rejects.toThrow(message);
		expect(existsSync(file(name))).toBe(false);
	});

	test.each(['', 'x', 'A'.repeat(42), 'A'.repeat(44), '{"key":1}'])('a damaged key (%j) is not used, and stays as it is', async (text) => {
		await open();
		writeFileSync(file('vault.key'), text);
		await expect(open()).rejects.toThrow(/is damaged|is missing/);
		expect(readFileSync(file('vault.key'), 'utf8')).toBe(text);
	});

	test.each(['', 'null', '{"id":"x"}', '[]'])('a damaged vault.json (%j) is not used, and stays as it is', async (text) => {
		await open();
		writeFileSync(file('vault.json'), text);
		await expect(open()).rejects.toThrow(/vault\.json is damaged/);
		expect(readFileSync(file('vault.json'), 'utf8')).toBe(text);
	});

	test('another secret is kept beside it, for the owner only', async () => {
		const secrets = await open();
		expect(await secrets.secret('api-key')).toBeUndefined();
		await secrets.store('api-key', 'K-1');
		expect(await (await open()).secret('api-key')).toBe('K-1');
		expect(statSync(file('api.key')).mode & 0o777).toBe(0o600);
		expect([await secrets.remove('api-key'), await secrets.remove('api-key')]).toEqual([true, false]);
	});
});

describe('in credentials of the service', () => {
	const key = randomBytes(32).toString('base64url');

	test('auto takes the key that was handed over, and writes none', async () => {
		handOver('lanekeeper-vault-key', key);
		const opened = await open({ protection: 'auto', ...asService });
		expect(opened.protection).toBe('credentials');
		expect(readdirSync(directory())).toEqual(['vault.json']);
		await expectOpens(opened.vault.seal('content', 'A', plain), { protection: 'auto', ...asService });
	});

	test('the API key that was handed over counts before a stored one', async () => {
		handOver('lanekeeper-api-key', 'handed');
		await (await open()).store('api-key', 'stored');
		expect(await (await open(asService)).secret('api-key')).toBe('handed');
		expect(await (await open()).secret('api-key')).toBe('stored');
	});

	test('insisted on without any, or without the key in them, stops the start and says what to do', async () => {
		await expect(open({ protection: 'credentials' })).rejects.toThrow(/LoadCredentialEncrypted=lanekeeper-vault-key/);
		await expect(open({ protection: 'credentials', ...asService })).rejects.toThrow(/LoadCredentialEncrypted=lanekeeper-vault-key/);
		expect(readdirSync(directory())).toEqual([]);
	});

	test('started without them later, it does not make a new key', async () => {
		handOver('lanekeeper-vault-key', key);
		await open({ protection: 'auto', ...asService });
		await expect(open({ protection: 'auto', databaseExists: true })).rejects.toThrow(SecretError);
	});
});

describe('moving to another place, as the configuration asks', () => {
	test('takes the key along: what was sealed still opens, and the old place is empty', async () => {
		const sealed = await sealedBy({});
		handOver('lanekeeper-vault-key', randomBytes(32).toString('base64url'));
		const moved = await open({ protection: 'credentials', databaseExists: true, ...asService });
		expect([moved.protection, moved.movedFrom]).toEqual(['credentials', 'file']);
		expect(readdirSync(directory())).toEqual(['vault.json']);
		await expectOpens(sealed, { protection: 'credentials', ...asService });
	});

	test('to a place that does not work changes nothing', async () => {
		const sealed = await sealedBy({});
		await expect(open({ protection: 'credentials', databaseExists: true, ...asService })).rejects.toThrow(SecretError);
		await expectOpens(sealed, {});
	});

	test('a keystore that is insisted on and cannot be reached stops the start with what to do', async () => {
		const address = process.env['DBUS_SESSION_BUS_ADDRESS'];
		expect(address, 'this test needs a session without a keystore').toBeUndefined();
		await expect(open({ protection: 'keystore' })).rejects.toThrow(/set vault\.protection to "file"/);
		expect(readdirSync(directory())).toEqual([]);
	});
});

test('auto falls back to a file where there is no keystore, and stays there', async () => {
	const opened = await open({ protection: 'auto' });
	expect(['file', 'keystore']).toContain(opened.protection);
	expect((await open({ protection: 'auto', databaseExists: true })).protection).toBe(opened.protection);
});
