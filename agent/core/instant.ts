/** Moments in bodies and the business day they fall on. The only place of the core that reads calendar time. */

const isoForm = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * The day, yyyy-MM-dd, on which `text` (ISO 8601) falls in `timeZone`. A text without an offset is taken as the shop's
 * own time. Undefined when it is no such text.
 */
export function businessDayOf(text: string, timeZone: string): string | undefined {
	const match = isoForm.exec(text);
	if (match === null) return undefined;
	const [, day, offset] = match;
	if (offset === undefined) return day;
	const epochMs = parseInstant(text);
	return epochMs === undefined ? undefined : dayAt(epochMs, timeZone);
}

/** The day, yyyy-MM-dd, at `epochMs` in `timeZone`. Throws RangeError for an unknown zone: settings were checked. */
export function dayAt(epochMs: number, timeZone: string): string {
	const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(epochMs);
	const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
	return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Epoch milliseconds of an ISO 8601 or HTTP date; undefined when the text is neither. */
export function parseInstant(text: string): number | undefined {
	const epochMs = Date.parse(text);
	return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** Epoch milliseconds of the moment so many times 24 hours before. */
export function daysBefore(epochMs: number, days: number): number {
	return epochMs - days * 24 * 60 * 60_000;
}

/** RFC 3339 in UTC with milliseconds, as every answer of the agent writes times. */
export function rfc3339(epochMs: number): string {
	return new Date(epochMs).toISOString();
}
