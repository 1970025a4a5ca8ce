/**
 * One agent per data directory. The lock is one of the operating system on a small database file, held by an open
 * transaction: it goes with the process, however that ends, so a killed agent leaves no lock behind.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ExitError } from '../core/exit.ts';

export interface DirectoryLock {
	release(): void;
}

/** A holder that is just going, such as an agent that was killed, is waited for this long. */
const patienceMs = 1_000;

/** Takes the lock, or throws ExitError naming who holds it. Blocks the thread while it waits: nothing else runs yet. */
export function lockDirectory(directory: string, processId: number): DirectoryLock {
	const database = openLock(join(directory, 'agent.lock'));
	take(database, directory);
	database.exec('CREATE TABLE IF NOT EXISTS holder (process INTEGER NOT NULL) STRICT; DELETE FROM holder;');
	database.prepare('INSERT INTO holder (process) VALUES (?)').run(processId);
	database.exec('COMMIT');
	// From here on others can read who holds it, but not take it.
	take(database, directory);
	return { release: () => database.close() };
}

function openLock(file: string): Database.Database {
	try {
		return new Database(file, { timeout: patienceMs });
	} catch (cause) {
		throw new ExitError('directory', `The lock file ${file} cannot be opened. Check what it is, and that this user may write it.`, { cause });
	}
}

function take(database: Database.Database, directory: string): void {
	try {
		database.exec('BEGIN IMMEDIATE');
	} catch (error) {
		if (!isBusy(error)) throw error;
		const holder = holderOf(database) ?? 'unknown';
		throw new ExitError('busy', `Another agent (process ${holder}) works on ${directory}. Stop it first, or use another --data-dir.`);
	}
}

function isBusy(error: unknown): boolean {
	return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function holderOf(database: Database.Database): number | undefined {
	try {
		const row: unknown = database.prepare('SELECT process FROM holder').pluck().get();
		return typeof row === 'number' ? row : undefined;
	} catch {
		// The holder is just writing its number: it is enough to say that somebody holds it.
		return undefined;
	} finally {
		database.close();
	}
}
