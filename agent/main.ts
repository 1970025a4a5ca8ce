/** Process entry: arguments, signals, exit codes. No logic. */
import { type Command, help, readCommandLine } from './cli/command-line.ts';
import { printTokens } from './cli/token-list.ts';
import { welcome } from './cli/welcome.ts';
import { startAgent, version } from './compose.ts';
import { ExitError, exitCodes } from './core/exit.ts';
import { prepareDataDirectory, usualDataDirectory } from './ops/data-directory.ts';
import { systemClock } from './ops/system-clock.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { Tokens } from './vault/tokens.ts';

const { env, stdout, stderr } = process;

function directoryOf(option: string | undefined): string {
	return option ?? env['LANEKEEPER_DATA_DIR'] ?? usualDataDirectory(env);
}

function crash(error: Error): void {
	stderr.write(`lanekeeper: a mistake of the program: ${error.stack ?? error.message}\n`);
	process.exit(exitCodes.bug);
}

function onStopSignal(stop: () => Promise<void>): void {
	let isStopping = false;
	for (const signal of ['SIGTERM', 'SIGINT'] as const) {
		process.on(signal, () => {
			if (isStopping) return;
			isStopping = true;
			stop().then(() => process.exit(0), crash);
		});
	}
}

function tokensIn(option: string | undefined): Tokens {
	const directory = directoryOf(option);
	prepareDataDirectory(directory);
	return new Tokens(directory);
}

async function run(command: Command): Promise<void> {
	switch (command.name) {
		case 'help':
			stdout.write(help);
			return;
		case 'version':
			stdout.write(`${version}\n`);
			return;
		case 'start': {
			const directory = directoryOf(command.dataDir);
			const agent = await startAgent({ configFile: command.config ?? env['LANEKEEPER_CONFIG'], directory, environment: env, onCrash: crash });
			onStopSignal(() => agent.stop());
			const host = agent.mode.kind === 'live' ? agent.mode.host : '';
			stdout.write(welcome({ version, isSandbox: agent.mode.kind === 'sandbox', host, httpPort: agent.httpPort, directory }));
			return;
		}
		case 'sandbox': {
			const sandbox = await startSandbox({ port: command.port, clock: systemClock });
			onStopSignal(() => sandbox.close());
			stdout.write(`Sandbox of the Loyalty API at ${sandbox.baseUrl}\n`);
			return;
		}
		case 'token create':
			stdout.write(`${tokensIn(command.dataDir).create(command.tokenName, command.role, systemClock.now())}\n`);
			return;
		case 'token list':
			stdout.write(printTokens(tokensIn(command.dataDir).list()));
			return;
		case 'token revoke':
			tokensIn(command.dataDir).revoke(command.tokenName);
			stdout.write(`Token "${command.tokenName}" is refused from now on.\n`);
			return;
	}
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', (reason) => crash(reason instanceof Error ? reason : new Error(String(reason))));
try {
	await run(readCommandLine(process.argv.slice(2)));
} catch (error) {
	if (!(error instanceof ExitError)) throw error;
	stderr.write(`lanekeeper: ${error.message}\n`);
	process.exit(error.exitCode);
}
