/** The data directory: made if missing, for its owner only. */
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
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
		makeDirectory(directory);
		refuseForeign(directory);
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

const ownFiles: readonly string[] = ['agent.lock', 'outbox.db', 'tokens.json', 'vault.json', 'vault.key'];

/** A mistyped path, such as a home directory, must not be closed to everybody: a data directory holds no others. */
function refuseForeign(directory: string): void {
	const { uid } = statSync(directory);
	const self = process.getuid?.();
	if (self !== undefined && self !== 0 && uid !== self) throw new Error('it belongs to another user');
	const entries = readdirSync(directory, { withFileTypes: true });
	if (entries.some(({ name }) => ownFiles.includes(name)) || !entries.some((entry) => entry.isDirectory())) return;
	throw new Error('it holds other directories and is no data directory of Lanekeeper');
}

/** Step by step from the nearest directory there is; a file in the way is said to be one. */
function makeDirectory(directory: string): void {
	const found = statSync(directory, { throwIfNoEntry: false });
	if (found !== undefined && !found.isDirectory()) throw new Error(`${directory} is not a directory`);
	if (found !== undefined) return;
	if (dirname(directory) !== directory) makeDirectory(dirname(directory));
	mkdirSync(directory, { mode: 0o700 });
}

function closeToOthers(file: string): void {
	try {
		chmodSync(file, 0o600);
	} catch (error) {
		// A running agent, or another command, has just removed it.
		if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
	}
}
