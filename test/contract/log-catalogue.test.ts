/** docs/architecture.md says what the log can hold; it and the catalogue say the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logEvents, logFields } from '../../agent/core/log.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/architecture.md'), 'utf8');
const section = /^## The log\n([\s\S]*?)^## /m.exec(page)?.[1] ?? '';
const [beforeFields = '', ofFields = ''] = section.split('| field | holds |');

const named = (table: string) =>
	[...table.matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));

test('every event of the log is documented, none missing, none extra', () => {
	expect(named(beforeFields).sort()).toEqual([...logEvents].sort());
});

test('every field of the log is documented, none missing, none extra', () => {
	expect(named(ofFields).sort()).toEqual([...Object.keys(logFields), 'sentence', 'withheld', 'unknownFields'].sort());
});
