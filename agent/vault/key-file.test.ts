import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyError, loadMasterKey } from './key-file.ts';

let directory = '';
const file = () => join(directory, 'master.key');

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'lanekeeper-key-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the master key', () => {
	test('is made where there is no database yet, for the owner only, and nothing else is left behind', () => {
		expect(loadMasterKey(file(), false)).toHaveLength(32);
		expect(statSync(file()).mode & 0o777).toBe(0o600);
		expect(readdirSync(directory)).toEqual(['master.key']);
	});

	test('stays the same from then on, with and without a database', () => {
		const key = [...loadMasterKey(file(), false)];
		for (const databaseExists of [false, true]) expect([...loadMasterKey(file(), databaseExists)]).toEqual(key);
	});

	test('is another one in every directory', () => {
		expect([...loadMasterKey(file(), false)]).not.toEqual([...loadMasterKey(join(directory, 'other.key'), false)]);
	});

	test('is never made anew over an existing database: what waits in it could not be read', () => {
		expect(() => loadMasterKey(file(), true)).toThrow(KeyError);
		expect(() => loadMasterKey(file(), true)).toThrow(`${file()} is missing`);
		expect(existsSync(file())).toBe(false);
	});

	test.each(['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}!`, '{"key":1}'])(
		'is not taken from a damaged file (%j), which stays as it is',
		(text) => {
			writeFileSync(file(), text);
			expect(() => loadMasterKey(file(), false)).toThrow(`${file()} is damaged`);
			expect(readFileSync(file(), 'utf8')).toBe(text);
		},
	);

	test('that cannot be used ends the program as a configuration to be mended', () => {
		expect(new KeyError('why').exitCode).toBe(78);
	});
});
