/** The ledger as a file for other programs: CSV (RFC 4180) for spreadsheets, or one JSON array. */
import { rfc3339 } from '../core/instant.ts';
import type { LedgerLine, LedgerRow, LedgerVerdict } from '../core/ledger.ts';

export const exportFormats = ['csv', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportWish {
	readonly format: ExportFormat;
	/** Epoch milliseconds; lines from this moment on. */
	readonly from: number | undefined;
	/** Lines before this moment. */
	readonly to: number | undefined;
}

/** Written at once: single lines would make one small write each. */
const linesPerPiece = 500;

const columns = [
	'number',
	'time',
	'sequence',
	'deliveryId',
	'operation',
	'tokenId',
	'attempt',
	'state',
	'reason',
	'outcome',
	'trouble',
	'confirmationCode',
	'person',
	'hash',
] as const;
type Cells = Readonly<Record<(typeof columns)[number], string | number | null>>;

/** Pieces of text, in order; returns the verdict on the whole ledger, whichever part of it was wished for. Lines that cannot be read are left out. */
export function* exportLedger(rows: Generator<LedgerRow, LedgerVerdict>, { format, from, to }: ExportWish): Generator<string, LedgerVerdict> {
	const isJson = format === 'json';
	let piece: string[] = [];
	let isFirst = true;
	yield isJson ? '[' : csvRecord(columns);
	let step = rows.next();
	for (; step.done !== true; step = rows.next()) {
		const { line, hash } = step.value;
		if (line === undefined || line.at < (from ?? line.at) || (to !== undefined && line.at >= to)) continue;
		const cells = cellsOf(line, hash);
		piece.push(isJson ? `${isFirst ? '' : ','}\n${JSON.stringify(cells)}` : csvRecord(columns.map((column) => cells[column])));
		isFirst = false;
		if (piece.length < linesPerPiece) continue;
		yield piece.join('');
		piece = [];
	}
	yield `${piece.join('')}${isJson ? '\n]\n' : ''}`;
	return step.value;
}

function cellsOf(line: LedgerLine, hash: Uint8Array): Cells {
	return {
		number: line.number,
		time: rfc3339(line.at),
		sequence: line.sequence,
		deliveryId: line.deliveryId,
		operation: line.operation,
		tokenId: line.tokenId,
		attempt: line.attempt,
		state: line.state,
		reason: line.reason,
		outcome: line.outcome ?? null,
		trouble: line.trouble ?? null,
		confirmationCode: line.confirmationCode ?? null,
		person: line.person ?? null,
		hash: Buffer.from(hash).toString('hex'),
	};
}

/** One record with its end. */
function csvRecord(values: readonly (string | number | null)[]): string {
	return `${values.map(csvCell).join(',')}\r\n`;
}

/**
 * A text that a spreadsheet could take for a formula gets a leading quote; so does one that begins with a quote, so that
 * the first quote of a cell is always one that was added.
 */
function csvCell(value: string | number | null): string {
	if (value === null) return '';
	if (typeof value === 'number') return String(value);
	const harmless = /^[=+\-@'\t\r]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
