/** The log as a program of its own writes it: what stands in the file and on the terminal, whatever a caller brings. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { logFields } from '../../agent/core/log.ts';
import { safeLine } from '../../agent/core/safe-fields.ts';
import { freshDirectory, root } from '../support/agent-process.ts';
import { canary, carelessFields } from '../support/canaries.ts';

const house = freshDirectory();
afterAll(() => house.remove());

const writer = `
	import { readFileSync } from 'node:fs';
	const [, input, file] = process.argv;
	const { openLog } = await import(${JSON.stringify(join(root, 'agent/ops/log.ts'))});
	const log = openLog({ file, level: 'info', now: () => '2026-11-24T10:00:00.000Z' });
	for (const [severity, event, fields] of JSON.parse(readFileSync(input, 'utf8'))) log[severity](event, fields);
	await log.close();
`;

async function written(lines: readonly (readonly [severity: string, event: string, fields: unknown])[]) {
	const [input, file] = [join(house.directory, 'lines.json'), join(house.directory, 'written.log')];
	writeFileSync(input, JSON.stringify(lines));
	const terminal = await new Promise<string>((resolve, reject) => {
		execFile(process.execPath, ['--input-type=module', '--eval', writer, input, file], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
			if (error === null) resolve(stdout + stderr);
			else reject(error);
		});
	});
	const log = readFileSync(file, 'utf8');
	writeFileSync(file, '');
	return { log: log.trimEnd().split('\n'), terminal: terminal.trimEnd().split('\n') };
}

test('a line is one JSON object with level, event, fields and time', async () => {
	const fields = { link: 'offline', reason: 'no-route', directory: '/home/marta', host: 'Marta Ruiz', '+34612345678': 1 };
	const { log, terminal } = await written([
		['warn', 'link.changed', fields],
		['debug', 'replay.paused', {}],
		['info', 'Marta Ruiz', { count: 2 }],
	]);
	expect(log.map((line): unknown => JSON.parse(line))).toEqual([
		{
			...{ level: 'warn', message: 'link.changed', at: '2026-11-24T10:00:00.000Z', link: 'offline', reason: 'no-route' },
			...{ sentence: 'No internet connection.', withheld: ['host'], unknownFields: 2 },
		},
		{ level: 'info', message: 'log.unknownEvent', at: '2026-11-24T10:00:00.000Z', count: 2 },
	]);
	expect(terminal).toHaveLength(2);
	expect(terminal[0]).toMatch(/warn +link\.changed link=offline reason=no-route .*sentence=No internet connection\./);
});

test('nothing planted is written, unless it has the form of that very field', async () => {
	const careless = fc.tuple(fc.constantFrom('error', 'warn', 'info'), canary, carelessFields(Object.keys(logFields)));
	const lines = fc.sample(careless, 1_000);
	const { log, terminal } = await written(lines);
	expect([log.length, terminal.length]).toEqual([lines.length, lines.length]);
	for (const [index, [level, event, fields]] of lines.entries()) {
		const line: unknown = JSON.parse(log[index] ?? '');
		const safe = safeLine(event, JSON.parse(JSON.stringify(fields)));
		expect(line).toEqual({ level, message: 'log.unknownEvent', at: '2026-11-24T10:00:00.000Z', ...safe.fields });
		const told = Object.values(safe.fields).map(String);
		if (told.some((value) => value.includes(event))) continue;
		expect(log[index]).not.toContain(event);
		expect(terminal[index]).not.toContain(event);
	}
});
