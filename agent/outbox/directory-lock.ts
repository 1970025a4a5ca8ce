/**
 * One agent per data directory. The lock is one of the operating system on a small database file, held by an open
 * transaction: it goes with the process, however that ends, so a killed agent leaves no lock behind.
 */
import Database from 'better-sqlite3';

export interface DirectoryLock {
	release(): void;
}

export type LockResult =
	| { readonly ok: true; readonly lock: DirectoryLock }
	| { readonly ok: false /** Process that holds it, where known. */; readonly heldBy: number | undefined };

/**
 * Takes the lock, waiting up to `patienceMs` for a holder that is just going. Blocks the thread meanwhile: nothing else
 * runs yet. Throws when the file cannot be written.
 */
export function lockDirectory(file: string, processId: number, patienceMs: number): LockResult {
	const database = new Database(file, { timeout: patienceMs });
	try {
		database.exec('BEGIN IMMEDIATE');
	} catch (error) {
		if (!isBusy(error)) throw error;
		return { ok: false, heldBy: holderOf(database) };
	}
	database.exec('CREATE TABLE IF NOT EXISTS holder (process INTEGER NOT NULL) STRICT; DELETE FROM holder;');
	database.prepare('INSERT INTO holder (process) VALUES (?)').run(processId);
	database.exec('COMMIT');
	try {
		// From here on others can read who holds it, but not take it.
		database.exec('BEGIN IMMEDIATE');
	} catch (error) {
		if (!isBusy(error)) throw error;
		return { ok: false, heldBy: holderOf(database) };
	}
	return { ok: true, lock: { release: () => database.close() } };
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
