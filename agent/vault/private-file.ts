import { closeSync, fchownSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file as a whole, readable by its owner only; after a crash there is the old or the new one, never half of
 * it. Written by an administrator, it belongs to the directory's owner: the agent has to be able to read it.
 */
export function writePrivateFile(file: string, text: string): void {
	const draft = `${file}.new`;
	rmSync(draft, { force: true });
	// Exclusive: a link that somebody put in the draft's place is not followed.
	const handle = openSync(draft, 'wx', 0o600);
	try {
		if (process.getuid?.() === 0) {
			const { uid, gid } = statSync(dirname(file));
			fchownSync(handle, uid, gid);
		}
		writeSync(handle, text);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
	renameSync(draft, file);
}

/** What a file holds; undefined when it is not JSON. Throws when it cannot be read. */
export function readJson(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
