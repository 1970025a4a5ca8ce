import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settingsFiles } from '../../shared/settings-files.ts';
import { loadSettings, SettingsError } from './load.ts';
import { proxyOf } from './proxy.ts';

let directory = '';

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'lanekeeper-settings-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function fileWith(content: unknown): string {
	const file = join(directory, 'config.json');
	writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
	return file;
}

const load = (content: unknown, environment: Record<string, string | undefined> = {}) => loadSettings({ file: fileWith(content), environment });
const fromEnvironment = (environment: Record<string, string | undefined>) => loadSettings({ file: undefined, environment });

/** What the person who starts the agent is told. */
function toldAbout(start: () => unknown): string {
	try {
		start();
	} catch (error) {
		if (error instanceof SettingsError) return error.message;
		throw error;
	}
	return 'nothing';
}

describe('a setting', () => {
	test('has its default where nothing else is said', () => {
		const defaults: unknown = JSON.parse(settingsFiles()['default.json']);
		expect(fromEnvironment({ PATH: '/bin' })).toEqual(defaults);
		expect(load({})).toEqual(defaults);
	});

	test('comes from the environment before the file, and from the file before the default', () => {
		const content = { loyalty: { branchId: 'from file', posId: 'from file' } };
		const { loyalty } = load(content, { LANEKEEPER_LOYALTY__POS_ID: 'from environment' });
		expect([loyalty.sourceName, loyalty.branchId, loyalty.posId]).toEqual(['lanekeeper', 'from file', 'from environment']);
	});

	test('in the environment is read as text, number or list, as its default is', () => {
		const settings = fromEnvironment({
			...{ LANEKEEPER_LOYALTY__BASE_URL: 'https://host.example/v1/', LANEKEEPER_LOYALTY__BRANCH_ID: '007', LANEKEEPER_LOCAL__HTTP_PORT: '0' },
			...{ LANEKEEPER_LOCAL__ALLOWED_ORIGINS: '["https://till.example"]', LANEKEEPER_LOG__LEVEL: 'debug' },
			...{ LANEKEEPER_OUTBOX__MIN_FREE_DISK_MIB: '5', LANEKEEPER_LOCAL__REPLY_WITHIN_MS: undefined },
		});
		expect(settings).toMatchObject({
			loyalty: { baseUrl: 'https://host.example/v1/', branchId: '007' },
			local: { httpPort: 0, allowedOrigins: ['https://till.example'], replyWithinMs: 1_500 },
			log: { level: 'debug' },
			outbox: { minFreeDiskMiB: 5 },
		});
	});

	test('that is a list replaces the default as a whole', () => {
		expect(load({ local: { allowedOrigins: ['http://a'] } }, { LANEKEEPER_LOCAL__ALLOWED_ORIGINS: '[]' }).local.allowedOrigins).toEqual([]);
	});

	test('of a port may be 0 for both doors: any free one is another one', () => {
		expect(load({ local: { httpPort: 0, socketPort: 0 } }).local).toMatchObject({ httpPort: 0, socketPort: 0 });
	});

	test('has no business with the names that are read elsewhere', () => {
		const others = { LANEKEEPER_CONFIG: 'x', LANEKEEPER_DATA_DIR: 'y', LANEKEEPER_API_KEY: 'z' };
		expect(fromEnvironment(others)).toEqual(fromEnvironment({}));
	});
});

describe('a configuration that cannot be used names path, what was found and what is allowed:', () => {
	test.each([
		['an unknown key', { local: { htpPort: 1 } }, 'local.htpPort is not a known key, allowed is "httpPort", "socketPort"'],
		[
			'an unknown section',
			{ locale: {} },
			'locale is not a known key, allowed is "loyalty", "local", "transactions", "payments", "events", "members", "offline", "outbox", "dialect", "vault", "log", "scans", "scanners" or "cards".',
		],
		['a key every object has', '{"__proto__":{"local":1}}', '__proto__ is not a known key'],
		['a text for a number', { local: { httpPort: '7311' } }, 'local.httpPort is "7311", but it must be a whole number.'],
		['a number for a text', { loyalty: { branchId: 7 } }, 'loyalty.branchId is the number 7, but it must be a text.'],
		['a fraction', { loyalty: { concurrency: 1.5 } }, 'loyalty.concurrency is the number 1.5, but it must be a whole number.'],
		['too little', { loyalty: { concurrency: 0 } }, 'loyalty.concurrency is the number 0, but it must be >= 1.'],
		['too much', { local: { httpPort: 65_536 } }, 'local.httpPort is the number 65536, but it must be <= 65535.'],
		['null for a section', { loyalty: null }, 'loyalty is null, but it must be an object.'],
		['a list for a section', { loyalty: [] }, 'loyalty is a list, but it must be an object.'],
		['an empty text', { loyalty: { posId: '' } }, 'loyalty.posId is an empty text, but it must'],
		['a wrong choice', { log: { level: 'loud' } }, 'log.level is "loud", allowed is "error", "warn", "info" or "debug".'],
		['a side that no page takes', { dialect: { registerBody: 'Flat' } }, 'dialect.registerBody is "Flat", allowed is "as-sent", "wrapped" or "flat".'],
		['a wrong number among choices', { local: { queuedStatus: 201 } }, 'local.queuedStatus is the number 201, allowed is 202 or 200.'],
		['a wrong origin', { local: { allowedOrigins: ['https://a/b'] } }, 'local.allowedOrigins.0 is "https://a/b", but it must match'],
		[
			'scanners, which this version cannot read',
			{ scanners: [{}] },
			'scanners has entries, but this version reads no serial scanners; allowed is an empty list.',
		],
		['no time zone', { loyalty: { timeZone: 'Mars/Olympus' } }, 'loyalty.timeZone is "Mars/Olympus", which is not a known time zone; allowed is'],
		['no address', { loyalty: { baseUrl: 'pos-api' } }, 'loyalty.baseUrl is "pos-api", which is not an address; allowed is'],
		['one port twice', { local: { socketPort: 7_311 } }, 'local.socketPort is 7311, the same as local.httpPort; allowed is another port, or 0.'],
	])('%s', (_what, content, told) => {
		expect(toldAbout(() => load(content))).toContain(told);
	});

	test('every problem at once, one to a line', () => {
		const told = toldAbout(() => load({ local: { httpPort: -1 }, log: { level: 'loud' } })).split('\n');
		expect(told.map((line) => line.split(' ')[0])).toEqual(['local.httpPort', 'log.level']);
	});

	test('an unknown name in the environment', () => {
		for (const name of [
			'LANEKEEPER_LOCAL__PORT',
			'LANEKEEPER_LOCAL',
			'LANEKEEPER_',
			'LANEKEEPER_API_KEYS',
			'LANEKEEPER_LOCAL__HTTP_PORT__X',
			'LANEKEEPER_LOCAL_HTTP_PORT',
		])
			expect(
				toldAbout(() => fromEnvironment({ [name]: '1' })),
				name,
			).toContain(`The environment variable ${name} is unknown.`);
	});

	test('a value in the environment that is no JSON where it has to be', () => {
		expect(toldAbout(() => fromEnvironment({ LANEKEEPER_LOCAL__HTTP_PORT: 'abc' }))).toBe(
			'The environment variable LANEKEEPER_LOCAL__HTTP_PORT is "abc"; local.httpPort is written as JSON, such as 7311.',
		);
		expect(toldAbout(() => fromEnvironment({ LANEKEEPER_LOCAL__ALLOWED_ORIGINS: 'https://a' }))).toContain('is written as JSON, such as [].');
	});

	test('a value in the environment that is of the wrong kind', () => {
		expect(toldAbout(() => fromEnvironment({ LANEKEEPER_LOCAL__HTTP_PORT: '"7311"' }))).toBe('local.httpPort is "7311", but it must be a whole number.');
	});
});

describe('the address of the Loyalty API', () => {
	const about = (baseUrl: string) => toldAbout(() => load({ loyalty: { baseUrl } }));

	test.each(['https://host', 'https://host:8443/v1', 'http://127.0.0.1:1/v1/', 'http://localhost:7399/v1/', 'http://[::1]:7399/'])('may be %s', (address) => {
		expect(about(address)).toBe('nothing');
	});

	test.each(['http://host/v1/', 'http://localhost.example/', 'http://127.0.0.1.example/', 'http://10.0.0.1/', 'ftp://127.0.0.1/', 'file:///v1/'])(
		'may not be %s',
		(address) => {
			expect(about(address)).toMatch(/^loyalty\.baseUrl uses \S+ to \S*; allowed is https:, or http: to a loopback address\.$/);
		},
	);

	test('may hold no password, and it is not repeated', () => {
		const told = about('https://user:s3cret@host/v1/');
		expect(told).toContain('LANEKEEPER_API_KEY');
		expect(told).not.toContain('s3cret');
	});

	test('may hold no query and no fragment', () => {
		for (const address of ['https://host/v1/?key=s3cret', 'https://host/v1/#x']) expect(about(address)).toContain('has a query or fragment');
	});
});

describe('the proxy', () => {
	const about = (proxy: string) => toldAbout(() => load({ loyalty: { proxy } }));

	test.each(['', 'http://proxy:8080', 'http://10.0.0.1:80/', 'http://[fd00::1]:3128', 'http://till:s3cret@proxy.shop:8080', 'http://till:p%40ss@proxy:1'])(
		'may be %j',
		(proxy) => {
			expect(about(proxy)).toBe('nothing');
		},
	);

	test.each([
		...['https://u:s3cret@proxy:443', 'socks5://u:s3cret@proxy:1080', 'proxy:8080', 's3cret', 'http://u:s3cret@proxy', 'http://u:s3cret@proxy:0'],
		...['http://u:s3cret@proxy:70000', 'http://u:s3cret@proxy:1/path', 'http://u:s3cret@proxy:1?x', 'http://u:s3cret%@proxy:1', 'http://u%3A:s3cret@proxy:1'],
		...['http://u:s3cret@:8080', 'http://u:s3cret/x@proxy:1', ' http://u:s3cret@proxy:1'],
	])('may not be %j, which is not repeated', (proxy) => {
		expect(about(proxy)).toMatch(/^loyalty\.proxy is not .*; allowed is http:\/\/host:port, /);
		expect(about(proxy)).not.toContain('s3cret');
		expect(toldAbout(() => fromEnvironment({ LANEKEEPER_LOYALTY__PROXY: proxy }))).toBe(about(proxy));
	});

	test('is taken apart, its user name and password percent-decoded', () => {
		expect(proxyOf('')).toBeUndefined();
		expect(proxyOf('http://proxy:80')).toEqual({ host: 'proxy', port: 80, authorization: undefined });
		expect(proxyOf('http://[fd00::1]:3128/')).toMatchObject({ host: 'fd00::1', port: 3_128 });
		const { authorization } = proxyOf('http://till%207:p%40ss%3Aw%C3%B6rd@proxy:1') ?? {};
		expect(Buffer.from(String(authorization).replace('Basic ', ''), 'base64').toString()).toBe('till 7:p@ss:wörd');
	});

	test('is not repeated where the file around it is no JSON', () => {
		for (const content of ['s3cret', '{"loyalty":{"proxy":s3cret}}', '{"loyalty":{"proxy":"http://u:"s3cret@h:1"}}', '{"a":"s3cret\n"}']) {
			const told = toldAbout(() => load(content));
			expect(told).toContain('is not valid JSON');
			expect(told).not.toContain('s3c');
		}
	});
});

describe('the file', () => {
	test('may begin with a byte order mark, as editors on Windows write it', () => {
		expect(load('\ufeff{"log":{"level":"debug"}}').log.level).toBe('debug');
	});

	test('that is no JSON is said to be so, by name', () => {
		expect(toldAbout(() => load('{"log":'))).toContain(`${join(directory, 'config.json')} is not valid JSON`);
	});

	test('must hold one object', () => {
		for (const content of ['[]', '1', 'null', '"a"'])
			expect(
				toldAbout(() => load(content)),
				content,
			).toContain('must hold one JSON object');
	});

	test('that is not there is said so, with the reason of the system', () => {
		const file = join(directory, 'nowhere.json');
		expect(toldAbout(() => loadSettings({ file, environment: {} }))).toContain(`${file} cannot be read (ENOENT)`);
	});

	test('that cannot be used ends the program with 78', () => {
		expect(new SettingsError('why').exitCode).toBe(78);
	});
});
