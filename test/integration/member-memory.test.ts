/** What is remembered of members, in a real database and with a clock that is turned: for how long, and what makes it go. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peekMember } from '../../agent/core/calls/peek.ts';
import type { Log } from '../../agent/core/log.ts';
import { usualRules } from '../../agent/core/shop-rules.ts';
import { MemberMemory } from '../../agent/intake/member-memory.ts';
import { eraseOld } from '../../agent/ops/housekeeping.ts';
import { Outbox } from '../../agent/outbox/outbox.ts';
import { loadSettings } from '../../agent/settings/load.ts';
import { newKeySet } from '../../agent/vault/key-set.ts';
import { Vault } from '../../agent/vault/vault.ts';
import { freshDirectory } from '../support/agent-process.ts';
import { FakeClock } from '../support/fake-clock.ts';

const dayMs = 24 * 60 * 60_000;
const place = freshDirectory();
const clock = new FakeClock();
const told: string[] = [];
const write = (event: string) => void told.push(event);
const log: Log = { error: write, warn: write, info: write, debug: write };
const vault = new Vault(newKeySet());
const crash = (error: Error) => {
	throw error;
};
let outbox: Outbox;

const memoryFor = (days: number) => {
	const settings = loadSettings({ file: undefined, environment: { LANEKEEPER_MEMBERS__KEEP_LAST_KNOWN_DAYS: String(days) } });
	return new MemberMemory({ clock, store: outbox, vault, log, settings });
};
const peek = (phoneNumber: string) => peekMember({ member: { phoneNumber } }, ['member']);
const learn = (phoneNumber: string, firstName: string, more: Record<string, unknown> = {}) =>
	memoryFor(30).learn(peek(phoneNumber), { kind: 'confirmed' }, JSON.stringify({ status: 'success', member: { firstName, ...more } }));
const housekeeping = () => eraseOld({ clock, log, store: outbox, timeZone: 'Europe/Madrid', keepConfirmedDays: 30, keepKeysDays: 400, keepLastKnownDays: 30 });
/** After everything that was asked for before. */
const flushed = () => outbox.set('flushed', 'yes');
const isStored = (phoneNumber: string) => outbox.lastKnown(vault.lookupKey(`last-known:phoneNumber:${phoneNumber}`)) !== undefined;

beforeAll(async () => {
	outbox = await Outbox.open(place.directory, usualRules, { key: vault.ledgerKey(), clock }, { onCrash: crash, onDamage: write, onLedgerTrouble: write });
});
afterAll(async () => {
	await outbox.close();
	place.remove();
});

test('a name is told for as many days as the shop wants, then not, then erased, and others stay', async () => {
	learn('1', 'Ana', { points: 5 });
	await flushed();
	const anasDay = clock.now();
	clock.advance(10 * dayMs);
	learn('2', 'Luis');
	await flushed();
	expect(memoryFor(30).recall(peek('1'))).toEqual({ name: 'Ana', balance: { points: 5 }, seenAt: anasDay });
	clock.advance(20 * dayMs);
	await housekeeping();
	expect(memoryFor(30).recall(peek('1'))?.name).toBe('Ana');
	clock.advance(1);
	expect([memoryFor(30).recall(peek('1')), memoryFor(0).recall(peek('2')), memoryFor(5).recall(peek('2'))]).toEqual([undefined, undefined, undefined]);
	expect([memoryFor(30).recall(peek('2'))?.name, isStored('1')]).toEqual(['Luis', true]);
	await housekeeping();
	expect([isStored('1'), isStored('2')]).toEqual([false, true]);
	expect(told.filter((event) => event !== 'storage.erased')).toEqual([]);
});

test('what was just learnt counts at once, before it is on the disk', async () => {
	const memory = memoryFor(30);
	const heard = JSON.stringify({ status: 'success', member: { firstName: 'Eva', points: 3 } });
	memory.learn(peek('7'), { kind: 'confirmed' }, heard);
	expect(memory.recall(peek('7'))).toEqual({ name: 'Eva', balance: { points: 3 }, seenAt: clock.now() });
	memory.paid(peek('7'));
	expect(memory.recall(peek('7'))?.paidSince).toBe(true);
	await flushed();
	memory.learn(peek('7'), { kind: 'refused', refusal: { code: '203' } }, undefined);
	expect(memory.recall(peek('7'))).toBeUndefined();
	await flushed();
	expect([memory.recall(peek('7')), isStored('7')]).toEqual([undefined, false]);
});

test('more names than one portion are all erased', async () => {
	for (let number = 0; number < 1_201; number += 1) learn(`many-${number}`, 'Ana');
	await flushed();
	clock.advance(30 * dayMs + 1);
	await housekeeping();
	expect(Array.from({ length: 1_201 }, (_, number) => isStored(`many-${number}`)).filter(Boolean)).toEqual([]);
});

test('a name that came later takes the place of an earlier one, and an answer without a name leaves none', async () => {
	learn('3', 'Eva');
	learn('3', 'Evangelina');
	await flushed();
	expect(memoryFor(30).recall(peek('3'))?.name).toBe('Evangelina');
	expect(memoryFor(0).recall(peek('3'))).toBeUndefined();
	memoryFor(30).learn(peek('3'), { kind: 'confirmed' }, '{"status":"success","member":{}}');
	await flushed();
	expect(memoryFor(30).recall(peek('3'))).toEqual({ seenAt: clock.now() });
});

test('only "no such member" makes it forget: trouble and other refusals do not', async () => {
	learn('4', 'Marta');
	await flushed();
	const memory = memoryFor(30);
	memory.learn(peek('4'), { kind: 'unknown', trouble: 'timeout' }, undefined);
	memory.learn(peek('4'), { kind: 'notSent', trouble: 'rate-limited' }, '{"status":"error"}');
	memory.learn(peek('4'), { kind: 'refused', refusal: { code: '1001' } }, '{"status":"error"}');
	await flushed();
	expect(memory.recall(peek('4'))?.name).toBe('Marta');
	for (const code of ['203', '4001012', 'MEMBER_NOT_FOUND']) {
		learn('4', 'Marta');
		memory.learn(peek('4'), { kind: 'refused', refusal: { code } }, undefined);
		await flushed();
		expect(isStored('4'), code).toBe(false);
	}
});

test('a pay leaves name and date alone, and marks the balance as not theirs any more', async () => {
	learn('5', 'Deniz', { points: 900 });
	await flushed();
	const seenAt = clock.now();
	clock.advance(1_000);
	memoryFor(30).paid(peek('5'));
	memoryFor(30).paid(peek('nobody'));
	await flushed();
	expect(memoryFor(30).recall(peek('5'))).toEqual({ name: 'Deniz', balance: { points: 900 }, paidSince: true, seenAt });
	learn('5', 'Deniz', { points: 800 });
	await flushed();
	expect(memoryFor(30).recall(peek('5'))).toEqual({ name: 'Deniz', balance: { points: 800 }, seenAt: clock.now() });
});

test('a memo that was changed by somebody is not believed, and said to be damaged', async () => {
	await outbox.remember([{ member: vault.lookupKey('last-known:phoneNumber:6'), sealed: new Uint8Array(60) }], clock.now());
	expect(memoryFor(30).recall(peek('6'))).toBeUndefined();
	expect(told).toContain('storage.damaged');
});
