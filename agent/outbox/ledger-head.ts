/**
 * `ledger.head` in the data directory: number and hash of the last line, and a hash of both under the ledger's key. It
 * is written after a commit, never before, so whatever it names is on the disk.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LedgerHeadFile } from '../../shared/ledger-head.ts';
import { parserFor } from '../../shared/validate.ts';
import { areSame, type HeadReading, type KeyedHash, type LedgerHead, markOfHead } from '../core/ledger.ts';

const parseFile = parserFor(LedgerHeadFile);

/** `key` has 32 bytes. */
export function keyedHash(key: Uint8Array): KeyedHash {
	const secret = createSecretKey(key);
	return (previous, text) => createHmac('sha256', secret).update(previous).update(text, 'utf8').digest();
}

/** Of the ledger in this database file. */
export function headFileOf(databaseFile: string): string {
	return join(dirname(databaseFile), 'ledger.head');
}

/** Throws what the file system says, unless it is that there is no such file. */
export function readHead(file: string, hash: KeyedHash): HeadReading {
	const text = textOf(file);
	if (text === undefined) return 'missing';
	const parsed = parseFile(readJson(text));
	if (!parsed.ok) return 'damaged';
	const head = { number: parsed.value.number, hash: Buffer.from(parsed.value.hash, 'hex') };
	return areSame(markOfHead(hash, head), Buffer.from(parsed.value.mac, 'hex')) ? head : 'damaged';
}

/** Keeps the newest head it was given, one file after the other, without holding up the thread. */
export class HeadKeeper {
	readonly #file: string;
	readonly #hash: KeyedHash;
	readonly #onFailure: () => void;
	#kept = -1;
	#wanted: LedgerHead | undefined;
	#underWay: Promise<void> | undefined;

	/** `onFailure`: the file could not be replaced; the next head is tried again. */
	constructor(file: string, hash: KeyedHash, onFailure: () => void) {
		this.#file = file;
		this.#hash = hash;
		this.#onFailure = onFailure;
	}

	/** Never rejects. Resolves when this head, or a newer one, is on the disk or has failed. */
	keep(head: LedgerHead): Promise<void> {
		this.#wanted = head;
		this.#underWay ??= this.#writeAll().finally(() => {
			this.#underWay = undefined;
		});
		return this.#underWay;
	}

	async #writeAll(): Promise<void> {
		try {
			for (let head = this.#wanted; head !== undefined && head.number > this.#kept; head = this.#wanted) {
				await this.#replaceFile(head);
				this.#kept = head.number;
			}
		} catch {
			this.#onFailure();
		}
	}

	async #replaceFile(head: LedgerHead): Promise<void> {
		const draft = `${this.#file}.new`;
		await rm(draft, { force: true });
		// Exclusive: a link that somebody put in the draft's place is not followed.
		const handle = await open(draft, 'wx', 0o600);
		try {
			await handle.writeFile(`${JSON.stringify({ number: head.number, hash: hex(head.hash), mac: hex(markOfHead(this.#hash, head)) })}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(draft, this.#file);
	}
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}

function textOf(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw error;
	}
}

/** Undefined when it is not JSON. */
function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
