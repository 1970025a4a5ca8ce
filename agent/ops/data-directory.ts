/** The data directory: made if missing, for its owner only. */
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { ExitError } from '../core/exit.ts';

/** Where the data lies when nobody says otherwise. */
export function usualDataDirectory(environment: Readonly<Record<string, string | undefined>>): string {
	if (platform() === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Lanekeeper');
	if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Lanekeeper');
	return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'lanekeeper');
}

/**
 * Makes the directory and closes it, and every file in it, to everybody but the owner; files made later are private by
 * the process's umask. Throws ExitError.
 */
export function prepareDataDirectory(directory: string): void {
	process.umask(0o077);
	try {
		mkdirSync(directory, { recursive: true, mode: 0o700 });
		if (!statSync(directory).isDirectory()) throw new Error('it is not a directory');
		chmodSync(directory, 0o700);
		for (const entry of readdirSync(directory, { withFileTypes: true })) {
			if (entry.isFile()) closeToOthers(join(directory, entry.name));
		}
		accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new ExitError(
			'directory',
			`The data directory ${directory} cannot be used: ${reason}. Choose another with --data-dir, or give this user the right to write there.`,
			{ cause },
		);
	}
}

function closeToOthers(file: string): void {
	try {
		chmodSync(file, 0o600);
	} catch (error) {
		// A running agent, or another command, has just removed it.
		if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
	}
}
