/** The full matrix: everything, in both positions of the HTTP status of a business refusal. */
import type { Case } from '../case.ts';
import { connectionCases } from './connections.ts';
import { disputedCases } from './disputed.ts';
import { envelopeCases } from './envelopes.ts';
import { errorCodeCases } from './error-codes.ts';
import { faultCases } from './faults.ts';
import { refusalCases } from './refusals.ts';
import { repeatCases } from './repeats.ts';

const statuses = [200, 400] as const;

export const allCases: readonly Case[] = statuses.flatMap((status) =>
	[
		...envelopeCases,
		...refusalCases(status),
		...errorCodeCases(status),
		...disputedCases(status),
		...repeatCases(status),
		...faultCases,
		...connectionCases,
	].map((one) => ({ ...one, name: `${one.name} [${status}]`, settings: { ...one.settings, businessErrorStatus: status } })),
);
