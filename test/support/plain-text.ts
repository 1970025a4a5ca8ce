/** Looks through everything an agent has written for texts that must not be readable there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which of these texts stand in the clear in some file of the directory, each with the file, as `file: text`. */
export function readableIn(directory: string, texts: readonly string[]): string[] {
	return readdirSync(directory, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.flatMap((entry) => {
			const bytes = readFileSync(join(entry.parentPath, entry.name));
			return texts.filter((text) => bytes.includes(text)).map((text) => `${entry.name}: ${text}`);
		});
}
