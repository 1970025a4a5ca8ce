/** docs/errors.md is what register developers read; it and the catalogue say the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCatalogue } from './errors.ts';

const rowForm = /^\| `([^`]+)` \| (\d+) \|/gm;

describe('the documented error codes', () => {
	test('are those of the catalogue, none missing, none extra, each with its status', () => {
		const page = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');
		const documented = [...page.matchAll(rowForm)].map(([, code, status]) => `${code} ${status}`);
		expect(documented.sort()).toEqual(
			Object.entries(errorCatalogue)
				.map(([code, { status }]) => `${code} ${status}`)
				.sort(),
		);
	});
});

describe('the catalogue', () => {
	test('has every status that local-api.md 3 fixes', () => {
		const statuses = Object.fromEntries(Object.entries(errorCatalogue).map(([code, { status }]) => [code, status]));
		expect(statuses).toMatchObject({
			...{ INVALID_REQUEST: 400, UNAUTHORIZED: 401, FORBIDDEN: 403, NOT_FOUND: 404, METHOD_NOT_ALLOWED: 405, TOO_LARGE: 413 },
			...{ UNSUPPORTED_MEDIA_TYPE: 415, INVALID_STATE: 409, OFFLINE_POLICY: 409, IDEMPOTENCY_MISMATCH: 422, TOO_MANY_REQUESTS: 429 },
			...{ AGENT_OFFLINE: 503, SHUTTING_DOWN: 503, OUTCOME_UNKNOWN: 504, QUEUE_FULL: 507, STORAGE_FULL: 507 },
		});
	});

	test.each(Object.entries(errorCatalogue))('%s says in whole sentences what happened and what to do', (code, { message, advice }) => {
		expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
		for (const sentence of [message, advice]) expect(sentence).toMatch(/^[A-Z].*\.$/);
	});
});
