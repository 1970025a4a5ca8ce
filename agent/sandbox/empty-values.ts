import { isJsonObject } from '../core/json.ts';

/**
 * Dotted path of the first empty text or `null` anywhere in `value`, undefined when there is none. Unknown fields must be
 * left out of a body, not sent empty; empty lists are fine (K19). Nesting was limited when the body was read.
 */
export function emptyValuePath(value: unknown): string | undefined {
	if (value === null || value === '') return '';
	const entries = Array.isArray(value) || isJsonObject(value) ? Object.entries(value) : [];
	for (const [name, inner] of entries) {
		const path = emptyValuePath(inner);
		if (path !== undefined) return path === '' ? name : `${name}.${path}`;
	}
	return undefined;
}
