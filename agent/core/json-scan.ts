/** Steps through the text of a JSON document without building it. Texts may be malformed: no step goes past the end for ever. */

/** From an opening quote to behind the closing one, or to the end. */
export function skipString(text: string, from: number): number {
	let index = from + 1;
	while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
	return Math.min(index + 1, text.length);
}

export function skipBlanks(text: string, from: number): number {
	let index = from;
	while (index < text.length && ' \t\r\n'.includes(text.charAt(index))) index += 1;
	return index;
}

/** How a character outside of strings changes the nesting. */
export function depthStep(character: string): -1 | 0 | 1 {
	if (character === '{' || character === '[') return 1;
	return character === '}' || character === ']' ? -1 : 0;
}

/** From the first character of a value to behind its last. */
export function skipValue(text: string, from: number): number {
	const first = text.charAt(from);
	if (first === '"') return skipString(text, from);
	if (depthStep(first) === 1) return skipNested(text, from);
	let index = from;
	while (index < text.length && !',}] \t\r\n'.includes(text.charAt(index))) index += 1;
	return index;
}

function skipNested(text: string, from: number): number {
	let depth = 0;
	let index = from;
	while (index < text.length) {
		const character = text.charAt(index);
		depth += depthStep(character);
		index = character === '"' ? skipString(text, index) : index + 1;
		if (depth === 0) return index;
	}
	return index;
}

export function nestsDeeperThan(text: string, limit: number): boolean {
	let depth = 0;
	let index = 0;
	while (index < text.length) {
		const character = text.charAt(index);
		depth += depthStep(character);
		if (depth > limit) return true;
		index = character === '"' ? skipString(text, index) : index + 1;
	}
	return false;
}
