import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rfc3339 } from '../core/instant.ts';
import type { LedgerLine, LedgerRow, LedgerVerdict } from '../core/ledger.ts';
import { type ExportWish, exportLedger } from './ledger-export.ts';

const verdict: LedgerVerdict = { lines: 0, firstAt: undefined, lastAt: undefined, last: { number: 0, hash: new Uint8Array(32) }, breaks: [] };

function* rowsOf(lines: readonly (LedgerLine | undefined)[]): Generator<LedgerRow, LedgerVerdict> {
	for (const [index, line] of lines.entries()) yield { number: index + 1, line, hash: new Uint8Array(32).fill(index % 256) };
	return verdict;
}

function exported(lines: readonly (LedgerLine | undefined)[], wish: Partial<ExportWish> = {}): string {
	return [...exportLedger(rowsOf(lines), { format: 'csv', from: undefined, to: undefined, ...wish })].join('');
}

/** A reader as RFC 4180 wants it, which knows nothing of the writer. */
function readCsv(text: string): string[][] {
	const records: string[][] = [];
	let record: string[] = [];
	let cell = '';
	let isQuoted = false;
	for (let index = 0; index < text.length; index += 1) {
		const character = text[index] ?? '';
		if (isQuoted && character === '"' && text[index + 1] === '"') index += 1;
		else if (character === '"') {
			isQuoted = !isQuoted;
			continue;
		}
		const endsRecord = !isQuoted && character === '\r' && text[index + 1] === '\n';
		if (!endsRecord && (isQuoted || character !== ',')) {
			cell += character;
			continue;
		}
		record.push(cell);
		cell = '';
		if (!endsRecord) continue;
		records.push(record);
		record = [];
		index += 1;
	}
	expect([record, cell]).toEqual([[], '']);
	return records;
}

const word = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('=1+1', '+49', '-5', '@SUM(A1)', "'", '\t=1', '"', 'a,b', 'a\r\nb', '\n'));
const maybe = fc.option(word, { nil: undefined });
const line: fc.Arbitrary<LedgerLine> = fc.record({
	number: fc.nat(),
	at: fc.integer({ min: 0, max: 4e12 }),
	sequence: fc.nat(),
	deliveryId: word,
	operation: word,
	tokenId: word,
	attempt: fc.nat(),
	state: word,
	reason: word,
	outcome: maybe,
	trouble: maybe,
	confirmationCode: maybe,
	person: maybe,
});

const names = ['sequence', 'deliveryId', 'operation', 'tokenId', 'attempt', 'state', 'reason', 'outcome', 'trouble', 'confirmationCode', 'person'];
const cellsOf = (each: LedgerLine, index: number) => [
	each.number,
	rfc3339(each.at),
	...names.map((name): unknown => Reflect.get(each, name) ?? null),
	Buffer.alloc(32, index % 256).toString('hex'),
];

describe('an export', () => {
	test('as CSV gives every line back, and no cell begins like a formula', () => {
		fc.assert(
			fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
				const [header, ...records] = readCsv(exported(lines));
				expect(header).toEqual(['number', 'time', ...names, 'hash']);
				for (const cell of records.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
				const plain = records.map((record) => record.map((cell) => (cell.startsWith("'") ? cell.slice(1) : cell)));
				expect(plain).toEqual(lines.map((each, index) => cellsOf(each, index).map((value) => String(value ?? ''))));
			}),
			{ numRuns: 500 },
		);
	});

	test('as JSON is one array that gives every line back, texts as they are', () => {
		fc.assert(
			fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
				const read: Record<string, unknown>[] = JSON.parse(exported(lines, { format: 'json' }));
				expect(read.map((each) => Object.values(each))).toEqual(lines.map(cellsOf));
			}),
		);
	});

	test('leaves out what is before --from, at or after --to, or not readable; and comes in pieces', () => {
		const [base] = fc.sample(line, 1);
		if (base === undefined) throw new Error('no sample');
		const at = (time: number) => ({ ...base, number: time, at: time });
		const numbers = (text: string) => JSON.parse(text).map((each: { readonly number: number }) => each.number);
		const lines = [at(1), undefined, at(2), at(3), at(4)];
		expect(numbers(exported(lines, { format: 'json' }))).toEqual([1, 2, 3, 4]);
		expect(numbers(exported(lines, { format: 'json', from: 2, to: 4 }))).toEqual([2, 3]);
		const many = exportLedger(rowsOf(Array.from({ length: 1_200 }, (_, index) => at(index))), { format: 'json', from: undefined, to: undefined });
		const pieces = [...many];
		expect(pieces.length).toBeGreaterThan(3);
		expect(numbers(pieces.join(''))).toHaveLength(1_200);
	});
});
