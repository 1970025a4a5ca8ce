/** The balances around a pay whose outcome is unclear: what a person needs to decide. */
import { type Balance, BalanceSeen } from '../../shared/member-memo.ts';
import { parserFor } from '../../shared/validate.ts';
import type { AttemptRecord, DeliveryRecord } from './records.ts';

export type Comparison = 'lower' | 'same' | 'higher' | 'unknown';

/** What the two looks tell about a pay. `stale`: too much can have happened between the first look and the pay. */
export type Finding = Comparison | 'stale';

const parseSeen = parserFor(BalanceSeen);

/** A look as it was stored, JSON; undefined when it is none. Throws on a text that is no JSON. */
export function readSeen(text: string): BalanceSeen | undefined {
	const parsed = parseSeen(JSON.parse(text));
	return parsed.ok ? parsed.value : undefined;
}

/** When a pay was sent last, epoch milliseconds; when it was accepted, if it never was. */
export function lastSentAt({ acceptedAt }: Pick<DeliveryRecord, 'acceptedAt'>, attempts: readonly AttemptRecord[]): number {
	return attempts.at(-1)?.startedAt ?? acceptedAt;
}

/** How the balance after stands to the one before; of two balances that differ both ways nothing is said. */
export function compareBalances(before: Balance | undefined, after: Balance | undefined): Comparison {
	if (before === undefined || after === undefined) return 'unknown';
	const changes = (['points', 'credit'] as const).flatMap((name) => {
		const [was, is] = [before[name], after[name]];
		return was === undefined || is === undefined ? [] : [Math.sign(is - was)];
	});
	if (changes.length === 0) return 'unknown';
	if (changes.every((change) => change === 0)) return 'same';
	if (changes.every((change) => change <= 0)) return 'lower';
	return changes.every((change) => change >= 0) ? 'higher' : 'unknown';
}

/** A balance seen longer before the pay than this says little: the member may have bought elsewhere since. */
const freshMs = 60 * 60_000;

/** As `compareBalances`, but an old look, or one with another pay since, is not trusted. `payAcceptedAt`: epoch milliseconds. */
export function findingOf(before: BalanceSeen | undefined, after: BalanceSeen | undefined, payAcceptedAt: number): Finding {
	const comparison = compareBalances(before, after);
	if (comparison === 'unknown' || before === undefined) return comparison;
	return before.paidSince === true || before.seenAt < payAcceptedAt - freshMs ? 'stale' : comparison;
}

const advice: Readonly<Record<Finding, string>> = {
	lower: 'The balance is lower than before: the payment was probably taken. If it was, confirm it by hand, with its code if the provider can name it.',
	same: 'The balance is as it was: the payment was probably not taken. If so, withdraw it.',
	higher: 'The balance is higher than before, so it tells nothing: ask the loyalty provider.',
	unknown:
		'The two balances are not known. With none after it yet, wait until the line is good; otherwise ask the loyalty provider, then confirm or withdraw it.',
	stale: 'The balance before was seen long before this payment, or another payment came in between, so it tells little: ask the loyalty provider.',
};

/** What a manager should do, as a sentence. */
export function adviceAbout(finding: Finding): string {
	return advice[finding];
}

/** A look this soon after the pay was sent may have come before it was booked: a later one takes its place. */
export const settlingMs = 60_000;

/** `paySentAt`: when it was sent last, epoch milliseconds. */
export function takesPlaceOf(stored: BalanceSeen | undefined, paySentAt: number): boolean {
	return stored === undefined || stored.seenAt < paySentAt + settlingMs;
}
