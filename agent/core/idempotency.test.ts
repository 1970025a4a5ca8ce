import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryStates } from '../../shared/local-api.ts';
import { type KeyKind, type Match, recognise } from './idempotency.ts';

const kinds: readonly KeyKind[] = ['kept', 'open', 'spent', 'header'];
const match = (about: Partial<Match<number>>): Match<number> => ({ id: 1, kind: 'kept', state: 'confirmed', sameBody: true, cancelled: false, ...about });

/** The table of local-api.md 3, "Idempotency", read plainly: does this key still speak for its delivery? */
function stillSpeaks({ kind, state, cancelled }: Match<number>): boolean {
	const hasEndedWithoutEffect = state === 'refused' || state === 'withdrawn';
	if (kind === 'open') return !hasEndedWithoutEffect && state !== 'confirmed';
	if (kind === 'spent') return !hasEndedWithoutEffect && !cancelled;
	return !hasEndedWithoutEffect;
}

function expectedFor(one: Match<number>, bringsHeader: boolean): string {
	if (!stillSpeaks(one)) return 'new';
	if (one.sameBody) return 'duplicate';
	return one.kind === 'spent' && bringsHeader ? 'new' : 'mismatch';
}

const both = [true, false];
const anyMatch: fc.Arbitrary<Match<number>> = fc.record({
	id: fc.integer({ min: 1, max: 4 }),
	kind: fc.constantFrom(...kinds),
	state: fc.constantFrom(...deliveryStates),
	sameBody: fc.boolean(),
	cancelled: fc.boolean(),
});

describe.each(kinds)('a %s key that names one delivery', (kind) => {
	test.each(deliveryStates)('that is %s', (state) => {
		for (const sameBody of both) {
			for (const [cancelled, bringsHeader] of both.flatMap((one) => both.map((other) => [one, other] as const))) {
				const one = match({ kind, state, sameBody, cancelled });
				expect(recognise([one], bringsHeader).kind, JSON.stringify({ sameBody, cancelled, bringsHeader })).toBe(expectedFor(one, bringsHeader));
			}
		}
	});
});

describe('a call that comes again', () => {
	test('is new when no key of it is known', () => {
		expect(recognise([], true)).toEqual({ kind: 'new', supersedes: [] });
	});

	test('with the same body names the delivery it is', () => {
		for (const state of ['queued', 'sending', 'confirmed', 'doubtful'] as const)
			expect(recognise([match({ id: 7, state })], false)).toEqual({ kind: 'duplicate', id: 7 });
	});

	test('with another body is refused, naming the delivery that has the key', () => {
		expect(recognise([match({ id: 7, sameBody: false })], false)).toEqual({ kind: 'mismatch', id: 7 });
	});

	test('after a refusal or a withdrawal is new, whatever its body, and supersedes what ended', () => {
		const ended = [
			match({ id: 1, state: 'refused' }),
			match({ id: 2, state: 'withdrawn', sameBody: false, kind: 'header' }),
			match({ id: 1, state: 'refused', kind: 'header' }),
		];
		expect(recognise(ended, true)).toEqual({ kind: 'new', supersedes: [1, 2] });
	});

	test('as a register after the member was confirmed is asked of the Loyalty API again, and supersedes nothing', () => {
		expect(recognise([match({ kind: 'open', state: 'confirmed' })], false)).toEqual({ kind: 'new', supersedes: [] });
	});

	test('as a pay whose cancel was accepted is new', () => {
		expect(recognise([match({ kind: 'spent', cancelled: true })], false)).toEqual({ kind: 'new', supersedes: [] });
	});

	test('as a second, different pay of one sale needs the header', () => {
		const first = match({ kind: 'spent', sameBody: false });
		expect(recognise([first], false).kind).toBe('mismatch');
		expect(recognise([first], true).kind).toBe('new');
	});

	test('with the header cannot charge the very same pay twice: the header adds to the natural key', () => {
		expect(recognise([match({ kind: 'spent' })], true).kind).toBe('duplicate');
	});

	test('under a header that was used for another body is refused, even if its natural key would know it', () => {
		const matches = [match({ id: 1 }), match({ id: 2, kind: 'header', sameBody: false })];
		expect(recognise(matches, true)).toEqual({ kind: 'mismatch', id: 2 });
	});

	test('under a header of its own is known by its natural key all the same', () => {
		expect(recognise([match({ id: 1, sameBody: false })], true)).toEqual({ kind: 'mismatch', id: 1 });
	});
});

describe('whatever is known of a call', () => {
	const always = (holds: (matches: readonly Match<number>[], bringsHeader: boolean) => boolean) =>
		fc.assert(
			fc.property(fc.array(anyMatch, { maxLength: 5 }), fc.boolean(), (matches, bringsHeader) => holds(matches, bringsHeader)),
			{ numRuns: 1_000 },
		);

	test('it is never new while a delivery with the same body stands under one of its keys', () => {
		always((matches, bringsHeader) => recognise(matches, bringsHeader).kind !== 'new' || !matches.some((one) => stillSpeaks(one) && one.sameBody));
	});

	test('it is a duplicate only of a standing delivery with the same body', () => {
		always((matches, bringsHeader) => {
			const found = recognise(matches, bringsHeader);
			return found.kind !== 'duplicate' || matches.some((one) => one.id === found.id && one.sameBody && stillSpeaks(one));
		});
	});

	test('it is a mismatch only with a standing delivery with another body', () => {
		always((matches, bringsHeader) => {
			const found = recognise(matches, bringsHeader);
			return found.kind !== 'mismatch' || matches.some((one) => one.id === found.id && !one.sameBody && stillSpeaks(one));
		});
	});

	test('it supersedes exactly what ended without effect, each once', () => {
		always((matches, bringsHeader) => {
			const found = recognise(matches, bringsHeader);
			const ended = new Set(matches.filter(({ state }) => state === 'refused' || state === 'withdrawn').map(({ id }) => id));
			return found.kind !== 'new' || (found.supersedes.length === ended.size && found.supersedes.every((id) => ended.has(id)));
		});
	});

	test('other deliveries that stand for nothing change nothing', () => {
		always((matches, bringsHeader) => {
			const { kind } = recognise(matches, bringsHeader);
			return recognise(matches.filter(stillSpeaks), bringsHeader).kind === kind;
		});
	});
});
