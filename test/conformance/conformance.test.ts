/** The full matrix, against sandboxes of its own. */
import { expect, test } from 'vitest';
import { runMatrix } from './matrix.ts';
import { matrixReport } from './report.ts';

test('every call in every situation: what the register is told, and what really happens', async () => {
	const results = await runMatrix();
	const failed = results.filter(({ differences }) => differences.length > 0);
	expect(failed, matrixReport(failed, 0)).toEqual([]);
	expect(results.length).toBeGreaterThan(1_900);
}, 240_000);
