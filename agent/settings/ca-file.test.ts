import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestAuthority } from '../../test/support/certificates.ts';
import { ExitError } from '../core/exit.ts';
import { readCaFile } from './ca-file.ts';

const [one, other] = [new TestAuthority('one').certificate, new TestAuthority('other').certificate];
let directory = '';

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'lanekeeper-ca-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function fileWith(text: string): string {
	const file = join(directory, 'ca.pem');
	writeFileSync(file, text);
	return file;
}

function refusal(setting: string): string {
	try {
		readCaFile(setting, undefined);
	} catch (error) {
		if (error instanceof ExitError && error.exitCode === 78) return error.message;
		throw error;
	}
	return 'nothing';
}

test('an empty setting is no certificate', () => {
	expect(readCaFile('', join(directory, 'config.json'))).toEqual([]);
});

test('every certificate of the file is read, in its order, with whatever stands between them', () => {
	const text = `# the shop\r\n${one.replaceAll('\n', '\r\n')}subject=Müller\n${other}`;
	expect(readCaFile(fileWith(text), undefined)).toEqual([one, other]);
});

test('a relative path begins at the configuration file', () => {
	mkdirSync(join(directory, 'certificates'));
	writeFileSync(join(directory, 'certificates', 'ca.pem'), one);
	expect(readCaFile('certificates/ca.pem', join(directory, 'config.json'))).toEqual([one]);
	expect(refusal('certificates/ca.pem')).toContain('cannot be read (ENOENT)');
});

test('what cannot be used says why, and what to do', () => {
	expect(refusal(directory)).toContain('cannot be read (EISDIR). Check the path');
	expect(refusal(fileWith(''))).toContain('holds no certificate. Put certificates in PEM form there');
	expect(refusal(fileWith(one.slice(0, 60)))).toContain('holds no certificate');
	expect(refusal(fileWith(one.replaceAll('CERTIFICATE', 'PRIVATE KEY')))).toContain('holds no certificate');
	expect(refusal(fileWith(`${one}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`))).toContain('names certificate 2 of 2 in the file');
});
