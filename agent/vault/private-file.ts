import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Replaces a file as a whole, readable by its owner only; after a crash there is the old or the new one, never half of it. */
export function writePrivateFile(file: string, text: string): void {
	const draft = `${file}.new`;
	const handle = openSync(draft, 'w', 0o600);
	try {
		writeSync(handle, text);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
	renameSync(draft, file);
}
