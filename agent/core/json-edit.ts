/**
 * Changing a JSON document in one place and leaving every other byte as it came. All functions take a text that was
 * read as valid JSON before.
 */
import { skipBlanks, skipString, skipValue } from './json-scan.ts';

/** The document, an object, with one more member at its end. An older member of that name stays; readers take the last. */
export function withMember(text: string, name: string, value: unknown): string {
	const end = text.lastIndexOf('}');
	const isEmpty = objectIsEmpty(text, text.indexOf('{'));
	return `${text.slice(0, end)}${isEmpty ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}${text.slice(end)}`;
}

/** The document with a member put first into the object at `path`; unchanged when there is no object. */
export function withMemberAt(text: string, path: readonly string[], name: string, value: unknown): string {
	const start = objectAt(text, path);
	if (start === undefined) return text;
	const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
	return `${text.slice(0, start + 1)}${member}${objectIsEmpty(text, start) ? '' : ','}${text.slice(start + 1)}`;
}

/** The text of a member's value in the object that is the document, as it was written; undefined where there is none. */
export function memberSource(text: string, name: string): string | undefined {
	const start = objectAt(text, []);
	const found = start === undefined ? undefined : memberAt(text, start, name);
	return found === undefined ? undefined : text.slice(found, skipValue(text, found));
}

/** Position of the opening brace of the object at `path`. */
function objectAt(text: string, path: readonly string[]): number | undefined {
	let start: number | undefined = skipBlanks(text, 0);
	for (const step of path) {
		if (start === undefined || text[start] !== '{') return undefined;
		start = memberAt(text, start, step);
	}
	return start !== undefined && text[start] === '{' ? start : undefined;
}

/** Position of the value of the member called `name`; of the last one, as JSON.parse takes it. */
function memberAt(text: string, objectStart: number, name: string): number | undefined {
	let found: number | undefined;
	let index = skipBlanks(text, objectStart + 1);
	while (text[index] === '"') {
		const nameEnd = skipString(text, index);
		const isWanted = JSON.parse(text.slice(index, nameEnd)) === name;
		const valueStart = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
		if (isWanted) found = valueStart;
		index = skipBlanks(text, skipValue(text, valueStart));
		if (text[index] === ',') index = skipBlanks(text, index + 1);
	}
	return found;
}

function objectIsEmpty(text: string, objectStart: number): boolean {
	return text[skipBlanks(text, objectStart + 1)] === '}';
}
