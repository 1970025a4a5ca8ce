/** The fault rules in force, and the chance by which they hit. */
import type { FaultRule } from '../../shared/sandbox-schema.ts';
import type { CallName, OperationName } from '../core/calls/operation.ts';
import { type Random, seededRandom } from './seeded-random.ts';

/** What a rule can be about. */
interface FaultTarget {
	readonly call: CallName;
	readonly operation?: OperationName;
	readonly transactionId?: string | undefined;
}

export interface FaultHit {
	readonly rule: FaultRule;
	/** The rule's delay with its jitter, milliseconds; undefined when the rule names neither. */
	readonly delayMs: number | undefined;
}

export interface FaultBoard {
	/** Forgets the rules before, with their counts and their chance. */
	replace(rules: readonly FaultRule[], seed: number): void;
	rules(): readonly FaultRule[];
	/** The rules with how often each has hit. */
	report(): readonly { readonly rule: FaultRule; readonly hits: number }[];
	/** The first rule that matches and hits; its hit is counted. */
	strike(target: FaultTarget): FaultHit | undefined;
}

interface ActiveRule {
	readonly rule: FaultRule;
	readonly random: Random;
	hits: number;
}

/** Keeps rules that share one seed from hitting in step. */
const seedStep = 0x9e3779b9;

export function createFaultBoard(): FaultBoard {
	let active: ActiveRule[] = [];
	return {
		replace(rules, seed) {
			active = rules.map((rule, index) => ({ rule, random: seededRandom(rule.seed ?? seed + index * seedStep), hits: 0 }));
		},
		rules: () => active.map(({ rule }) => rule),
		report: () => active.map(({ rule, hits }) => ({ rule, hits })),
		strike(target) {
			const struck = active.find((candidate) => matches(candidate, target) && candidate.random() < (candidate.rule.probability ?? 1));
			if (struck === undefined) return undefined;
			struck.hits += 1;
			return { rule: struck.rule, delayMs: delayOf(struck) };
		},
	};
}

function matches({ rule, hits }: ActiveRule, target: FaultTarget): boolean {
	if (rule.times !== undefined && hits >= rule.times) return false;
	if (rule.transactionId !== undefined && rule.transactionId !== target.transactionId) return false;
	return rule.calls === undefined || rule.calls.some((name) => name === target.call || name === target.operation);
}

function delayOf({ rule: { delayMs, jitterMs }, random }: ActiveRule): number | undefined {
	if (delayMs === undefined && jitterMs === undefined) return undefined;
	return (delayMs ?? 0) + Math.floor(random() * ((jitterMs ?? 0) + 1));
}
