import { describe, expect, test } from 'vitest';
import { LinkView } from '../../shared/local-api.ts';
import { parserFor } from '../../shared/validate.ts';
import { type Link, newLink, observe } from './link.ts';
import { type LinkTrouble, troubleCatalogue } from './link-trouble.ts';
import { linkView } from './link-view.ts';

const isTrouble = (name: string): name is LinkTrouble => Object.hasOwn(troubleCatalogue, name);
const troubles = Object.keys(troubleCatalogue).filter(isTrouble);
const moment = { elapsed: 1_000, now: 5_000, random: 0.5, widestWindow: 8 };
const viewOf = (link: Link, clockOffsetSeconds = 0, pausedSince?: number) => linkView({ link, pausedSince, clockOffsetSeconds });

describe('the line as a person is told of it', () => {
	test('has no advice while all is well', () => {
		expect(viewOf(newLink(0))).toEqual({ state: 'online', reason: 'ok', sentence: 'The loyalty service is reached.', since: '1970-01-01T00:00:00.000Z' });
	});

	test.each(troubles)('%s: what is so, and what to do about it', (trouble) => {
		const view = viewOf(observe(newLink(0), { kind: 'trouble', trouble }, moment), 3_600);
		const { state, sentence, advice } = troubleCatalogue[trouble];
		expect(view).toEqual({ state, reason: trouble, sentence, advice, since: '1970-01-01T00:00:05.000Z' });
		expect(parserFor(LinkView)(view).ok).toBe(true);
		for (const text of [sentence, advice]) expect(text).toMatch(/^[A-Z].*\.$/);
	});

	test('paused by a person: how to resume, whatever else is so', () => {
		const view = viewOf(observe(newLink(0), { kind: 'trouble', trouble: 'no-route' }, moment), 3_600, 7_000);
		expect(view).toMatchObject({ state: 'paused', reason: 'paused-by-person', since: '1970-01-01T00:00:07.000Z', advice: expect.stringMatching(/^Resume/) });
	});

	test('a wrong clock is said while online, with how wrong it is, and the line stays online', () => {
		expect(viewOf(newLink(0), 60).reason).toBe('ok');
		expect(viewOf(newLink(0), -7_300)).toEqual({
			state: 'online',
			reason: 'clock-wrong',
			sentence: 'The loyalty service is reached, but the clock of this terminal is 2 hours behind.',
			advice: expect.stringMatching(/^Set the date/),
			since: '1970-01-01T00:00:00.000Z',
		});
	});
});
