/** What a person reads about the state of the ledger. */
import { rfc3339 } from '../core/instant.ts';
import type { LedgerBreak, LedgerVerdict } from '../core/ledger.ts';

/** Several lines, each ended. */
export function printVerdict({ lines, firstAt, lastAt, last, breaks }: LedgerVerdict): string {
	const period = firstAt === undefined || lastAt === undefined ? '' : `, from ${rfc3339(firstAt)} to ${rfc3339(lastAt)}`;
	const told = [`${lines} ${lines === 1 ? 'line' : 'lines'}${period}.`];
	if (lines > 0) told.push(`Last line: ${last.number}, hash ${Buffer.from(last.hash).toString('hex')}`);
	return [...told, ...sentencesOf(breaks)].map((line) => `${line}\n`).join('');
}

/** `The ledger is whole.`, or what is wrong with it. */
export function sentencesOf(breaks: readonly LedgerBreak[]): string[] {
	if (breaks.length === 0) return ['The ledger is whole.'];
	return ['The ledger is NOT whole:', ...breaks.map((found) => `  ${sentenceOf(found)}`)];
}

function sentenceOf(found: LedgerBreak): string {
	switch (found.kind) {
		case 'changed':
			return `Line ${found.number} was changed.`;
		case 'missing':
			return found.number === found.last ? `Line ${found.number} is missing.` : `Lines ${found.number} to ${found.last} are missing.`;
		case 'foreign':
			return `Line ${found.number} does not belong there.`;
		case 'cutOff':
			return `It was cut off after line ${found.number}, or replaced by an older copy: there was a line ${found.head}.`;
		case 'replaced':
			return `It is older than its head: line ${found.number} is not the one that was written first. An older copy of the database was put back and written on.`;
		case 'headMissing':
			return 'The file ledger.head is missing: whether lines are missing at the end cannot be said.';
		case 'headDamaged':
			return 'The file ledger.head was changed, or belongs to another key: whether lines are missing at the end cannot be said.';
	}
}
