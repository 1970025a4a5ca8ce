/** The line as a person is told of it. */
import type { LinkView } from '../../shared/local-api.ts';
import { isClockWrong, offsetInWords } from './clock-offset.ts';
import { rfc3339 } from './instant.ts';
import type { Link } from './link.ts';
import { type LinkTrouble, troubleCatalogue } from './link-trouble.ts';

/** Of reasons that are no trouble of the line. */
const calmSentences = {
	ok: 'The loyalty service is reached.',
	'clock-wrong': 'The loyalty service is reached, but the clock of this terminal is wrong.',
	'paused-by-person': 'Sending is paused by a person.',
} as const;

export interface LinkFacts {
	readonly link: Link;
	/** Epoch milliseconds, if a person holds everything back since then. */
	readonly pausedSince: number | undefined;
	/** How far this terminal's clock is ahead of the Loyalty API's, as of its last answer. */
	readonly clockOffsetSeconds: number;
}

/** A pause goes before everything else; a wrong clock is told only while nothing worse is. */
export function linkView({ link, pausedSince, clockOffsetSeconds }: LinkFacts): LinkView {
	if (pausedSince !== undefined) {
		return {
			state: 'paused',
			reason: 'paused-by-person',
			sentence: calmSentences['paused-by-person'],
			since: rfc3339(pausedSince),
			advice: 'Resume sending when the reason is gone: POST /agent/v1/replay/resume, with a manager token.',
		};
	}
	const { state, trouble } = link;
	const since = rfc3339(link.since);
	if (trouble !== undefined) {
		const { sentence, advice } = troubleCatalogue[trouble];
		return { state, reason: trouble, sentence, since, advice };
	}
	// A wrong clock keeps nothing from being sent: the state stays what it is.
	if (isClockWrong(clockOffsetSeconds)) {
		const sentence = `The loyalty service is reached, but the clock of this terminal is ${offsetInWords(clockOffsetSeconds)}.`;
		const advice = 'Set the date, the time and the time zone of this terminal: sales carry its time.';
		return { state, reason: 'clock-wrong', sentence, since, advice };
	}
	return { state, reason: 'ok', sentence: calmSentences.ok, since };
}

/** What a reason of the line means, for the log; undefined for a text that is no such reason. */
export function sentenceOfReason(reason: string): string | undefined {
	if (isTrouble(reason)) return troubleCatalogue[reason].sentence;
	return isCalm(reason) ? calmSentences[reason] : undefined;
}

function isTrouble(reason: string): reason is LinkTrouble {
	return Object.hasOwn(troubleCatalogue, reason);
}

function isCalm(reason: string): reason is keyof typeof calmSentences {
	return Object.hasOwn(calmSentences, reason);
}
