/** Entry of `npm run conformance`: the command line, one of the two suites, the report, the exit code. */
import { checkHost } from './host/check-host.ts';
import { type Result, runMatrix, runMatrixAt } from './matrix.ts';
import { help, readOptions, type Target } from './options.ts';
import { hostReport, matrixReport, withoutSecrets } from './report.ts';
import { Upstream } from './upstream.ts';

const exitCode = { good: 0, bad: 1, usage: 2 } as const;

interface Outcome {
	readonly text: string;
	readonly code: number;
}

async function matrix(run: Promise<readonly Result[]>): Promise<Outcome> {
	const startedAt = performance.now();
	const results = await run;
	const isGood = results.every(({ differences }) => differences.length === 0);
	return { text: matrixReport(results, (performance.now() - startedAt) / 1_000), code: isGood ? exitCode.good : exitCode.bad };
}

async function at({ key, ...target }: Target): Promise<Outcome> {
	const upstream = new Upstream(target.baseUrl, key ?? 'conformance-key');
	if (await upstream.isSandbox()) {
		process.stdout.write('A sandbox: the full matrix, one station after the other. It is reset before each case.\n');
		return matrix(runMatrixAt(upstream));
	}
	if (key === undefined) return { text: 'conformance: LANEKEEPER_API_KEY is not set, and this is no sandbox. See --help.\n', code: exitCode.usage };
	const report = await checkHost({ ...target, key });
	const secrets = [key, target.member?.phoneNumber, target.member?.email].filter((secret) => secret !== undefined);
	return { text: withoutSecrets(hostReport(report), secrets), code: report.checks.every(({ isGood }) => isGood) ? exitCode.good : exitCode.bad };
}

async function run(): Promise<Outcome> {
	const command = readOptions(process.argv.slice(2), process.env);
	switch (command.kind) {
		case 'help':
			return { text: help, code: exitCode.good };
		case 'wrong':
			return { text: `conformance: ${command.message} See --help.\n`, code: exitCode.usage };
		case 'own':
			return matrix(runMatrix());
		case 'at':
			return at(command.target);
	}
}

/** Why there is no report. A host that cannot be reached is said by the cause. */
function words(error: unknown): string {
	if (!(error instanceof Error)) return 'stopped';
	if (!(error.cause instanceof Error)) return error.message;
	return `The host does not answer (${Reflect.get(error.cause, 'code') ?? error.cause.message}). Check --base-url and the connection.`;
}

const outcome = await run().catch((error: unknown): Outcome => ({ text: `conformance: ${words(error)}\n`, code: exitCode.bad }));
(outcome.code === exitCode.usage ? process.stderr : process.stdout).write(outcome.text);
process.exitCode = outcome.code;
