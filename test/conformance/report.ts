/** The report as a table of text: totals of each group, then one line for each difference. */
import type { HostReport } from './host/check-host.ts';
import type { Result } from './matrix.ts';

export function matrixReport(results: readonly Result[], seconds: number): string {
	const failed = results.filter(({ differences }) => differences.length > 0);
	return [
		...groupTable(results),
		'',
		...failed.flatMap(({ group, name, differences }) => [
			`FAILED  ${group} | ${name}`,
			...differences.map(({ what, expected, seen }) => `        ${what}: expected ${expected} | seen ${seen}`),
		]),
		`${failed.length === 0 ? 'All' : results.length - failed.length} of ${results.length} cases as expected, in ${seconds.toFixed(1)} s.`,
		'',
	].join('\n');
}

function groupTable(results: readonly Result[]): string[] {
	const groups = [...new Set(results.map(({ group }) => group))].sort();
	const rows = groups.map((group) => {
		const all = results.filter((result) => result.group === group);
		const failed = all.filter(({ differences }) => differences.length > 0).length;
		return `${group.padEnd(34)}${String(all.length).padStart(7)}${String(failed).padStart(9)}`;
	});
	return [`${'group'.padEnd(34)}${'cases'.padStart(7)}${'failed'.padStart(9)}`, ...rows];
}

/** Of a host without switches: checks, findings, and what to set. */
export function hostReport({ checks, findings, suggestions }: HostReport): string {
	const failed = checks.filter(({ isGood }) => !isGood).length;
	const width = Math.max(...findings.map(({ matter }) => matter.length)) + 2;
	return [
		'Each call, directly and through the agent',
		...checks.map(({ name, isGood, seen }) => `  ${isGood ? 'ok    ' : 'FAILED'}  ${name.padEnd(24)}${seen}`),
		'',
		'Findings: how this host stands',
		...findings.map(({ matter, found }) => `  ${matter.padEnd(width)}${found}`),
		'',
		'Suggested settings of the agent',
		JSON.stringify(suggestions.agent, undefined, 2),
		'',
		'A sandbox that answers like this host (PUT /sandbox/settings)',
		JSON.stringify(suggestions.sandbox, undefined, 2),
		'',
		failed === 0 ? `All of ${checks.length} checks as expected.` : `${failed} of ${checks.length} checks failed.`,
		'',
	].join('\n');
}

/** Whatever an answer brought in: these texts are not shown. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
	return secrets.filter((secret) => secret !== '').reduce((shown, secret) => shown.replaceAll(secret, '(not shown)'), text);
}
