import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { Resting } from './resting.ts';

const failed: AttemptOutcome = { kind: 'unknown', trouble: 'server-error' };
const never = Number.NEGATIVE_INFINITY;

function scene() {
	const clock = new FakeClock();
	return { clock, resting: new Resting(clock, () => 0) };
}

describe('whose fault a failure is', () => {
	test("the line's at first, and as long as nobody else got through", () => {
		const { clock, resting } = scene();
		expect(resting.note(1, failed, never)).toBe('line');
		clock.advance(5_000);
		expect(resting.note(1, failed, never)).toBe('line');
	});

	test("the delivery's own, once another was answered in between", () => {
		const { clock, resting } = scene();
		resting.note(1, failed, never);
		clock.advance(5_000);
		expect(resting.note(1, failed, 3_000)).toBe('delivery');
		expect(resting.note(2, failed, 3_000)).toBe('line');
	});

	const ofTheWay = [
		'no-route',
		'rate-limited',
		'certificate',
		'certificate-date',
		'tls-version',
		'proxy-unreachable',
		'proxy-failed',
		'proxy-forbidden',
	] as const;

	test.each(ofTheWay)("never the delivery's for %s, which concerns the way there", (trouble) => {
		const { clock, resting } = scene();
		for (const lastAnswerAt of [never, 0, clock.elapsed()]) expect(resting.note(1, { kind: 'notSent', trouble }, lastAnswerAt)).toBe('line');
		expect(resting.has(1)).toBe(false);
	});
});

describe('a rest', () => {
	test('lasts longer each time, and 15 minutes at the most', () => {
		const { clock, resting } = scene();
		const lengths = Array.from({ length: 8 }, () => {
			resting.note(1, failed, never);
			return (resting.until(1) ?? 0) - clock.elapsed();
		});
		expect(lengths.slice(0, 3)).toEqual([1_000, 5_000, 25_000]);
		expect(Math.max(...lengths)).toBe((15 * 60_000) / 2);
	});

	test('ends by itself, with the line, or by a person, but not with the line when the fault is its own', () => {
		const { clock, resting } = scene();
		resting.note(1, failed, never);
		resting.note(2, failed, never);
		clock.advance(500);
		expect([resting.isDue(1), resting.nextDueAt()]).toEqual([false, 1_000]);
		resting.note(2, failed, 400);
		resting.lineIsBack();
		expect([resting.isDue(1), resting.isDue(2)]).toEqual([true, false]);
		resting.wakeAll();
		expect(resting.isDue(2)).toBe(true);
		resting.forget(1);
		expect(resting.has(1)).toBe(false);
	});
});
