import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsFiles } from './settings-files.ts';
import { isObjectSchema, SettingsSchema } from './settings-schema.ts';
import { parserFor } from './validate.ts';

const files = Object.entries(settingsFiles());

/** Every key that is not itself an object, as [path, schema]. */
function keysOf(schema: unknown, path: readonly string[] = []): (readonly [string, unknown])[] {
	if (!isObjectSchema(schema)) return [[path.join('.'), schema]];
	return Object.entries(schema.properties).flatMap(([name, below]) => keysOf(below, [...path, name]));
}

describe('the files in config/', () => {
	test.each(files)('%s is what the schema makes of it (npm run settings)', (name, text) => {
		expect(readFileSync(join(import.meta.dirname, '../config', name), 'utf8')).toBe(text);
	});

	test('hold a valid configuration in which every key has a value', () => {
		const defaults: unknown = JSON.parse(settingsFiles()['default.json']);
		expect(parserFor(SettingsSchema)(defaults)).toEqual({ ok: true, value: defaults });
	});

	test('have the defaults that local-api.md fixes', () => {
		expect(JSON.parse(settingsFiles()['default.json'])).toMatchObject({
			loyalty: {
				...{ baseUrl: 'https://pos-api.fidelizacion.app/v1/', sourceType: 'POS', sourceName: 'lanekeeper', branchId: 'BR001', posId: 'POS001' },
				...{ timeoutMs: 8_000, concurrency: 8, transactionIdScope: 'forever', timeZone: 'Europe/Madrid' },
			},
			local: { httpPort: 7_311, socketPort: 7_312, replyWithinMs: 1_500, queuedStatus: 202, allowedOrigins: [] },
			transactions: { cancelBeforeSending: 'withdraw' },
			payments: { onUnknownOutcome: 'hold' },
			events: { onUnknownOutcome: 'repeat' },
			members: { keepLastKnownDays: 30 },
			offline: { rules: [{ name: 'gifts-used-offline', operations: ['sale'], limit: 'gifts', per: 'call', above: 0, action: 'flag' }] },
			outbox: { maxWaiting: 2_000_000, minFreeDiskMiB: 200, keepConfirmedDays: 30, keepKeysDays: 400 },
			dialect: { registerBody: 'as-sent', saleCancelBody: 'as-sent', payCancelAmount: 'as-sent', saleFields: 'as-sent', discountSign: 'as-sent' },
			log: { level: 'info' },
			scans: { keepSeconds: 10 },
			scanners: [],
			cards: [],
		});
	});
});

describe('the schema of the configuration', () => {
	test.each(keysOf(SettingsSchema))('describes %s, and gives it a default', (_path, schema) => {
		expect(schema).toMatchObject({ description: expect.stringMatching(/\w{3,}/), default: expect.anything() });
	});

	test('knows no key but those it names, at any level', () => {
		const parse = parserFor(SettingsSchema);
		const defaults: Record<string, unknown> = JSON.parse(settingsFiles()['default.json']);
		for (const level of ['loyalty', 'local', 'transactions', 'payments', 'events', 'members', 'offline', 'outbox', 'dialect', 'log', 'scans']) {
			const parsed = parse({ ...defaults, [level]: { ...Object(defaults[level]), stranger: 1 } });
			expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual([`${level}.stranger`]);
		}
	});
});
