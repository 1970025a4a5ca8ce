/** The report as a table of text: totals of each group, then one line for each difference. */
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
