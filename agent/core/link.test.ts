import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Link, type Moment, newLink, type Observation, observationOf, observe, permits, takesLiveCalls, tryNow, wake } from './link.ts';
import { type LinkTrouble, troubleCatalogue } from './link-trouble.ts';

const isTrouble = (name: string): name is LinkTrouble => Object.hasOwn(troubleCatalogue, name);
const troubles = Object.keys(troubleCatalogue).filter(isTrouble);
const moment = (about: Partial<Moment> = {}): Moment => ({ elapsed: 1_000, now: 5_000, random: 0.5, widestWindow: 8, ...about });
const trouble = (name: LinkTrouble, retryAfterMs?: number): Observation => ({
	kind: 'trouble',
	trouble: name,
	...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const answered: Observation = { kind: 'answered' };
const connected: Observation = { kind: 'connected' };
const downBy = (name: LinkTrouble, about?: Partial<Moment>, retryAfterMs?: number) => observe(newLink(0), trouble(name, retryAfterMs), moment(about));

describe('a fresh link', () => {
	test('presumes a good line and lets one attempt judge', () => {
		const link = newLink(42);
		expect(link).toMatchObject({ state: 'online', since: 42, window: 1 });
		expect([permits(link, 0, 0), permits(link, 1, 0), takesLiveCalls(link, 0)]).toEqual([1, 0, true]);
	});

	test('grows its window by one with every answer, up to the limit', () => {
		let link = newLink(0);
		const windows = Array.from({ length: 6 }, () => {
			link = observe(link, answered, moment({ widestWindow: 4 }));
			return link.window;
		});
		expect(windows).toEqual([2, 3, 4, 4, 4, 4]);
		expect([permits(link, 1, 0), permits(link, 4, 0), permits(link, 9, 0)]).toEqual([3, 0, 0]);
	});
});

test('trouble closes a window that had grown', () => {
	const grown = observe(observe(newLink(0), answered, moment()), answered, moment());
	expect([grown.window, observe(grown, trouble('timeout'), moment()).window]).toEqual([3, 1]);
});

describe.each(troubles)('%s', (name) => {
	test('puts the link where the catalogue says, since that moment, with a window of one', () => {
		expect(downBy(name)).toMatchObject({ state: troubleCatalogue[name].state, trouble: name, since: 5_000, failures: 1, window: 1 });
	});

	test('lets one probe through at a time, and not before its time', () => {
		const link = downBy(name);
		expect(link.nextProbeAt).toBeGreaterThan(1_000);
		expect([permits(link, 0, link.nextProbeAt - 1), permits(link, 0, link.nextProbeAt), permits(link, 1, link.nextProbeAt)]).toEqual([0, 1, 0]);
	});

	test('is over with an answer: the window starts at one again', () => {
		expect(observe(downBy(name), answered, moment({ elapsed: 9_000, now: 7_000 }))).toEqual(newLink(7_000));
	});
});

test('live calls are worth trying while online or failing', () => {
	for (const name of troubles) expect(takesLiveCalls(downBy(name), 60_000), name).toBe(troubleCatalogue[name].state === 'failing');
});

test('since is when the state began, not when its reason changed', () => {
	const later = observe(downBy('timeout'), trouble('server-error'), moment({ now: 9_000 }));
	expect(later).toMatchObject({ state: 'failing', trouble: 'server-error', since: 5_000, failures: 1 });
	expect(observe(later, trouble('no-route'), moment({ now: 9_500 }))).toMatchObject({ state: 'offline', since: 9_500 });
});

describe('a bare connection', () => {
	test.each(troubles)('after %s proves no more than it can', (name) => {
		const link = observe(downBy(name), connected, moment({ elapsed: 60_000, now: 8_000 }));
		const overByIt: readonly string[] = ['certificate', 'certificate-date', 'tls-version', 'proxy-refused', 'proxy-forbidden'];
		const isProof = troubleCatalogue[name].state === 'offline' || overByIt.includes(name);
		expect(link.state).toBe(isProof ? 'online' : troubleCatalogue[name].state);
		if (isProof) expect(link).toEqual(newLink(8_000));
		else expect(link).toMatchObject({ since: 5_000, failures: 1, nextProbeAt: 60_750 });
	});
});

describe('Retry-After', () => {
	test('puts the next probe off, beyond 30 s if asked', () => {
		expect(downBy('rate-limited', {}, 120_000)).toMatchObject({ nextProbeAt: 121_000, quietUntil: 121_000 });
	});

	test('is believed up to a quarter of an hour', () => {
		expect(downBy('rate-limited', {}, 86_400_000).nextProbeAt).toBe(1_000 + 15 * 60_000);
	});

	test('shortens no pause', () => {
		expect(downBy('server-error', {}, 1).nextProbeAt).toBe(downBy('server-error').nextProbeAt);
	});

	test('is not undercut by new traffic of a register', () => {
		expect(wake(downBy('rate-limited', {}, 120_000), 5_000).nextProbeAt).toBe(121_000);
	});

	test('is not undercut by another failure that came after it', () => {
		expect(observe(downBy('rate-limited', {}, 120_000), trouble('reset'), moment({ elapsed: 1_100 }))).toMatchObject({
			nextProbeAt: 121_000,
			quietUntil: 121_000,
		});
	});

	test('is not ended by an answer to a call that was under way beside it', () => {
		const limited = downBy('rate-limited', {}, 120_000);
		const link = observe(limited, answered, moment({ elapsed: 1_100 }));
		expect(link).toMatchObject({ state: 'failing', nextProbeAt: 121_000, quietUntil: 121_000, failures: 0 });
		expect(observe(link, answered, moment({ elapsed: 121_000, now: 6_000 }))).toEqual(newLink(6_000));
	});

	test('is not ended by a bare connection', () => {
		for (const name of ['server-error', 'no-route'] as const) {
			const link = observe(downBy(name, {}, 120_000), connected, moment({ elapsed: 2_000 }));
			expect(link).toMatchObject({ trouble: name, nextProbeAt: 121_000, quietUntil: 121_000 });
		}
	});

	test('gives way to a person', () => {
		const link = tryNow(downBy('rate-limited', {}, 120_000), 3_000);
		expect([permits(link, 0, 3_000), wake(link, 3_500).nextProbeAt, observe(link, answered, moment({ elapsed: 3_100 })).state]).toEqual([1, 3_000, 'online']);
	});
});

describe('new traffic of a register', () => {
	const down: Link = { ...downBy('no-route'), nextProbeAt: 30_000 };

	test('brings the probe forward to a second from now', () => {
		expect(wake(down, 5_000).nextProbeAt).toBe(6_000);
	});

	test('never puts it off, however often it comes', () => {
		let link = wake(down, 5_000);
		for (let elapsed = 5_100; elapsed < 6_000; elapsed += 100) link = wake(link, elapsed);
		expect(link.nextProbeAt).toBe(6_000);
	});

	test('changes nothing on a good line, nor does a person who asks to try now', () => {
		const link = newLink(0);
		expect(wake(link, 5_000)).toBe(link);
		expect(tryNow(link, 5_000)).toBe(link);
	});
});

test('every outcome of an attempt says something about the line', () => {
	expect(observationOf({ kind: 'confirmed' }, undefined)).toEqual(answered);
	expect(observationOf({ kind: 'refused', refusal: { code: '203' } }, 5)).toEqual(answered);
	expect(observationOf({ kind: 'notSent', trouble: 'rate-limited' }, 5)).toEqual(trouble('rate-limited', 5));
	expect(observationOf({ kind: 'unknown', trouble: 'timeout' }, undefined)).toEqual(trouble('timeout'));
});

describe('whatever the line does', () => {
	const observation = fc.oneof(
		fc.constant(answered),
		fc.constant(connected),
		fc
			.tuple(fc.constantFrom(...troubles), fc.option(fc.nat({ max: 2_000_000 }), { nil: undefined }))
			.map(([name, retryAfterMs]) => trouble(name, retryAfterMs)),
	);
	const step = fc.record({
		what: fc.oneof(observation, fc.constant('wake' as const)),
		pauseMs: fc.integer({ min: 1, max: 40_000 }),
		random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
	});

	test('the rules of pace hold at every step', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (steps, widestWindow) => {
				let link = newLink(0);
				let elapsed = 0;
				for (const { what, pauseMs, random } of steps) {
					elapsed += pauseMs;
					const before = link;
					link = what === 'wake' ? wake(link, elapsed) : observe(link, what, { elapsed, now: 1_000_000 + elapsed, random, widestWindow });
					const quiet = Math.max(elapsed, link.quietUntil);
					if (link.state !== 'online') {
						expect(link.nextProbeAt).toBeGreaterThanOrEqual(link.quietUntil);
						expect(link.nextProbeAt).toBeLessThanOrEqual(Math.max(quiet + 30_000, before.nextProbeAt));
						expect(link.quietUntil).toBeGreaterThanOrEqual(before.quietUntil);
					}
					if (what === 'wake') expect(link.nextProbeAt).toBeLessThanOrEqual(before.nextProbeAt);
					expect(link.window).toBeGreaterThanOrEqual(1);
					expect(link.window).toBeLessThanOrEqual(Math.min(widestWindow, before.window + 1));
					expect(link.since === before.since).toBe(link.state === before.state);
					expect(link.state === 'online').toBe(link.trouble === undefined);
					expect(permits(link, link.window, elapsed)).toBe(0);
				}
			}),
			{ numRuns: 300 },
		);
	});
});

test('requests that fail together with the first are one failure, and delay nothing', () => {
	const moment = { elapsed: 1_000, now: 5_000, random: 0.5, widestWindow: 8 };
	const down = observe(newLink(0), { kind: 'trouble', trouble: 'connection-refused' }, moment);
	const together = Array.from({ length: 7 }).reduce<Link>(
		(link) => observe(link, { kind: 'trouble', trouble: 'connection-refused' }, { ...moment, elapsed: 1_010 }),
		down,
	);
	expect(together).toEqual(down);
	const probed = observe(together, { kind: 'trouble', trouble: 'connection-refused' }, { ...moment, elapsed: together.nextProbeAt + 5 });
	expect(probed).toMatchObject({ failures: 2 });
});
