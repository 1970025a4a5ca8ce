/**
 * The ledger: one line for each change of a delivery's state, each bound to the one before by a keyed hash. Whoever
 * changes, removes or adds a line without the key breaks the chain at that line. A head kept apart (the number and hash
 * of the last line) shows when the end is missing.
 *
 * Pure: hashing comes from outside.
 */

/** What a line says; it outlives its delivery, so nothing in it is personal. */
export interface LedgerLine {
	/** Counted from 1, without gaps. */
	readonly number: number;
	readonly at: number;
	/** The delivery: its sequence and its id. */
	readonly sequence: number;
	readonly deliveryId: string;
	readonly operation: string;
	/** Of the register that brought it. */
	readonly tokenId: string;
	/** Attempts started so far. */
	readonly attempt: number;
	readonly state: string;
	readonly reason: string;
	/** Where the line is the end of an attempt: what that came to, and the trouble or the refusal's code. */
	readonly outcome: string | undefined;
	readonly trouble: string | undefined;
	readonly confirmationCode: string | undefined;
	/** Name of the token, where a person decided. */
	readonly person: string | undefined;
}

/** A line as it is stored; `line` is undefined where it does not have the form of one. */
export interface LedgerRow {
	readonly number: number;
	readonly line: LedgerLine | undefined;
	readonly hash: Uint8Array;
}

/** The last line there is; `noLines` while there is none. */
export interface LedgerHead {
	readonly number: number;
	readonly hash: Uint8Array;
}

/** What the file of the head was found to be. */
export type HeadReading = LedgerHead | 'missing' | 'damaged';

/** HMAC-SHA-256 under the ledger's key, of the bytes of `previous` and then those of `text` in UTF-8. */
export type KeyedHash = (previous: Uint8Array, text: string) => Uint8Array;

/** Before the first line: number 0, and 32 zero bytes in the place of a hash. */
export const noLines: LedgerHead = { number: 0, hash: new Uint8Array(32) };

const version = 1;

/**
 * The form in which a line is hashed: a JSON array that begins with the version of this form. Two lines have the same
 * text only when all their fields are the same, and lone surrogates are escaped, so UTF-8 loses nothing.
 */
export function canonicalText(line: LedgerLine): string {
	return JSON.stringify([
		version,
		line.number,
		line.at,
		line.sequence,
		line.deliveryId,
		line.operation,
		line.tokenId,
		line.attempt,
		line.state,
		line.reason,
		line.outcome ?? null,
		line.trouble ?? null,
		line.confirmationCode ?? null,
		line.person ?? null,
	]);
}

export function hashOfLine(hash: KeyedHash, previous: Uint8Array, line: LedgerLine): Uint8Array {
	return hash(previous, canonicalText(line));
}

/** Says that this was the head. It begins like no hash and no first line, so it cannot pass for a link of the chain. */
export function markOfHead(hash: KeyedHash, head: LedgerHead): Uint8Array {
	return hash(new Uint8Array(), JSON.stringify(['ledger head', version, head.number, [...head.hash]]));
}

export type LedgerBreak =
	/** The line, or its hash, is not what was written there. */
	| { readonly kind: 'changed'; readonly number: number }
	/** Lines `number` to `last` are not there. */
	| { readonly kind: 'missing'; readonly number: number; readonly last: number }
	/** A line under a number that was never given. */
	| { readonly kind: 'foreign'; readonly number: number }
	/** The last line is `number`, but there was a line `head`. */
	| { readonly kind: 'cutOff'; readonly number: number; readonly head: number }
	/** The chain is good, but line `number` was another one when the head was kept: an older copy went on from before. */
	| { readonly kind: 'replaced'; readonly number: number }
	| { readonly kind: 'headMissing' }
	/** Not readable, changed, or kept under another key. */
	| { readonly kind: 'headDamaged' };

export interface LedgerVerdict {
	readonly lines: number;
	readonly firstAt: number | undefined;
	readonly lastAt: number | undefined;
	readonly last: LedgerHead;
	/** None when the ledger is whole; else where the chain breaks first, and what the head says beside it. */
	readonly breaks: readonly LedgerBreak[];
}

/** Walks over the lines in the order of their numbers, one at a time, and remembers only where it is. */
export class LedgerCheck {
	readonly #hash: KeyedHash;
	readonly #head: HeadReading;
	#last: LedgerHead = noLines;
	#lines = 0;
	#firstAt: number | undefined;
	#lastAt: number | undefined;
	#chainBreak: LedgerBreak | undefined;
	#isReplaced = false;

	constructor(hash: KeyedHash, head: HeadReading) {
		this.#hash = hash;
		this.#head = head;
	}

	next(row: LedgerRow): void {
		this.#chainBreak ??= this.#breakAt(row);
		this.#lines += 1;
		this.#firstAt ??= row.line?.at;
		this.#lastAt = row.line?.at ?? this.#lastAt;
		this.#last = { number: row.number, hash: row.hash };
		this.#compareWithHead(this.#last);
	}

	/** After the last line. */
	verdict(): LedgerVerdict {
		const last = this.#last;
		this.#compareWithHead(last);
		const breaks = [this.#chainBreak, this.#headBreak()].filter((found) => found !== undefined);
		return { lines: this.#lines, firstAt: this.#firstAt, lastAt: this.#lastAt, last, breaks };
	}

	#breakAt({ number, line, hash }: LedgerRow): LedgerBreak | undefined {
		const expected = this.#last.number + 1;
		if (number < expected) return { kind: 'foreign', number };
		if (number > expected) return { kind: 'missing', number: expected, last: number - 1 };
		return line !== undefined && areSame(hash, hashOfLine(this.#hash, this.#last.hash, line)) ? undefined : { kind: 'changed', number };
	}

	#compareWithHead({ number, hash }: LedgerHead): void {
		if (typeof this.#head === 'object' && number === this.#head.number) this.#isReplaced = !areSame(hash, this.#head.hash);
	}

	#headBreak(): LedgerBreak | undefined {
		if (this.#head === 'missing') return { kind: 'headMissing' };
		if (this.#head === 'damaged') return { kind: 'headDamaged' };
		if (this.#last.number < this.#head.number) return { kind: 'cutOff', number: this.#last.number, head: this.#head.number };
		// A chain that is broken says it more exactly.
		return this.#isReplaced && this.#chainBreak === undefined ? { kind: 'replaced', number: this.#head.number } : undefined;
	}
}

/** Whether the lines still go on from the head that was kept. `at`: the hash of the line with its number, if there is one. */
export function goesOnFrom(head: HeadReading, at: (number: number) => Uint8Array | undefined): boolean {
	if (typeof head === 'string') return false;
	const hash = head.number === 0 ? noLines.hash : at(head.number);
	return hash !== undefined && areSame(hash, head.hash);
}

export function areSame(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
