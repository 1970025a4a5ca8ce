/** The master key in a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { ExitError } from '../core/exit.ts';
import { writePrivateFile } from './private-file.ts';

const keyBytes = 32;

/** The key is missing or unusable; the message says what to do. */
export class KeyError extends ExitError {
	override name = 'KeyError';

	constructor(message: string) {
		super('configuration', message);
	}
}

/**
 * Reads the key, or makes one where there is no database yet. A new key is never made over an existing database: what
 * waits in it could not be read any more. Throws KeyError.
 */
export function loadMasterKey(file: string, databaseExists: boolean): Uint8Array {
	if (existsSync(file)) {
		const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
		if (key.length !== keyBytes)
			throw new KeyError(`The key file ${file} is damaged. Put back the original from a copy; without it the waiting deliveries cannot be read.`);
		return key;
	}
	if (databaseExists) {
		throw new KeyError(`The key file ${file} is missing, but there is a database. Put the key file back; a new key could not read the waiting deliveries.`);
	}
	const key = randomBytes(keyBytes);
	writePrivateFile(file, `${key.toString('base64url')}\n`);
	return key;
}
