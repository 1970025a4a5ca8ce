import { describe, expect, test } from 'vitest';
import { type DeliveryState, deliveryStates } from '../../shared/local-api.ts';
import { operationNames } from './calls/operation.ts';
import { operations } from './calls/table.ts';
import { judgeProvisionalCancel } from './cancellation.ts';
import { usualRules } from './shop-rules.ts';

function aSale(state: DeliveryState, unknownOutcomes = 0, confirmationCode?: string) {
	return { operation: operations.sale, facts: { state, attempts: unknownOutcomes, unknownOutcomes, confirmationCode } };
}

describe('a cancel that names a provisional code', () => {
	test('is impossible on a till that did not issue it', () => {
		expect(judgeProvisionalCancel('sale', undefined, usualRules)).toEqual({ kind: 'impossible', why: 'unknownHere' });
	});

	test('ends together with a sale that never left', () => {
		expect(judgeProvisionalCancel('sale', aSale('queued'), usualRules)).toEqual({ kind: 'withdrawBoth' });
	});

	test('also when attempts were made of which none was sent', () => {
		const original = { operation: operations.sale, facts: { state: 'queued', attempts: 5, unknownOutcomes: 0, confirmationCode: undefined } as const };
		expect(judgeProvisionalCancel('sale', original, usualRules)).toEqual({ kind: 'withdrawBoth' });
	});

	test.each([
		['queued after an unclear try', aSale('queued', 1)],
		['under way', aSale('sending')],
		['under way after an unclear try', aSale('sending', 2)],
		['doubtful', aSale('doubtful', 1)],
		['confirmed with a code', aSale('confirmed', 0, 'ABC123')],
	])('waits for a sale that is %s', (_what, original) => {
		expect(judgeProvisionalCancel('sale', original, usualRules)).toEqual({ kind: 'accept' });
	});

	test.each(['refused', 'withdrawn'] as const)('is impossible after the sale was %s, and says so', (state) => {
		expect(judgeProvisionalCancel('sale', aSale(state), usualRules)).toEqual({ kind: 'impossible', why: state });
		expect(judgeProvisionalCancel('sale', aSale(state, 1), usualRules)).toEqual({ kind: 'impossible', why: state });
	});

	test('is impossible when the sale was confirmed without a code', () => {
		expect(judgeProvisionalCancel('sale', aSale('confirmed'), usualRules)).toEqual({ kind: 'impossible', why: 'noCode' });
	});

	test('is impossible when the code belongs to something that it does not cancel', () => {
		for (const cancels of ['sale', 'pay'] as const) {
			for (const name of operationNames.filter((candidate) => candidate !== cancels)) {
				for (const state of deliveryStates) {
					const original = { ...aSale(state), operation: operations[name] };
					expect(judgeProvisionalCancel(cancels, original, usualRules), `${cancels} ${name} ${state}`).toEqual({ kind: 'impossible', why: 'notASale' });
				}
			}
		}
	});
});
