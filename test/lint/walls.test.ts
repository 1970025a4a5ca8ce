/** The walls of the house stand: deliberately wrong files, in a house of their own with our rules, fail the check; right ones pass. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDirectory } from '../support/agent-process.ts';

const root = join(import.meta.dirname, '../..');

/** [what it does, where, from where it imports] */
const wrongImports = [
	['a room imports another room', 'agent/intake', '../outbox/outbox.ts'],
	['a room imports another room, the other way', 'agent/outbox', '../intake/intake.ts'],
	['a door imports the outbox', 'agent/local', '../outbox/outbox.ts'],
	['replay imports the wire', 'agent/replay', '../loyalty/loyalty-wire.ts'],
	['the sandbox imports a room', 'agent/sandbox', '../ops/log.ts'],
	['a room imports the wiring', 'agent/vault', '../compose.ts'],
	['the core imports a room', 'agent/core', '../outbox/outbox.ts'],
	['the calls import a room', 'agent/core/calls', '../../outbox/outbox.ts'],
	['the dialect imports a room', 'agent/core/dialect', '../../outbox/outbox.ts'],
	['the core imports the system', 'agent/core', 'node:fs'],
	['the core imports a package', 'agent/core', 'got'],
	['what is shared imports the agent', 'shared', '../agent/core/link.ts'],
	['what is shared imports the system', 'shared', 'node:fs'],
	['the database library is imported outside its room', 'agent/intake', 'better-sqlite3'],
	['the wire library is imported outside its room', 'agent/replay', 'got'],
	['the queue library is imported outside its room', 'agent/intake', 'p-queue'],
	['the schema library is imported by a room', 'agent/vault', 'typebox'],
	['the keystore library is imported outside its room', 'agent/ops', '@napi-rs/keyring'],
	['the keystore library is imported by the settings', 'agent/settings', '@napi-rs/keyring'],
	['the keystore library is imported by the outbox', 'agent/outbox', '@napi-rs/keyring'],
] as const;

const rightImports = [
	['a room imports the core', 'agent/intake', '../core/link.ts'],
	['a room imports what is shared', 'agent/intake', '../../shared/ids.ts'],
	['a room imports its own package', 'agent/replay', 'p-queue'],
	['the vault imports the keystore library', 'agent/vault', '@napi-rs/keyring'],
	['the calls import the core', 'agent/core/calls', '../json.ts'],
	['the dialect imports the calls', 'agent/core/dialect', '../calls/operation.ts'],
	['the core imports what is shared', 'agent/core', '../../shared/ids.ts'],
	['what is shared imports the schema library', 'shared', 'typebox'],
] as const;

const house = freshDirectory();
let complaints: ReadonlyMap<string, string> = new Map();

const fileOf = (kind: 'wrong' | 'right', index: number, folder: string) => `${folder}/${kind}-${index}.ts`;

beforeAll(() => {
	const rules: unknown = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
	put('biome.json', JSON.stringify({ ...Object(rules), vcs: { enabled: false } }));
	for (const [kind, imports] of [
		['wrong', wrongImports],
		['right', rightImports],
	] as const) {
		for (const [index, [, folder, source]] of imports.entries())
			put(fileOf(kind, index, folder), `import { thing } from '${source}';\n\nexport const used = thing;\n`);
	}
	put('agent/main.ts', "import { thing } from './outbox/outbox.ts';\n\nexport const used = thing;\n");
	put('agent/intake/own-clock.ts', 'export const at = Date.now();\n');
	put('agent/intake/left-alone.ts', 'async function work(): Promise<void> {}\n\nexport function start(): void {\n\twork();\n}\n');
	const { stdout } = spawnSync('biome', ['lint', '--reporter=github', '--max-diagnostics=1000', '.'], { cwd: house.directory, encoding: 'utf8' });
	complaints = byFile(stdout);
});

afterAll(house.remove);

test.each(wrongImports.map(([name, folder], index) => [name, fileOf('wrong', index, folder)] as const))('fails: %s', (_name, file) => {
	expect(complaints.get(file)).toContain('noRestrictedImports');
});

test.each(rightImports.map(([name, folder], index) => [name, fileOf('right', index, folder)] as const))('passes: %s', (_name, file) => {
	expect(complaints.get(file) ?? '').not.toContain('noRestrictedImports');
});

test.each([
	['the entry reaches into a room', 'agent/main.ts', 'noRestrictedImports'],
	['a room reads the clock by itself', 'agent/intake/own-clock.ts', 'noRestrictedGlobals'],
	['a promise is left alone', 'agent/intake/left-alone.ts', 'noFloatingPromises'],
])('fails: %s', (_name, file, rule) => {
	expect(complaints.get(file)).toContain(rule);
});

function put(file: string, text: string): void {
	const path = join(house.directory, file);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}

/** The rules each file breaks, from the annotations the linter prints. */
function byFile(report: string): Map<string, string> {
	const found = new Map<string, string>();
	for (const match of report.matchAll(/title=(lint\/\S+?),file=([^,]+),/g)) {
		const [, rule = '', path = ''] = match;
		const file = path.slice(path.indexOf(basename(house.directory)) + basename(house.directory).length + 1);
		found.set(file, `${found.get(file) ?? ''} ${rule}`);
	}
	return found;
}
