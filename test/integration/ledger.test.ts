/** The ledger of a real agent: what it says of a delivery's life, and that whoever lays hands on it is found out. */
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hashOfLine } from '../../agent/core/ledger.ts';
import { usualRules } from '../../agent/core/shop-rules.ts';
import { eraseOld } from '../../agent/ops/housekeeping.ts';
import { HeadKeeper, headFileOf, keyedHash } from '../../agent/outbox/ledger-head.ts';
import { LedgerReader } from '../../agent/outbox/ledger-reader.ts';
import { databaseFile, Outbox } from '../../agent/outbox/outbox.ts';
import { openVault } from '../../agent/vault/open-vault.ts';
import { deliveryIdFromBytes, deliveryIdToBytes } from '../../shared/ids.ts';
import { freshDirectory, runProgram } from '../support/agent-process.ts';
import { decide } from '../support/decide.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Shop } from '../support/shop.ts';
import { idOf } from '../support/till.ts';
import { until } from '../support/until.ts';

interface Exported {
	readonly number: number;
	readonly deliveryId: string;
	readonly [name: string]: unknown;
}

const verify = (directory: string) => runProgram(['ledger', 'verify', '--data-dir', directory]);
const runExport = (directory: string, ...more: string[]) => runProgram(['ledger', 'export', ...more, '--data-dir', directory]);
async function linesOf(directory: string, ...more: string[]): Promise<readonly Exported[]> {
	return JSON.parse((await runExport(directory, '--format', 'json', ...more)).stdout);
}

async function openShop(): Promise<Shop> {
	const shop = await Shop.open();
	onTestFinished(() => shop.close());
	return shop;
}

/** A directory in which an agent has sold this often, and ended. */
async function usedDirectory(sales = 3): Promise<{ readonly shop: Shop; readonly directory: string }> {
	const shop = await openShop();
	for (let number = 1; number <= sales; number += 1) expect((await shop.till.sell(`sold-${number}`)).json.agent?.state).toBe('confirmed');
	await shop.agent.kill('SIGTERM');
	return { shop, directory: shop.agent.directory };
}

/** What somebody with a database editor does. */
function edit(directory: string, sql: string): void {
	const database = new Database(databaseFile(directory));
	database.exec(sql);
	database.close();
}

async function expectBroken(directory: string, ...sentences: string[]): Promise<void> {
	const { code, stdout, stderr } = await verify(directory);
	expect([code, stderr]).toEqual([1, '']);
	const told = stdout.slice(stdout.indexOf('The ledger is NOT whole:\n')).split('\n').slice(1, -1);
	expect(told).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
	expect(stdout).not.toContain('The ledger is whole.');
}

describe('the life of a delivery', () => {
	test('is a line for each change, with its register, attempts, codes and people; verified while the agent runs', async () => {
		const shop = await openShop();
		const { directory } = shop.agent;
		const sold = await shop.till.sell('life-1', { member: { phoneNumber: '600100200' } });
		const lines = await linesOf(directory);
		const same = { deliveryId: idOf(sold), operation: 'sale', sequence: 1, person: null };
		const nothing = { outcome: null, trouble: null, confirmationCode: null };
		expect(lines).toMatchObject([
			{ ...same, ...nothing, number: 1, attempt: 0, state: 'queued', reason: 'accepted' },
			{ ...same, ...nothing, number: 2, attempt: 1, state: 'sending', reason: 'attemptStarted' },
			{
				...same,
				...nothing,
				number: 3,
				attempt: 1,
				state: 'confirmed',
				reason: 'confirmed',
				outcome: 'confirmed',
				confirmationCode: sold.json.confirmationCode,
			},
		]);
		const tokens: { readonly tokens: readonly { readonly id: string; readonly name: string }[] } = JSON.parse(
			readFileSync(join(directory, 'tokens.json'), 'utf8'),
		);
		expect(lines[0]?.['tokenId']).toBe(tokens.tokens.find(({ name }) => name === 'register')?.id);

		await shop.service.faults([
			{ fault: 'status', status: 401, times: 1, transactionId: 'life-2' },
			{ fault: 'status', status: 200, code: 'MADE_UP', transactionId: 'life-2' },
		]);
		const refused = idOf(await shop.till.sell('life-2'));
		await shop.reaches(refused, 'refused');
		expect((await decide(shop.manager, 'withdraw', refused)).status).toBe(200);
		const later = (await linesOf(directory)).filter(({ deliveryId }) => deliveryId === refused);
		expect(later.map(({ attempt, state, reason, outcome, trouble, person }) => [attempt, state, reason, outcome, trouble, person])).toEqual([
			[0, 'queued', 'accepted', null, null, null],
			[1, 'sending', 'attemptStarted', null, null, null],
			[1, 'queued', 'notSent', 'notSent', 'key-refused', null],
			[2, 'sending', 'attemptStarted', null, null, null],
			[2, 'refused', 'refused', 'refused', 'MADE_UP', null],
			[2, 'withdrawn', 'withdrawnByPerson', null, null, 'manager'],
		]);

		const { code, stdout } = await verify(directory);
		expect([code, stdout]).toEqual([0, expect.stringMatching(/^9 lines, from \S+Z to \S+Z\.\nLast line: 9, hash [0-9a-f]{64}\nThe ledger is whole\.\n$/)]);
		const csv = await runExport(directory);
		expect(csv.code).toBe(0);
		expect(csv.stdout.split('\r\n')).toHaveLength(11);
		expect(csv.stdout + JSON.stringify(await linesOf(directory))).not.toContain('600100200');
	});

	test('a kill while it is sent is a line, too, and breaks nothing', async () => {
		const shop = await openShop();
		await shop.service.faults([{ fault: 'timeout' }]);
		const sold = idOf(await shop.till.sell('killed-1'));
		await until(async () => (await shop.delivery(sold)).state === 'sending', 'it is sent');
		await shop.restartAgent('SIGKILL');
		const lines = await linesOf(shop.agent.directory);
		expect(lines).toContainEqual(expect.objectContaining({ reason: 'attemptLost', outcome: 'unknown', trouble: 'agent-stopped', attempt: 1 }));
		expect((await verify(shop.agent.directory)).stdout).toContain('The ledger is whole.');
	});

	test('is verified while sales come in', async () => {
		const shop = await openShop();
		const { directory } = shop.agent;
		const selling = Promise.all(Array.from({ length: 200 }, (_, number) => shop.till.sell(`busy-${number}`)));
		const verdicts = await Promise.all([verify(directory), verify(directory)]);
		await selling;
		for (const { code, stdout } of [...verdicts, await verify(directory)]) expect([code, stdout]).toEqual([0, expect.stringContaining('The ledger is whole.')]);
	});
});

describe('verify finds', () => {
	test('each field of a line that was changed', async () => {
		const { directory } = await usedDirectory();
		expect((await verify(directory)).code).toBe(0);
		const changes = [
			'at = at + 1',
			'sequence = sequence + 1',
			"id = x'00112233445566778899aabbccddeeff'",
			"id = x'00'",
			"operation = 'pay'",
			"token_id = 'another'",
			'attempt = attempt + 1',
			"state = 'refused'",
			"reason = 'refused'",
			"outcome = 'unknown'",
			"trouble = 'offline'",
			"confirmation_code = 'MINE'",
			"person = 'nobody'",
			'hash = zeroblob(32)',
			"hash = x''",
		];
		const file = databaseFile(directory);
		copyFileSync(file, `${file}.copy`);
		for (const change of changes) {
			edit(directory, `UPDATE ledger SET ${change} WHERE number = 6`);
			const { breaks } = new LedgerReader(file, await keyOf(directory)).verify();
			expect([change, breaks]).toEqual([change, [{ kind: 'changed', number: 6 }]]);
			restore(file);
		}
		edit(directory, "UPDATE ledger SET confirmation_code = 'MINE' WHERE number = 6");
		await expectBroken(directory, 'Line 6 was changed.');
		const told = await runExport(directory);
		expect([told.code, told.stderr]).toEqual([1, expect.stringContaining('Line 6 was changed.')]);
		expect(told.stdout.split('\r\n')).toHaveLength(11);
	});

	test('lines that were removed, numbered anew, or cut off at the end', async () => {
		const { directory } = await usedDirectory();
		const file = databaseFile(directory);
		copyFileSync(file, `${file}.copy`);
		const cases = [
			['DELETE FROM ledger WHERE number = 5', 'Line 5 is missing.'],
			['DELETE FROM ledger WHERE number < 4', 'Lines 1 to 3 are missing.'],
			['DELETE FROM ledger WHERE number = 5; UPDATE ledger SET number = number - 1 WHERE number > 5', 'Line 5 was changed.', 'cut off after line 8'],
			['DELETE FROM ledger WHERE number > 7', 'It was cut off after line 7, or replaced by an older copy: there was a line 9.'],
			['DELETE FROM ledger', 'It was cut off after line 0, or replaced by an older copy: there was a line 9.'],
			[
				'INSERT INTO ledger SELECT 0, at, sequence, id, operation, token_id, attempt, state, reason, outcome, trouble, confirmation_code, person, hash FROM ledger WHERE number = 1',
				'Line 0 does not belong there.',
			],
		] as const;
		for (const [sql, ...sentences] of cases) {
			edit(directory, sql);
			await expectBroken(directory, ...sentences);
			restore(file);
		}
		expect((await verify(directory)).code).toBe(0);
	});

	test('an old copy of the database put back, before and after the agent has written on; it says so in its log and works', async () => {
		const { shop, directory } = await usedDirectory(1);
		const file = databaseFile(directory);
		copyFileSync(file, `${file}.copy`);
		await shop.restartAgent();
		await shop.till.sell('later-1');
		await shop.agent.kill('SIGTERM');
		expect((await verify(directory)).stdout).toMatch(/^6 lines/);
		restore(file);
		await expectBroken(directory, 'It was cut off after line 3, or replaced by an older copy: there was a line 6.');
		await shop.restartAgent();
		expect(readFileSync(join(directory, 'agent.log'), 'utf8')).toMatch(/"message":"ledger\.trouble","reason":"ledger-replaced"/);
		expect((await shop.till.sell('later-2')).status).toBe(200);
		await shop.till.sell('later-3');
		await expectBroken(directory, 'It is older than its head: line 6 is not the one that was written first.');
		await shop.restartAgent();
		await expectBroken(directory, 'It is older than its head: line 6');
	});

	test('a head that is missing, changed, or of another key; and no database at all', async () => {
		const { shop, directory } = await usedDirectory(1);
		const file = headFileOf(databaseFile(directory));
		const head = readFileSync(file, 'utf8');
		rmSync(file);
		await expectBroken(directory, 'The file ledger.head is missing');
		await shop.restartAgent();
		await shop.agent.kill('SIGTERM');
		expect(existsSync(file)).toBe(false);
		for (const other of ['', '{}', head.replace('"number":3', '"number":2')]) {
			writeFileSync(file, other);
			await expectBroken(directory, 'The file ledger.head was changed, or belongs to another key');
		}
		writeFileSync(file, head);
		expect((await verify(directory)).code).toBe(0);
		expect(new LedgerReader(databaseFile(directory), new Uint8Array(32)).verify().breaks).toEqual([{ kind: 'changed', number: 1 }, { kind: 'headDamaged' }]);
		const none = await verify(join(directory, 'none'));
		expect([none.code, none.stderr]).toEqual([65, expect.stringContaining('There is no ledger in')]);
	});
});

describe('the head', () => {
	test('is kept soon after a change while the agent runs, private, and survives a kill', async () => {
		const shop = await openShop();
		const { directory } = shop.agent;
		const number = () => Number(JSON.parse(readFileSync(join(directory, 'ledger.head'), 'utf8')).number);
		expect(number()).toBe(0);
		await shop.till.sell('head-1');
		await until(() => number() === 3, 'the head is line 3');
		expect(statSync(join(directory, 'ledger.head')).mode & 0o077).toBe(0);
		await shop.agent.kill('SIGKILL');
		edit(directory, 'DELETE FROM ledger WHERE number = 3');
		await expectBroken(directory, 'It was cut off after line 2');
	});
});

test('an export is the same in both formats, and takes a period', async () => {
	const { directory } = await usedDirectory();
	const lines = await linesOf(directory);
	const [header = '', ...records] = (await runExport(directory)).stdout.split('\r\n').slice(0, -1);
	expect(records.map((record) => record.split(','))).toEqual(lines.map((line) => header.split(',').map((name) => String(line[name] ?? ''))));
	const middle = String(lines[4]?.['time']);
	const from = await linesOf(directory, '--from', middle);
	const to = await linesOf(directory, '--to', middle);
	expect([...to, ...from]).toEqual(lines);
	expect(from[0]?.['time']).toBe(middle);
	expect(await linesOf(directory, '--to', '2020-01-01')).toEqual([]);
});

test('the ledger survives what erases the delivery, and stays whole', async () => {
	const { directory, remove } = freshDirectory();
	onTestFinished(remove);
	const clock = new FakeClock();
	const key = new Uint8Array(32).fill(9);
	const fail = (what: unknown): never => {
		throw new Error(`this should not happen: ${String(what)}`);
	};
	const outbox = await Outbox.open(directory, usualRules, { key, clock }, { onCrash: fail, onDamage: fail, onLedgerTrouble: fail });
	const id = deliveryIdFromBytes(new Uint8Array(16).fill(5));
	const delivery = {
		...{ id, operation: 'event' as const, tokenId: 't', acceptedAt: clock.now(), transactionId: undefined, amountMinor: undefined, cancelledCode: undefined },
		...{ lanes: [], cancelLane: undefined, keys: [], fingerprint: new Uint8Array(16), sealedContent: new Uint8Array(1), flags: [], sealedBalance: undefined },
	} as const;
	await outbox.accept(delivery, undefined);
	await outbox.apply(1, { type: 'tooLate' }, clock.now());
	clock.advance(500 * 24 * 3_600_000);
	const nothing = () => undefined;
	const log = { error: fail, warn: nothing, info: nothing, debug: nothing };
	await eraseOld({ clock, log, store: outbox, timeZone: 'Europe/Madrid', keepConfirmedDays: 30, keepKeysDays: 400, keepLastKnownDays: 30 });
	expect(outbox.find(id)).toBeUndefined();
	await outbox.accept({ ...delivery, id: deliveryIdFromBytes(new Uint8Array(16).fill(6)) }, undefined);
	await outbox.close();
	const reader = new LedgerReader(databaseFile(directory), key);
	const kept = [...reader.lines()].map(({ line }) => [line?.deliveryId === id, line?.sequence, line?.operation, line?.tokenId, line?.state]);
	expect(kept).toEqual([
		[true, 1, 'event', 't', 'queued'],
		[true, 1, 'event', 't', 'withdrawn'],
		[false, 2, 'event', 't', 'queued'],
	]);
	expect(reader.verify().breaks).toEqual([]);
});

test('30 000 lines are verified within seconds, one at a time', async () => {
	const { directory, remove } = freshDirectory();
	onTestFinished(remove);
	const key = new Uint8Array(32).fill(9);
	const nothing = () => undefined;
	await (await Outbox.open(directory, usualRules, { key, clock: new FakeClock() }, { onCrash: nothing, onDamage: nothing, onLedgerTrouble: nothing })).close();
	const file = databaseFile(directory);
	const head = await fill(file, key, 30_000);
	await new HeadKeeper(headFileOf(file), keyedHash(key), nothing).keep(head);
	const began = performance.now();
	const verdict = new LedgerReader(file, key).verify();
	expect(performance.now() - began).toBeLessThan(20_000);
	expect([verdict.lines, verdict.breaks]).toEqual([30_000, []]);
	edit(directory, "UPDATE ledger SET reason = 'refused' WHERE number = 17777");
	expect(new LedgerReader(file, key).verify().breaks).toEqual([{ kind: 'changed', number: 17_777 }]);
});

async function fill(file: string, key: Uint8Array, count: number) {
	const database = new Database(file);
	const insert = database.prepare(
		'INSERT INTO ledger (number, at, sequence, id, operation, token_id, attempt, state, reason, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
	);
	const hash = keyedHash(key);
	const deliveryId = deliveryIdFromBytes(new Uint8Array(16).fill(5));
	const absent = { outcome: undefined, trouble: undefined, confirmationCode: undefined, person: undefined };
	const base = { deliveryId, operation: 'sale', tokenId: '0123456789abcdef', attempt: 1, state: 'sending', reason: 'attemptStarted', ...absent };
	let previous: Uint8Array = new Uint8Array(32);
	database.transaction(() => {
		for (let number = 1; number <= count; number += 1) {
			previous = hashOfLine(hash, previous, { ...base, number, at: number, sequence: number });
			const { operation, tokenId, attempt, state, reason } = base;
			insert.run(number, number, number, deliveryIdToBytes(deliveryId), operation, tokenId, attempt, state, reason, previous);
		}
	})();
	database.close();
	return { number: count, hash: previous };
}

async function keyOf(directory: string): Promise<Uint8Array> {
	const { vault } = await openVault({ directory, environment: {}, databaseExists: true, protection: 'file' });
	return vault.ledgerKey();
}

/** The copy, without what belongs to the database it takes the place of. */
function restore(file: string): void {
	for (const companion of [`${file}-wal`, `${file}-shm`]) rmSync(companion, { force: true });
	copyFileSync(`${file}.copy`, file);
}
