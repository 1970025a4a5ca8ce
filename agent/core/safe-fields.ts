/** What is said in the log as it may be written, whatever a caller brings: the types are gone when the program runs. */
import { offsetInWords } from './clock-offset.ts';
import { sentenceOfReason } from './link-view.ts';
import { type LogEvent, type LogFieldName, logEvents, logFields } from './log.ts';

type SafeFields = Readonly<Record<string, string | number | readonly LogFieldName[]>>;

export interface SafeLine {
	readonly event: LogEvent;
	readonly fields: SafeFields;
}

/** An event outside the catalogue becomes `log.unknownEvent`; a `sentence` for people is made here, of safe fields alone. */
export function safeLine(event: unknown, fields: unknown): SafeLine {
	const known = logEvents.find((candidate) => candidate === event) ?? 'log.unknownEvent';
	const safe = safeFields(fields);
	const sentence = sentenceOf(known, safe);
	return { event: known, fields: sentence === undefined ? safe : { ...safe, sentence } };
}

/**
 * Only what fits the catalogue. Of what does not, `withheld` has the names of fields and `unknownFields` the count of
 * names that are no fields: such a name could itself hold something personal. A field without a value is no field.
 */
export function safeFields(fields: unknown): SafeFields {
	const safe: Record<string, string | number> = {};
	const withheld: LogFieldName[] = [];
	let unknownFields = 0;
	for (const [name, value] of entriesOf(fields)) {
		if (value === undefined) continue;
		if (!isFieldName(name)) unknownFields += 1;
		else if (logFields[name](value)) safe[name] = value;
		else withheld.push(name);
	}
	return { ...safe, ...(withheld.length === 0 ? {} : { withheld }), ...(unknownFields === 0 ? {} : { unknownFields }) };
}

/** What is no object counts as one field without a name. */
function entriesOf(fields: unknown): [string, unknown][] {
	if (fields === undefined) return [];
	return typeof fields === 'object' && fields !== null ? Object.entries(fields) : [['', fields]];
}

function isFieldName(name: string): name is LogFieldName {
	return Object.hasOwn(logFields, name);
}

function sentenceOf(event: LogEvent, { reason, offsetSeconds }: SafeFields): string | undefined {
	if (event === 'link.changed' && typeof reason === 'string') return sentenceOfReason(reason);
	if (event === 'clock.wrong' && typeof offsetSeconds === 'number') return `The clock of this terminal is ${offsetInWords(offsetSeconds)}.`;
	return undefined;
}
