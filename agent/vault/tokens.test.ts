import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TokenError, Tokens } from './tokens.ts';

let directory = '';
const at = Date.UTC(2026, 10, 22, 10, 15);
const read = (name: string) => readFileSync(join(directory, name), 'utf8');
const tokens = () => new Tokens(directory);

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'lanekeeper-tokens-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the first start', () => {
	test('writes one token for registers and one for the manager, for the owner only', () => {
		tokens().ensureFirst(at);
		expect(readdirSync(directory).sort()).toEqual(['manager.token', 'register.token', 'tokens.json']);
		for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
		for (const role of ['register', 'manager'] as const) expect(tokens().identify(read(`${role}.token`).trim())).toMatchObject({ name: role, role });
	});

	test('is the first one only: later ones change nothing, not even after all were revoked', () => {
		tokens().ensureFirst(at);
		const before = readdirSync(directory).map(read);
		tokens().ensureFirst(at + 1);
		expect(readdirSync(directory).map(read)).toEqual(before);
		for (const name of ['register', 'manager']) tokens().revoke(name);
		tokens().ensureFirst(at + 2);
		expect(tokens().list()).toEqual([]);
	});

	test('that was cut off before its end is made good by the next', () => {
		const obstacle = join(directory, 'manager.token.new');
		mkdirSync(obstacle);
		expect(() => tokens().ensureFirst(at)).toThrow();
		rmdirSync(obstacle);
		tokens().ensureFirst(at);
		for (const role of ['register', 'manager'] as const) expect(tokens().identify(read(`${role}.token`).trim())?.role).toBe(role);
	});
});

describe('a token', () => {
	test('is known by itself, with its name and role, and nothing else is', () => {
		const secret = tokens().create('till 2', 'observer', at);
		expect(secret).toMatch(/^[\w-]{43}$/);
		expect(tokens().identify(secret)).toEqual({ tokenId: expect.stringMatching(/^[0-9a-f]{16}$/), name: 'till 2', role: 'observer' });
		for (const other of ['', 'till 2', secret.slice(1), `${secret}A`, secret.toLowerCase()]) expect(tokens().identify(other), other).toBeUndefined();
	});

	test('is stored as its hash only', () => {
		const secret = tokens().create('till 2', 'register', at);
		expect(read('tokens.json')).not.toContain(secret);
		expect(JSON.parse(read('tokens.json'))).toEqual({
			tokens: [
				{
					...{ id: expect.any(String), name: 'till 2', role: 'register' },
					...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), createdAt: '2026-11-22T10:15:00.000Z' },
				},
			],
		});
	});

	test('that is made or revoked elsewhere is known or refused here at once', () => {
		const agent = tokens();
		const kept = agent.create('kept', 'register', at);
		const secret = tokens().create('till 2', 'register', at);
		expect(agent.identify(secret)?.name).toBe('till 2');
		tokens().revoke('till 2');
		expect(agent.identify(secret)).toBeUndefined();
		expect(agent.identify(kept)?.name).toBe('kept');
		expect(agent.list().map(({ name }) => name)).toEqual(['kept']);
	});

	test('keeps its id while others come and go', () => {
		const secret = tokens().create('till 1', 'register', at);
		const id = tokens().identify(secret)?.tokenId;
		tokens().create('till 2', 'register', at);
		tokens().revoke('till 2');
		expect(tokens().identify(secret)?.tokenId).toBe(id);
	});

	test('needs a name of its own', () => {
		tokens().create('till 2', 'register', at);
		expect(() => tokens().create('till 2', 'manager', at)).toThrow('There is a token called "till 2" already');
		expect(() => tokens().create('', 'manager', at)).toThrow('A token needs a name');
		expect(() => tokens().revoke('till 3')).toThrow('There is no token called "till 3"');
		expect(tokens().list()).toHaveLength(1);
	});
});

describe('the file of tokens', () => {
	test('may be missing: then nobody is known', () => {
		expect(tokens().list()).toEqual([]);
		expect(tokens().identify('anything')).toBeUndefined();
	});

	test.each(['', '{', '[]', '{"tokens":[{}]}', '{"tokens":[{"id":"a","name":"b","role":"king","sha256":"","createdAt":""}]}', '{"tokens":[],"more":1}'])(
		'that is damaged (%s) is said to be so, with what to do',
		(text) => {
			writeFileSync(join(directory, 'tokens.json'), text);
			expect(() => tokens().list()).toThrow(TokenError);
			expect(() => tokens().identify('anything')).toThrow(/tokens\.json is damaged\. Put back a copy/);
		},
	);
});
