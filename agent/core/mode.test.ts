import { describe, expect, test } from 'vitest';
import { decideMode, type Mode, readMark, writeMark } from './mode.ts';

const here = 'pos-api.example:443';
const there = 'other.example:443';
const live: Mode = { kind: 'live', host: here };
const sandbox: Mode = { kind: 'sandbox' };

describe('the first start decides', () => {
	test.each([0, 3])('with a key: live, bound to the host', (unfinished) => {
		expect(decideMode({ mark: undefined, hasApiKey: true, host: here, unfinished })).toEqual({ ok: true, mode: live, isNew: true, notice: undefined });
	});

	test.each([0, 3])('without a key: sandbox', (unfinished) => {
		expect(decideMode({ mark: undefined, hasApiKey: false, host: here, unfinished })).toEqual({ ok: true, mode: sandbox, isNew: true, notice: undefined });
	});
});

describe('a sandbox directory stays one', () => {
	for (const host of [here, there]) {
		for (const unfinished of [0, 3]) {
			test(`for ${host} with ${unfinished} unfinished, and says that a key is ignored`, () => {
				expect(decideMode({ mark: sandbox, hasApiKey: true, host, unfinished })).toEqual({ ok: true, mode: sandbox, isNew: false, notice: 'keyIgnored' });
				expect(decideMode({ mark: sandbox, hasApiKey: false, host, unfinished })).toEqual({ ok: true, mode: sandbox, isNew: false, notice: undefined });
			});
		}
	}
});

describe('a live directory', () => {
	test.each([
		[here, 0],
		[here, 3],
		[there, 0],
		[there, 3],
	])('never falls back to a sandbox: without a key it does not start (%s, %i unfinished)', (host, unfinished) => {
		const decision = decideMode({ mark: live, hasApiKey: false, host, unfinished });
		expect(decision).toEqual({ ok: false, problem: expect.stringContaining('LANEKEEPER_API_KEY') });
		expect(decision).toEqual({ ok: false, problem: expect.stringContaining(here) });
	});

	test.each([0, 3])('goes on with its host, %i unfinished', (unfinished) => {
		expect(decideMode({ mark: live, hasApiKey: true, host: here, unfinished })).toEqual({ ok: true, mode: live, isNew: false, notice: undefined });
	});

	test('changes its host when nothing is unfinished', () => {
		const changed = { ok: true, mode: { kind: 'live', host: there }, isNew: true, notice: 'hostChanged' };
		expect(decideMode({ mark: live, hasApiKey: true, host: there, unfinished: 0 })).toEqual(changed);
	});

	test('takes a host for another one when only its beginning is the same', () => {
		for (const host of ['pos-api.example', 'pos-api.example:4433'])
			expect(decideMode({ mark: live, hasApiKey: true, host, unfinished: 1 }).ok, host).toBe(false);
	});

	test.each([1, 3])('keeps its host while anything waits, naming both and how many (%i)', (unfinished) => {
		const decision = decideMode({ mark: live, hasApiKey: true, host: there, unfinished });
		expect(decision.ok).toBe(false);
		for (const part of [here, there, `${unfinished} deliveries`]) expect(decision).toMatchObject({ problem: expect.stringContaining(part) });
	});
});

describe('the mark', () => {
	test('is read as it was written', () => {
		for (const mode of [live, sandbox]) expect(readMark(writeMark(mode))).toEqual(mode);
	});

	test.each(['', 'live', 'live ', 'live a b', 'Sandbox', 'sandbox ', 'xlive a'])('is not made out of %j', (text) => {
		expect(readMark(text)).toBeUndefined();
	});
});
