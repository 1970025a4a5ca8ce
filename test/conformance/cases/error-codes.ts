/** The table "Error codes": every code on every call, on a first try and after one whose outcome is unknown. */

import { type EveryCall, everyCall } from '../calls.ts';
import type { Case } from '../case.ts';
import { kindOf, queued, refusedAfterUnclear, refuses, reportsFault } from './expectations.ts';

/** Code 500 is a server fault; `9999` and `SOMETHING_NEW` stand for any unknown code. */
const codes = ['203', '204', '407', '1001', '4001012', 'BAD_REQUEST', 'MEMBER_NOT_FOUND', '9999', 'SOMETHING_NEW'] as const;
const serverFault = { state: 'failing', reason: 'server-error' } as const;

/** `status`: HTTP status of a business refusal. */
export function errorCodeCases(status: 200 | 400): readonly Case[] {
	const group = 'error codes';
	const refusal = (code: string) => ({ fault: 'status', status, envelope: true, code, times: 1 }) as const;
	const firstTry = (call: EveryCall): Case[] => [
		...codes.map(
			(code): Case => ({ group, name: `${call}: ${code}`, station: 'patient', call, faults: [refusal(code)], expected: refuses(call, status, code) }),
		),
		{ group, name: `${call}: 500`, station: 'patient', call, faults: [refusal('500')], expected: reportsFault(call, serverFault, false, status) },
	];
	const secondTry = (call: EveryCall): Case[] =>
		codes.map((code) => ({
			group: 'error codes after an unclear try',
			name: `${call}: ${code}`,
			station: 'patient',
			call,
			faults: [{ fault: 'cut', times: 1 }, refusal(code)],
			expected: {
				told: queued,
				link: { state: 'failing', reason: 'reset' },
				delivery: { state: refusedAfterUnclear(call, code), outcomes: ['unknown:reset', `refused:${code}`] },
				effects: { requests: 2, applied: 0 },
			},
		}));
	return [...everyCall.flatMap(firstTry), ...everyCall.filter((call) => kindOf[call] === 'write').flatMap(secondTry)];
}
