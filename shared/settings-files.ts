/** The files in config/ as they follow from the schema of the configuration. */
import { isObjectSchema, SettingsSchema } from './settings-schema.ts';

const widestLine = 160;

export function settingsFiles(): { readonly 'schema.json': string; readonly 'default.json': string } {
	const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...SettingsSchema };
	return { 'schema.json': pretty(schema), 'default.json': pretty(defaultsOf(SettingsSchema)) };
}

/** The value that holds every key with its default. */
function defaultsOf(schema: unknown): unknown {
	if (!isObjectSchema(schema)) throw new Error('every level of the configuration is an object');
	return Object.fromEntries(
		Object.entries(schema.properties).map(([key, below]) => {
			if (isObjectSchema(below)) return [key, defaultsOf(below)];
			if (typeof below !== 'object' || below === null || !('default' in below)) throw new Error(`the key ${key} has no default`);
			return [key, below.default];
		}),
	);
}

/** As the formatter of this house writes it: a list of plain values stays on one line while it fits. */
function pretty(value: unknown): string {
	const text = JSON.stringify(value, undefined, 2).replace(/^( *)(.*)\[\n\s+([^[\]{}]+?)\n\s+\](,?)$/gm, (asItWas, indent, before, items, comma) => {
		const line = `${indent}${before}[${items.replace(/,\n\s+/g, ', ')}]${comma}`;
		return line.length <= widestLine ? line : asItWas;
	});
	return `${text}\n`;
}
