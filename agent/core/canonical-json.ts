/**
 * The canonical text of a JSON document: keys sorted, blanks gone, escapes as JSON.stringify writes them, numbers as
 * they were written (`1.0` and `1` differ, and a number beyond 2^53 keeps all its digits). Two bodies are the same call
 * when their canonical texts are equal. Made in one pass over the text, because a body can be a mebibyte of small values.
 */
import { skipBlanks, skipString, skipValue } from './json-scan.ts';

interface Piece {
	readonly canonical: string;
	/** Position behind the value. */
	readonly end: number;
}

/** Throws SyntaxError on a text that is not JSON. Nesting is as deep as the caller let it be. */
export function canonicalJson(text: string): string {
	JSON.parse(text);
	return valueAt(text, skipBlanks(text, 0)).canonical;
}

function valueAt(text: string, start: number): Piece {
	const first = text[start];
	if (first === '{') return objectAt(text, start);
	if (first === '[') return arrayAt(text, start);
	const end = skipValue(text, start);
	const written = text.slice(start, end);
	return { canonical: first === '"' ? canonicalString(written) : written, end };
}

function objectAt(text: string, start: number): Piece {
	// By canonical name: of members with one name the last counts, as JSON.parse has it.
	const members = new Map<string, string>();
	let index = skipBlanks(text, start + 1);
	while (text[index] === '"') {
		const nameEnd = skipString(text, index);
		const name = canonicalString(text.slice(index, nameEnd));
		const { canonical, end } = valueAt(text, skipBlanks(text, skipBlanks(text, nameEnd) + 1));
		members.set(name, canonical);
		index = behindComma(text, end);
	}
	const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
	return { canonical: `{${sorted.map(([name, value]) => `${name}:${value}`).join(',')}}`, end: index + 1 };
}

function arrayAt(text: string, start: number): Piece {
	const items: string[] = [];
	let index = skipBlanks(text, start + 1);
	while (text[index] !== ']') {
		const { canonical, end } = valueAt(text, index);
		items.push(canonical);
		index = behindComma(text, end);
	}
	return { canonical: `[${items.join(',')}]`, end: index + 1 };
}

function behindComma(text: string, end: number): number {
	const index = skipBlanks(text, end);
	return text[index] === ',' ? skipBlanks(text, index + 1) : index;
}

/** One text can be escaped in many ways. */
function canonicalString(written: string): string {
	return written.includes('\\') ? JSON.stringify(JSON.parse(written)) : written;
}
