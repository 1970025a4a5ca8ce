import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorWords, errorWordsForm, ToldError } from './error-words.ts';
import { StorageError } from './storage-error.ts';

const personal = '{"n": Marta}';

function thrownBy(action: () => unknown): unknown {
	try {
		action();
	} catch (error) {
		return error;
	}
	throw new Error('it threw nothing');
}

describe('the words of an error', () => {
	test('are its name and where it happened, in this program', () => {
		expect(errorWords(new RangeError('of no interest'))).toMatch(/^RangeError at agent\/core\/error-words\.test\.ts:\d+( at \S+)*$/);
	});

	test('have its code where that is an upper-case word', () => {
		expect(errorWords(new StorageError('SQLITE_FULL'))).toMatch(/^StorageError SQLITE_FULL at agent\/core\//);
		expect(errorWords(Object.assign(new Error('m'), { code: 'ENOSPC' }))).toMatch(/^Error ENOSPC at /);
		for (const code of ['Marta', 'A 612', 'P4111111111111111', '', 7]) expect(errorWords(Object.assign(new Error('m'), { code }))).toMatch(/^Error at /);
	});

	test('have nothing of what JSON.parse quotes', () => {
		const error = thrownBy(() => JSON.parse(personal));
		expect(String(error)).toContain('Marta');
		expect(errorWords(error)).toMatch(/^SyntaxError at (node:\S+|agent\/core)/);
		expect(errorWords(error)).not.toMatch(/Marta/);
	});

	test('have nothing of a message that looks like places', () => {
		const error = new Error('Marta\n    at agent/core/Marta.ts:1:1\n    at file:///x/agent/ana@example.com.ts:612345:1');
		expect(errorWords(error)).toMatch(/^Error at agent\/core\/error-words\.test\.ts/);
		expect(errorWords(error)).not.toMatch(/Marta|ana@|612345/);
		error.message = 'changed later';
		expect(errorWords(error)).toBe('Error');
	});

	test('name a path from the root of the program or of a package, with no home, and eight of them at most', () => {
		const frames = [
			'at run (file:///home/agent/marta%20ruiz/lanekeeper/agent/replay/replay.ts:81:7)',
			'at async C:\\Users\\Marta Ruiz\\lanekeeper\\agent\\main.ts:7:1',
			'at Object.<anonymous> (/home/marta/node_modules/x/node_modules/got/dist/source/index.js:5:9)',
			'at node:internal/process/task_queues:105:5',
			'at async Promise.all (index 0)',
			'at eval (eval at marta (/home/marta/agent/x.ts:1:1), <anonymous>:1:1)',
			'at /home/marta/till.js:1:1',
			...Array.from({ length: 10 }, (_, index) => `at new Marta (file:///srv/shared/ids.ts:${index}:1)`),
		];
		const error = Object.assign(new TypeError('m'), { stack: `TypeError: m\n${frames.map((frame) => `    ${frame}`).join('\n')}` });
		const places = ['agent/replay/replay.ts:81', 'agent/main.ts:7', 'node_modules/got/dist/source/index.js:5', 'node:internal/process/task_queues:105'];
		expect(errorWords(error)).toBe(['TypeError', ...places, ...[0, 1, 2, 3].map((line) => `shared/ids.ts:${line}`)].join(' at '));
	});

	test('of another thread are those it said, if they are words of this kind', () => {
		expect(errorWords(new ToldError('SqliteError SQLITE_IOERR at agent/outbox/journal.ts:7'))).toBe('SqliteError SQLITE_IOERR at agent/outbox/journal.ts:7');
		expect(errorWords(new ToldError('Error: Marta'))).toBe('unknown');
	});

	test.each(['Marta', 612_345_678, null, undefined, { message: 'Marta', stack: 'Marta', name: 'Marta' }])('of what is no error (%j) are none', (thrown) => {
		expect(errorWords(thrown)).toBe('unknown');
	});

	test('hold nothing of name, message, code or stack that has not the form of such words', () => {
		const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Marta Ruiz', '+34612345678', 'ana@example.com', '4111111111111111'));
		fc.assert(
			fc.property(hostile, hostile, hostile, hostile, (name, message, code, stack) => {
				const words = errorWords(Object.assign(new Error(message), { name, code }));
				expect(words).toMatch(errorWordsForm);
				expect(errorWords(Object.assign(new Error(message), { stack }))).toBe('Error');
				if (/^\P{Lu}/u.test(name)) expect(words).toMatch(/^Error(?: |$)/);
			}),
		);
	});
});
