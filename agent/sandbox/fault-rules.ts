import { type FaultRule, FaultRulesSchema } from '../../shared/sandbox-schema.ts';
import { type Parsed, type Problem, parserFor } from '../../shared/validate.ts';
import { callNames, operationNames } from '../core/calls/operation.ts';

const parse = parserFor(FaultRulesSchema);
const targets: ReadonlySet<string> = new Set([...callNames, ...operationNames]);

/** A list of rules out of anything. A rule that could never hit, or says what it cannot do, is a problem. */
export function parseFaultRules(value: unknown): Parsed<FaultRule[]> {
	const parsed = parse(value);
	if (!parsed.ok) return parsed;
	const problems = parsed.value.flatMap((rule, index) => problemsOf(rule, `${index}`));
	return problems.length === 0 ? parsed : { ok: false, problems };
}

function problemsOf({ calls = [], when, fault }: FaultRule, path: string): Problem[] {
	const unknown = calls.flatMap((name, index) =>
		targets.has(name) ? [] : [{ path: `${path}.calls.${index}`, problem: `is not one of ${[...targets].join(', ')}` }],
	);
	const carriesRealAnswer = fault === 'truncated' || fault === 'trickle';
	return when === 'before' && carriesRealAnswer
		? [...unknown, { path: `${path}.when`, problem: `must be "after" with ${fault}, which carries the real answer` }]
		: unknown;
}
