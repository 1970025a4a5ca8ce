/**
 * A part of the matrix against sandboxes of its own, and of that one against a sandbox that is there already; and that the
 * suite can fail. The whole matrix is `npm run conformance`.
 */
import { expect, onTestFinished, test } from 'vitest';
import { Service } from '../support/service.ts';
import type { Case } from './case.ts';
import { allCases } from './cases/all.ts';
import { type Result, runMatrix, runMatrixAt } from './matrix.ts';
import { matrixReport } from './report.ts';
import { Upstream } from './upstream.ts';

const failedOf = (results: readonly Result[]) => results.filter(({ differences }) => differences.length > 0);

function caseNamed(name: string): Case {
	const found = allCases.find((one) => one.name === name);
	if (found === undefined) throw new Error(`there is no case ${name}`);
	return found;
}

/** No divisor of the numbers of calls and switches, so that each group is met in many ways. */
const stride = 13;

test('every thirteenth situation: what the register is told, and what really happens', async () => {
	const cases = allCases.filter((_one, index) => index % stride === 0);
	expect(new Set(cases.map(({ group }) => group))).toEqual(new Set(allCases.map(({ group }) => group)));
	const failed = failedOf(await runMatrix(cases));
	expect(failed.length, matrixReport(failed, 0)).toBe(0);
}, 120_000);

test('no two cases have one name, and each call is in each of the large groups', () => {
	const names = allCases.map(({ group, name }) => `${group} ${name}`);
	expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	expect(allCases.length).toBeGreaterThan(1_900);
});

test('a sandbox that is there already is used with its switches, and left as after a reset', async () => {
	const service = await Service.start();
	onTestFinished(() => service.close());
	const upstream = new Upstream(service.baseUrl, 'any-key');
	expect(await upstream.isSandbox()).toBe(true);
	const cases = [
		caseNamed('sale: cut after the effect [400]'),
		caseNamed('pay: timeout after the effect [400]'),
		caseNamed('sale: certificate of a stranger [400]'),
	];
	expect(failedOf(await runMatrixAt(upstream, cases))).toEqual([]);
	expect((await upstream.effects()).totals['sale']?.requests).toBe(0);
}, 60_000);

test('what is not as expected is said, in a line each', async () => {
	const good = caseNamed('pay: cut after the effect [200]');
	const wrong: Case = {
		...good,
		name: 'wrong',
		expected: {
			told: { status: 200, state: 'confirmed' },
			link: { state: 'online', reason: 'ok' },
			delivery: { state: 'confirmed', outcomes: ['unknown:reset', 'confirmed'] },
			effects: { requests: 2, applied: 2 },
		},
	};
	const results = await runMatrix([wrong, good]);
	expect(failedOf(results).map(({ name }) => name)).toEqual(['wrong']);
	const lines = matrixReport(results, 1).split('\n');
	expect(lines.filter((line) => line.includes(': expected '))).toEqual([
		'        told: expected status 200, state confirmed | seen status 504, state doubtful',
		'        link: expected online ok | seen failing reset',
		'        delivery: expected confirmed | seen doubtful',
		'        attempts: expected unknown:reset confirmed | seen unknown:reset',
		'        requests: expected 2 | seen 1',
		'        applied: expected 2 | seen 1',
	]);
	expect(lines.at(-2)).toBe('1 of 2 cases as expected, in 1.0 s.');
}, 60_000);
