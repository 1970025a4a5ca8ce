import { expect, test } from 'vitest';
import { killRun } from './kill-run.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['SEED'] ?? 1);

test(`${kills} kills at random moments: nothing lost, nothing doubled, order kept (seed ${seed})`, { timeout: 60_000 + kills * 3_000 }, async () => {
	const { verdict, unexpected, stillWaiting, recovered } = await killRun(kills, seed);
	expect(verdict).toMatchObject({ lost: [], doubled: [], outOfOrder: [], untrue: [] });
	expect(unexpected).toEqual([]);
	expect(stillWaiting).toBe(0);
	expect(verdict.applied).toBe(verdict.accepted);
	// A run that proves something: sales were accepted between the kills, and some died under way.
	expect(verdict.accepted).toBeGreaterThan(kills * 5);
	expect(recovered).toBeGreaterThan(0);
});
