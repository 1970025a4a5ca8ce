import { parseInstant } from './instant.ts';

/**
 * How far the till's clock is from the Loyalty API's, in whole seconds, positive when the till is ahead. `date` is the
 * answer's Date header, which has whole seconds (RFC 9110, 6.6.1): up to a second of difference means nothing.
 */
export function clockOffsetSeconds(date: string, now: number): number | undefined {
	const theirs = parseInstant(date);
	if (theirs === undefined) return undefined;
	const offset = (now - theirs) / 1_000;
	return Math.abs(offset) <= 1 ? 0 : Math.round(offset);
}
