import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	canonicalText,
	goesOnFrom,
	type HeadReading,
	hashOfLine,
	type KeyedHash,
	LedgerCheck,
	type LedgerLine,
	type LedgerRow,
	markOfHead,
	noLines,
} from './ledger.ts';

const keyed =
	(key: string): KeyedHash =>
	(previous, text) =>
		createHmac('sha256', key).update(previous).update(text).digest();
const hash = keyed('the key');

const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '1', 'null', '","', ']'));
const whole = fc.integer({ min: 0, max: 2 ** 45 });
const line: fc.Arbitrary<LedgerLine> = fc.record({
	number: fc.constant(0),
	at: whole,
	sequence: whole,
	deliveryId: word,
	operation: word,
	tokenId: word,
	attempt: whole,
	state: word,
	reason: word,
	outcome: fc.option(word, { nil: undefined }),
	trouble: fc.option(word, { nil: undefined }),
	confirmationCode: fc.option(word, { nil: undefined }),
	person: fc.option(word, { nil: undefined }),
});
const someLines = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.map((each, index) => ({ ...each, number: index + 1 })));

function chain(lines: readonly LedgerLine[], start = noLines): LedgerRow[] {
	let previous = start.hash;
	return lines.map((each) => {
		previous = hashOfLine(hash, previous, each);
		return { number: each.number, line: each, hash: previous };
	});
}

function headOf(rows: readonly LedgerRow[]): HeadReading {
	const last = rows.at(-1);
	return last === undefined ? noLines : { number: last.number, hash: last.hash };
}

function breaksOf(rows: readonly LedgerRow[], head: HeadReading, key = hash) {
	const check = new LedgerCheck(key, head);
	for (const row of rows) check.next(row);
	return check.verdict().breaks;
}

/** The rows, and a place in them. */
const rowsAndPlace = someLines.chain((lines) => fc.tuple(fc.constant(chain(lines)), fc.nat({ max: lines.length - 1 })));

describe('a chain', () => {
	test('of any lines is whole, and stays so when lines come after its head', () => {
		fc.assert(
			fc.property(rowsAndPlace, ([rows, place]) => {
				expect(breaksOf(rows, headOf(rows))).toEqual([]);
				expect(breaksOf(rows, headOf(rows.slice(0, place)))).toEqual([]);
			}),
		);
		expect(breaksOf([], noLines)).toEqual([]);
	});

	test('tells its lines, times and last line', () => {
		const at = (number: number, time: number): LedgerLine => ({
			...{ number, at: time, sequence: 1, deliveryId: 'A', operation: 'sale', tokenId: 't', attempt: 0, state: 'queued', reason: 'accepted' },
			...{ outcome: undefined, trouble: undefined, confirmationCode: undefined, person: undefined },
		});
		const rows = chain([at(1, 10), at(2, 30)]);
		const check = new LedgerCheck(hash, headOf(rows));
		for (const row of rows) check.next(row);
		expect(check.verdict()).toEqual({ lines: 2, firstAt: 10, lastAt: 30, last: headOf(rows), breaks: [] });
	});

	test('shows any change of any field at its line', () => {
		fc.assert(
			fc.property(rowsAndPlace, line, fc.nat(), ([rows, place], other, pick) => {
				const row = rows[place];
				if (row?.line === undefined) throw new Error('no such row');
				const names = Object.keys(other).filter((name) => name !== 'number');
				const name = names[pick % names.length] ?? '';
				fc.pre(Reflect.get(row.line, name) !== Reflect.get(other, name));
				const changed = rows.with(place, { ...row, line: { ...row.line, [name]: Reflect.get(other, name) } });
				expect(breaksOf(changed, headOf(rows))).toEqual([{ kind: 'changed', number: row.number }]);
			}),
			{ numRuns: 1_000 },
		);
	});

	test('shows a changed hash and a line that cannot be read', () => {
		fc.assert(
			fc.property(rowsAndPlace, fc.nat({ max: 31 }), ([rows, place], byte) => {
				const row = rows[place];
				if (row === undefined) throw new Error('no such row');
				const other = row.hash.map((value, index) => (index === byte ? value ^ 1 : value));
				expect(breaksOf(rows.with(place, { ...row, hash: other }), headOf(rows))).toEqual([{ kind: 'changed', number: row.number }]);
				expect(breaksOf(rows.with(place, { ...row, line: undefined }), headOf(rows))).toEqual([{ kind: 'changed', number: row.number }]);
			}),
		);
	});

	test('shows lines that are missing, in the middle by the chain and at the end by the head', () => {
		fc.assert(
			fc.property(rowsAndPlace, fc.integer({ min: 1, max: 3 }), ([rows, place], count) => {
				const left = rows.toSpliced(place, count);
				const next = left[place];
				expect(breaksOf(left, headOf(rows))).toEqual(
					next === undefined ? [{ kind: 'cutOff', number: place, head: rows.length }] : [{ kind: 'missing', number: place + 1, last: next.number - 1 }],
				);
			}),
		);
	});

	test('shows lines moved up into a gap, and two that changed places, at the first of them', () => {
		fc.assert(
			fc.property(rowsAndPlace, ([rows, place]) => {
				const renumbered = (list: readonly LedgerRow[]) =>
					list.map((row, index) => ({ ...row, number: index + 1, line: row.line && { ...row.line, number: index + 1 } }));
				const next = rows[place + 1];
				const row = rows[place];
				fc.pre(row !== undefined && next !== undefined);
				expect(breaksOf(renumbered(rows.toSpliced(place, 1)), 'missing')[0]).toEqual({ kind: 'changed', number: place + 1 });
				const swapped = renumbered(rows.toSpliced(place, 2, ...[next, row].filter((each) => each !== undefined)));
				expect(breaksOf(swapped, headOf(rows))[0]).toEqual({ kind: 'changed', number: place + 1 });
			}),
		);
	});

	test('shows a line that was put in, with numbers that follow and without', () => {
		fc.assert(
			fc.property(rowsAndPlace, line, ([rows, place], other) => {
				const before = rows.slice(0, place);
				const shifted = rows.slice(place).map((row) => ({ ...row, number: row.number + 1, line: row.line && { ...row.line, number: row.number + 1 } }));
				const forged = { number: place + 1, line: { ...other, number: place + 1 }, hash: keyed('a guess')(noLines.hash, 'x') };
				expect(breaksOf([...before, forged, ...shifted], 'missing')[0]).toEqual({ kind: 'changed', number: place + 1 });
				expect(breaksOf([{ ...forged, number: -place }, ...rows], headOf(rows))[0]).toEqual({ kind: 'foreign', number: -place });
			}),
		);
	});

	test('cannot be made again without the key', () => {
		fc.assert(
			fc.property(someLines, (lines) => {
				expect(breaksOf(chain(lines), headOf(chain(lines)), keyed('another key'))[0]).toEqual({ kind: 'changed', number: 1 });
			}),
		);
	});
});

describe('a head', () => {
	test('shows an older copy that was written on', () => {
		fc.assert(
			fc.property(rowsAndPlace, someLines, ([rows, place], others) => {
				const copy = rows.slice(0, place);
				const start = copy.at(-1) ?? noLines;
				const more = chain(
					others.map((each, index) => ({ ...each, number: place + 1 + index, tokenId: `${each.tokenId} of another day` })),
					start,
				);
				const after = [...copy, ...more];
				const expected = after.length < rows.length ? { kind: 'cutOff', number: after.length, head: rows.length } : { kind: 'replaced', number: rows.length };
				expect(breaksOf(after, headOf(rows))).toEqual([expected]);
				expect(goesOnFrom(headOf(rows), (number) => after[number - 1]?.hash)).toBe(false);
				expect(goesOnFrom(headOf(copy), (number) => after[number - 1]?.hash)).toBe(true);
			}),
		);
	});

	test('that is missing or damaged is told, also where all lines are gone', () => {
		expect(breaksOf([], 'missing')).toEqual([{ kind: 'headMissing' }]);
		expect(breaksOf([], 'damaged')).toEqual([{ kind: 'headDamaged' }]);
		expect(breaksOf([], { number: 3, hash: noLines.hash })).toEqual([{ kind: 'cutOff', number: 0, head: 3 }]);
		expect(goesOnFrom('missing', () => undefined) || goesOnFrom('damaged', () => undefined)).toBe(false);
	});

	test('has a mark of its own number, hash and key', () => {
		const mark = (head = noLines, key = hash) => Buffer.from(markOfHead(key, head)).toString('hex');
		const others = [mark({ ...noLines, number: 1 }), mark({ ...noLines, hash: noLines.hash.with(31, 1) }), mark(noLines, keyed('another key'))];
		expect(new Set([mark(), ...others]).size).toBe(4);
	});
});

test('different lines never have the same text', () => {
	fc.assert(
		fc.property(line, line, (one, other) => {
			const isSame = Object.keys(one).every((name) => Reflect.get(one, name) === Reflect.get(other, name));
			expect(canonicalText(one) === canonicalText(other)).toBe(isSame);
		}),
	);
	const [base] = fc.sample(line, 1);
	if (base === undefined) throw new Error('no sample');
	expect(canonicalText({ ...base, outcome: undefined, trouble: 'x' })).not.toBe(canonicalText({ ...base, outcome: 'x', trouble: undefined }));
	expect(canonicalText({ ...base, person: undefined })).not.toBe(canonicalText({ ...base, person: 'null' }));
	expect(canonicalText({ ...base, person: '\ud800' })).not.toBe(canonicalText({ ...base, person: '\ufffd' }));
});
