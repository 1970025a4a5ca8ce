/**
 * The members of a JSON object as pieces of its source text: what is moved, renamed or left out is cut and joined, and
 * every value that is not touched keeps its own characters (`1.0`, digits beyond 2^53, escapes, blanks, order). All
 * functions take texts that were read as valid JSON before. Where one name comes twice, the last one is meant, as
 * JSON.parse has it.
 */
import { skipBlanks, skipString, skipValue } from './json-scan.ts';

/** What stands between two commas of an object: `head`, `value` and `tail`, one after the other. */
export interface SourceMember {
	/** As it reads, escapes undone. */
	readonly name: string;
	/** Blanks, the name as it was written, the colon, blanks. */
	readonly head: string;
	/** The value as it was written. */
	readonly value: string;
	/** Blanks. */
	readonly tail: string;
}

/** The members of an object, in their order; undefined when the text is another kind of value. Blanks around it are allowed. */
export function readMembers(text: string): readonly SourceMember[] | undefined {
	const start = skipBlanks(text, 0);
	if (text[start] !== '{') return undefined;
	const members: SourceMember[] = [];
	let from = start + 1;
	let nameStart = skipBlanks(text, from);
	while (text[nameStart] === '"') {
		const nameEnd = skipString(text, nameStart);
		const valueStart = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
		const valueEnd = skipValue(text, valueStart);
		const end = skipBlanks(text, valueEnd);
		const name: unknown = JSON.parse(text.slice(nameStart, nameEnd));
		members.push({ name: String(name), head: text.slice(from, valueStart), value: text.slice(valueStart, valueEnd), tail: text.slice(valueEnd, end) });
		if (text[end] !== ',') break;
		from = end + 1;
		nameStart = skipBlanks(text, from);
	}
	return members;
}

/** The object with other members; the very same text when `edit` gives back what it got, or when it is no object. */
export function editObject(text: string, edit: (members: readonly SourceMember[]) => readonly SourceMember[]): string {
	const members = readMembers(text);
	if (members === undefined) return text;
	const edited = edit(members);
	if (edited === members) return text;
	return `${text.slice(0, text.indexOf('{'))}${writeObject(edited)}${text.slice(text.lastIndexOf('}') + 1)}`;
}

/** The object they are the members of. */
export function writeObject(members: readonly SourceMember[]): string {
	return `{${members.map(({ head, value, tail }) => `${head}${value}${tail}`).join(',')}}`;
}

/** The list with each of its elements edited; the very same text when it is no list. */
export function editElements(text: string, edit: (element: string) => string): string {
	if (text[0] !== '[') return text;
	let edited = '';
	let kept = 0;
	let index = skipBlanks(text, 1);
	while (index < text.length && text[index] !== ']') {
		const end = skipValue(text, index);
		edited += text.slice(kept, index) + edit(text.slice(index, end));
		kept = end;
		index = skipBlanks(text, end);
		if (text[index] === ',') index = skipBlanks(text, index + 1);
	}
	return edited + text.slice(kept);
}

/** Source text of the value that readers take. */
export function sourceOf(members: readonly SourceMember[], name: string): string | undefined {
	return members.findLast((member) => member.name === name)?.value;
}

/** A member of our own making, without blanks. */
export function newMember(name: string, value: string): SourceMember {
	return { name, head: `${JSON.stringify(name)}:`, value, tail: '' };
}

/** With the value of `name` edited where there is one. Those of the same name that nobody reads are left alone. */
export function withEdited(members: readonly SourceMember[], name: string, edit: (value: string) => string): readonly SourceMember[] {
	const index = members.findLastIndex((member) => member.name === name);
	const found = members[index];
	if (found === undefined) return members;
	const value = edit(found.value);
	return value === found.value ? members : members.with(index, { ...found, value });
}

/** With exactly this value: in the place of the last one of its name, or at the end. Others of its name are gone. */
export function withValue(members: readonly SourceMember[], name: string, value: string): readonly SourceMember[] {
	const last = members.findLast((member) => member.name === name);
	if (last === undefined) return [...members, newMember(name, value)];
	const rest = members.filter((member) => member === last || member.name !== name);
	if (rest.length === members.length && last.value === value) return members;
	return rest.map((member) => (member === last ? { ...last, value } : member));
}

/** Without any member of these names; otherwise an older one of the same name would come to light. */
export function without(members: readonly SourceMember[], names: readonly string[]): readonly SourceMember[] {
	const rest = members.filter(({ name }) => !names.includes(name));
	return rest.length === members.length ? members : rest;
}

/** With `from` called `to`, unless there is a `to` already: then both stay. */
export function renamed(members: readonly SourceMember[], from: string, to: string): readonly SourceMember[] {
	const isThere = (name: string) => members.some((member) => member.name === name);
	if (!isThere(from) || isThere(to)) return members;
	return members.map((member) => (member.name === from ? rename(member, to) : member));
}

/** The blanks around the name stay. */
function rename({ head, value, tail }: SourceMember, name: string): SourceMember {
	const start = head.indexOf('"');
	return { name, head: `${head.slice(0, start)}${JSON.stringify(name)}${head.slice(skipString(head, start))}`, value, tail };
}
