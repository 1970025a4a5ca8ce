/**
 * Opening the database so that what is committed is on the disk. The settings are those the measurements of this
 * program asked for: write-ahead log, a flush at each commit, pages of 8 KiB.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const migrationsFolder = join(import.meta.dirname, 'migrations');
const flushAtEachCommit = 2;
const walLimitBytes = 64 * 1024 * 1024;

/** The database was written by a newer program. */
export class NewerDatabaseError extends Error {
	override name = 'NewerDatabaseError';
}

/** Opens for writing, brings the schema up to date. Throws NewerDatabaseError, or the library's own errors. */
export function openForWriting(file: string): Database.Database {
	const isNew = !existsSync(file);
	const database = new Database(file);
	if (isNew) database.pragma('page_size = 8192');
	database.pragma('journal_mode = WAL');
	// After journal_mode, on every open: this build falls back to a level that can lose committed rows on power loss.
	database.pragma('synchronous = FULL');
	database.pragma(`journal_size_limit = ${walLimitBytes}`);
	database.pragma('secure_delete = ON');
	migrate(database, file);
	assertFlushing(database);
	return database;
}

/** A second connection that can only read; it never waits for the writer. */
export function openForReading(file: string): Database.Database {
	const database = new Database(file, { readonly: true });
	database.pragma('query_only = ON');
	return database;
}

/** To be called after a write, too: before the first one the setting reads as wished even where it is not kept. */
export function assertFlushing(database: Database.Database): void {
	const level: unknown = database.pragma('synchronous', { simple: true });
	if (level !== flushAtEachCommit) throw new Error(`the database does not flush at each commit (synchronous is ${String(level)})`);
}

function migrate(database: Database.Database, file: string): void {
	const scripts = readdirSync(migrationsFolder)
		.filter((name) => name.endsWith('.sql'))
		.sort();
	const version: unknown = database.pragma('user_version', { simple: true });
	if (typeof version !== 'number') throw new Error('the database has no readable version');
	if (version > scripts.length) {
		throw new NewerDatabaseError(`The database has version ${version}, this program knows up to ${scripts.length}: install the newer program again.`);
	}
	if (version > 0 && version < scripts.length) database.prepare('VACUUM INTO ?').run(`${file}.before-${scripts.length}`);
	for (const [index, name] of scripts.entries()) {
		if (index < version) continue;
		const script = readFileSync(join(migrationsFolder, name), 'utf8');
		database
			.transaction(() => {
				database.exec(script);
				database.pragma(`user_version = ${index + 1}`);
			})
			.immediate();
	}
}
