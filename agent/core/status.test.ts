import { describe, expect, test } from 'vitest';
import { Status } from '../../shared/local-api.ts';
import { parserFor } from '../../shared/validate.ts';
import type { Totals } from './records.ts';
import { type StatusSources, statusAt } from './status.ts';

const nothing: Totals = { queued: 0, sending: 0, refusedUnseen: 0, doubtful: 0, waitingAmountMinor: 0 };

function sources(totals: Totals = nothing, oldestWaitingAt?: number): StatusSources {
	return {
		...{ version: '0.1.0', isSandbox: false, startedAt: 0, timeZone: 'Europe/Madrid', keyProtection: 'file' as const },
		link: { view: () => ({ state: 'online', reason: 'ok', sentence: 'The loyalty service is reached.', since: '1970-01-01T00:00:00.000Z' }) },
		store: { totals: () => totals, oldestWaitingAt: () => oldestWaitingAt, confirmedOn: (day) => (day === '1970-01-02' ? 7 : 0) },
		disk: { freeMiB: () => 51_200 },
		wire: { clockOffsetSeconds: -3 },
	};
}

/** Half past eleven in the evening of the first day in UTC: the second day in Madrid. */
const now = 23.5 * 60 * 60_000;

describe('the status', () => {
	test('fits its schema and passes on what it is told', () => {
		const status = statusAt(now, sources());
		expect(parserFor(Status)(status)).toEqual({ ok: true, value: status });
		expect(status).toMatchObject({ version: '0.1.0', sandbox: false, disk: { freeMiB: 51_200 }, clockOffsetSeconds: -3, keyProtection: 'file' });
		expect(status.waiting).toEqual({ count: 0, amount: 0 });
	});

	test("counts the confirmed of the shop's own day", () => {
		expect(statusAt(now, sources()).deliveries.confirmedToday).toBe(7);
	});

	test('counts as waiting what is queued or under way', () => {
		const status = statusAt(now, sources({ ...nothing, queued: 3, sending: 2, waitingAmountMinor: 7_500 }, 1_000));
		expect(status.waiting).toEqual({ count: 5, amount: 7_500, oldestAt: '1970-01-01T00:00:01.000Z' });
		expect(status.deliveries).toMatchObject({ queued: 3, sending: 2, refused: 0, doubtful: 0 });
	});

	test.each(['queued', 'sending', 'refusedUnseen', 'doubtful'] as const)('is safe to close only with nothing %s', (what) => {
		expect(statusAt(now, sources()).safeToClose).toBe(true);
		expect(statusAt(now, sources({ ...nothing, [what]: 1 })).safeToClose).toBe(false);
	});
});
