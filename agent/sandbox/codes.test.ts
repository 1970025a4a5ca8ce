import { expect, test } from 'vitest';
import { at } from '../core/json.ts';
import { aSale, openTill } from './test-till.ts';

test('a restarted sandbox, and a reset one, hand out no code again', async () => {
	const codes = new Set<unknown>();
	for (let start = 0; start < 2; start += 1) {
		const till = await openTill();
		for (let round = 0; round < 2; round += 1) {
			codes.add(at((await till.post('transaction', aSale('T-1'))).body, 'confirmationCode'));
			await till.control('reset', { method: 'POST' });
		}
		await till.sandbox.close();
	}
	expect(codes.size).toBe(4);
});
