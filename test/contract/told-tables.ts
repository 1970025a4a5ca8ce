/** Reads the tables of docs/offline-behaviour.md: one per trouble, each row for one or several calls. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationName } from '../../agent/core/calls/operation.ts';
import { root } from '../support/agent-process.ts';

/** As the page calls them. */
export const operationsOfPage: Readonly<Record<string, OperationName>> = {
	sale: 'sale',
	'cancel a sale': 'cancelSale',
	pay: 'pay',
	'cancel a payment': 'cancelPay',
	'register a member': 'register',
	'update a member': 'update',
	'member details': 'details',
	'short code': 'shortCode',
	event: 'event',
};

export interface ToldRow {
	/** As the page calls it. */
	readonly call: string;
	readonly status: number;
	readonly state: string;
	/** Undefined: the answer carries none. */
	readonly code: string | undefined;
	readonly cashier: string;
	/** The state in the end, if the call had no effect and if it had; undefined: nothing happens later. */
	readonly later: { readonly withoutEffect: string | undefined; readonly withEffect: string | undefined };
}

/** By heading, those sections that have such a table. */
export function readToldTables(): ReadonlyMap<string, readonly ToldRow[]> {
	const page = readFileSync(join(root, 'docs/offline-behaviour.md'), 'utf8');
	const sections = page.split(/^## /m).slice(1);
	return new Map(
		sections.flatMap((section) => {
			const [heading = '', ...lines] = section.split('\n');
			const rows = lines.filter((line) => line.startsWith('| ')).map(cellsOf);
			return rows[0]?.[0] === 'call' && rows[0][1] === 'HTTP' ? [[heading.trim(), rows.slice(1).flatMap(rowsOf)] as const] : [];
		}),
	);
}

function cellsOf(line: string): string[] {
	return line
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim());
}

function rowsOf([calls = '', status = '', state = '', code = '', cashier = '', later = '', laterWithEffect = later]: string[]): ToldRow[] {
	return calls.split(', ').map((call) => ({
		call,
		status: Number(status),
		state: wordIn(state) ?? '',
		code: wordIn(code),
		cashier,
		later: { withoutEffect: wordIn(later), withEffect: wordIn(laterWithEffect) },
	}));
}

/** The word in backticks with which a cell begins. */
function wordIn(cell: string): string | undefined {
	const word = /^`([^`]+)`/.exec(cell)?.[1];
	if (word === undefined && cell !== '–') throw new Error(`the cell "${cell}" begins with no word in backticks and is no "–"`);
	return word;
}
