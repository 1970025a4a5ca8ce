/** Process entry: arguments, signals, exit codes. No logic. */
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Command, help, readCommandLine } from './cli/command-line.ts';
import { exportLedger } from './cli/ledger-export.ts';
import { printVerdict, sentencesOf } from './cli/ledger-verdict.ts';
import { printPieces } from './cli/print.ts';
import { printTokens } from './cli/token-list.ts';
import { welcome } from './cli/welcome.ts';
import { openLedger, openSecrets, openTokens, startAgent, startSandboxAlone, usualDataDirectory, version } from './compose.ts';
import { errorWords } from './core/error-words.ts';
import { ExitError, exitCodes } from './core/exit.ts';

const { env, stdin, stdout, stderr } = process;

function directoryOf(option: string | undefined): string {
	return resolve(option ?? env['LANEKEEPER_DATA_DIR'] ?? usualDataDirectory(env));
}

function secretOptions({ config, dataDir }: { readonly config: string | undefined; readonly dataDir: string | undefined }) {
	return { configFile: config ?? env['LANEKEEPER_CONFIG'], directory: directoryOf(dataDir), environment: env };
}

/** Says where, and not what: an error's message can quote a call. */
function crash(error: unknown): never {
	stderr.write(`lanekeeper: a mistake of the program: ${errorWords(error)}\n`);
	process.exit(exitCodes.bug);
}

function onStopSignal(stop: () => Promise<void>): void {
	let isStopping = false;
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (isStopping) return;
			isStopping = true;
			stop().then(() => process.exit(0), crash);
		});
	}
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
			// Not at once: a stop signal must find its listener from the first step of the start on.
			const starting = Promise.resolve().then(() =>
				startAgent({ configFile: command.config ?? env['LANEKEEPER_CONFIG'], directory, environment: env, onCrash: crash }),
			);
			// A stop that comes while it starts waits for the end of the start; a start that fails ends the program by itself.
			const failed = () => new Promise<never>(() => undefined);
			onStopSignal(() => starting.then((agent) => agent.stop(), failed));
			const agent = await starting;
			const host = agent.mode.kind === 'live' ? agent.mode.host : '';
			stdout.write(welcome({ version, isSandbox: agent.mode.kind === 'sandbox', host, httpPort: agent.httpPort, directory }));
			return;
		}
		case 'sandbox': {
			const sandbox = await startSandboxAlone(command.port);
			onStopSignal(() => sandbox.close());
			stdout.write(`Sandbox of the Loyalty API at ${sandbox.baseUrl}\n`);
			return;
		}
		case 'secret set': {
			const secrets = await openSecrets(secretOptions(command));
			if (stdin.isTTY) stderr.write('Paste the API key, then press Enter and Ctrl+D.\n');
			await secrets.setApiKey(await text(stdin));
			stdout.write(`The API key is kept (${secrets.protection}). It counts from the next start of the agent.\n`);
			return;
		}
		case 'secret remove': {
			const wasThere = await (await openSecrets(secretOptions(command))).removeApiKey();
			stdout.write(wasThere ? 'The API key is forgotten.\n' : 'There was no stored API key.\n');
			return;
		}
		case 'token create':
			stdout.write(`${openTokens(directoryOf(command.dataDir)).create(command.tokenName, command.role)}\n`);
			return;
		case 'token list':
			stdout.write(printTokens(openTokens(directoryOf(command.dataDir)).list()));
			return;
		case 'token revoke':
			openTokens(directoryOf(command.dataDir)).revoke(command.tokenName);
			stdout.write(`Token "${command.tokenName}" is refused from now on.\n`);
			return;
		case 'ledger verify': {
			const verdict = (await openLedger({ directory: directoryOf(command.dataDir), environment: env })).verify();
			stdout.write(printVerdict(verdict));
			if (verdict.breaks.length > 0) process.exitCode = exitCodes.notWhole;
			return;
		}
		case 'ledger export': {
			const verdict = await printPieces(
				exportLedger((await openLedger({ directory: directoryOf(command.dataDir), environment: env })).lines(), command.wish),
				stdout,
			);
			if (verdict === undefined || verdict.breaks.length === 0) return;
			stderr.write(`lanekeeper: ${sentencesOf(verdict.breaks).join('\n')}\n`);
			process.exitCode = exitCodes.notWhole;
			return;
		}
	}
}

process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
try {
	await run(readCommandLine(process.argv.slice(2)));
} catch (error) {
	if (!(error instanceof ExitError)) crash(error);
	stderr.write(`lanekeeper: ${error.message}\n`);
	process.exit(error.exitCode);
}
