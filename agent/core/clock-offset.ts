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

/** Beyond this, times on receipts and business days begin to be wrong. */
const mostSeconds = 60;

/** Whether a person has to hear of it. */
export function isClockWrong(offsetSeconds: number): boolean {
	return Math.abs(offsetSeconds) > mostSeconds;
}

/** `3 minutes ahead`, `2 hours behind`, `400 days behind`: as a person would say it, in whole units, rounded. */
export function offsetInWords(offsetSeconds: number): string {
	const minutes = Math.round(Math.abs(offsetSeconds) / 60);
	const hours = Math.round(minutes / 60);
	const [count, unit] = minutes < 120 ? [minutes, 'minute'] : hours < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day'];
	return `${count} ${unit}${count === 1 ? '' : 's'} ${offsetSeconds > 0 ? 'ahead' : 'behind'}`;
}
