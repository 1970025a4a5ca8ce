/** docs/errors.md is what technicians read; its table of link reasons and the catalogue say the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { troubleCatalogue } from '../../agent/core/link-trouble.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const rowForm = /^\| `([a-z-]+)` \| (?:`([a-z]+)`)? ?\| ([^|]+) \| ([^|]+) \|$/gm;

test('every reason of the link is documented with its state, none missing, none extra', () => {
	const documented = [...page.matchAll(rowForm)].map(([, reason, state]) => [reason, state]);
	const troubles = Object.entries(troubleCatalogue).map(([reason, { state }]) => [reason, reason === 'agent-stopped' ? undefined : state]);
	const calm = [
		['ok', 'online'],
		['clock-wrong', 'online'],
		['paused-by-person', 'paused'],
	];
	expect(documented.sort()).toEqual([...troubles, ...calm].sort());
});
