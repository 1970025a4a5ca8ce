/** The shop's rules for calls that would wait because the line is down: what is flagged, and what is refused. */
import type { OfflineRule } from '../../shared/settings-schema.ts';
import type { OperationName } from './calls/operation.ts';
import { at, type JsonObject } from './json.ts';

/** What waits already, of some kind. */
export interface WaitingSum {
	readonly count: number;
	/** Of sales, minor units. */
	readonly amountMinor: number;
	/** Epoch milliseconds. */
	readonly oldestAt: number | undefined;
}

export interface OfflineFacts {
	readonly operation: OperationName;
	/** Of this call, minor units; 0 for what is no sale. */
	readonly amountMinor: number;
	readonly gifts: number;
	/** Epoch milliseconds. */
	readonly now: number;
	/** Of these operations, whoever the member is. */
	readonly waiting: (operations: readonly OperationName[]) => WaitingSum;
	/** Of the same member; nothing waits of nobody. */
	readonly waitingOfMember: (operations: readonly OperationName[]) => WaitingSum;
}

export interface OfflineVerdict {
	/** Names of the rules that the call goes past. */
	readonly flags: readonly string[];
	/** Name of the first that refuses it. */
	readonly refusedBy: string | undefined;
}

/** Pure. Rules of other operations are not looked at, and nothing is summed up that no rule asks for. */
export function judgeOffline(rules: readonly OfflineRule[], facts: OfflineFacts): OfflineVerdict {
	const passed = rules.filter((rule) => rule.operations.some((name) => name === facts.operation) && measure(rule, facts) > rule.above);
	return { flags: passed.map(({ name }) => name), refusedBy: passed.find((rule) => rule.action === 'refuse')?.name };
}

/** Gifts named in a sale, in either place the Loyalty API's pages show (K17). */
export function giftsUsed(body: JsonObject): number {
	const listed = [at(body, 'usedAssets'), at(body, 'transaction', 'usedAssets')];
	return listed.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

function measure({ limit, per, operations }: OfflineRule, facts: OfflineFacts): number {
	if (limit === 'gifts') return facts.gifts;
	if (limit === 'amount' && per === 'call') return facts.amountMinor;
	const waiting = per === 'member' ? facts.waitingOfMember(operations) : facts.waiting(operations);
	if (limit === 'amount') return waiting.amountMinor + facts.amountMinor;
	if (limit === 'count') return waiting.count + 1;
	return waiting.oldestAt === undefined ? 0 : (facts.now - waiting.oldestAt) / 60_000;
}
