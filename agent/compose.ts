/** The one file that builds the rooms and connects them. Read from top to bottom, it is the start of the agent, and then its end. */
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import type { Role } from '../shared/local-api.ts';
import { ExitError } from './core/exit.ts';
import { rfc3339 } from './core/instant.ts';
import type { Mode } from './core/mode.ts';
import { shopRulesOf } from './core/shop-rules.ts';
import { statusAt } from './core/status.ts';
import { Intake } from './intake/intake.ts';
import { HttpDoor } from './local/http-door.ts';
import { LoyaltyWire } from './loyalty/loyalty-wire.ts';
import { removeAgentFile, writeAgentFile } from './ops/agent-file.ts';
import { prepareDataDirectory } from './ops/data-directory.ts';
import { Disk } from './ops/disk.ts';
import { scheduleHousekeeping } from './ops/housekeeping.ts';
import { openLog } from './ops/log.ts';
import { networkAddresses } from './ops/network.ts';
import { systemClock as clock } from './ops/system-clock.ts';
import { lockDirectory } from './outbox/directory-lock.ts';
import { LedgerReader } from './outbox/ledger-reader.ts';
import { settleMode } from './outbox/mode-mark.ts';
import { databaseFile, Outbox } from './outbox/outbox.ts';
import { Replay } from './replay/replay.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { checkApiKey, readApiKey } from './settings/api-key.ts';
import { readCaFile } from './settings/ca-file.ts';
import { loadSettings } from './settings/load.ts';
import { proxyOf } from './settings/proxy.ts';
import { openVault } from './vault/open-vault.ts';
import { Tokens } from './vault/tokens.ts';

export { usualDataDirectory } from './ops/data-directory.ts';

export const { version } = packageFile;

export interface AgentOptions {
	readonly configFile: string | undefined;
	readonly directory: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** A mistake of the program made going on impossible. */
	readonly onCrash: (error: Error) => void;
}

export interface RunningAgent {
	readonly httpPort: number;
	readonly mode: Mode;
	/** Ends within 5 s: nothing new, what is under way ends or stays recorded, the database is closed. */
	stop(): Promise<void>;
}

/** Throws ExitError with what to do. Nothing is sent, and no mark is made, before everything is in place. */
export async function startAgent({ configFile, directory, environment, onCrash }: AgentOptions): Promise<RunningAgent> {
	const startedAt = clock.now();
	const settings = loadSettings({ file: configFile, environment });
	const keyOfEnvironment = readApiKey(environment);
	const trusted = readCaFile(settings.loyalty.caFile, configFile);
	const proxy = proxyOf(settings.loyalty.proxy);
	prepareDataDirectory(directory);
	const lock = lockDirectory(directory, process.pid);
	removeAgentFile(directory);
	const log = openLog({ file: join(directory, 'agent.log'), level: settings.log.level, now: () => rfc3339(clock.now()) });
	const secrets = await openVault({ directory, environment, databaseExists: Outbox.existsIn(directory), protection: settings.vault.protection });
	const { vault, protection, movedFrom } = secrets;
	log.info('vault.opened', { protection, ...(movedFrom === undefined ? {} : { movedFrom }) });
	const apiKey = keyOfEnvironment === '' ? checkApiKey((await secrets.secret('api-key')) ?? '', 'The stored API key') : keyOfEnvironment;
	const tokens = new Tokens(directory);
	tokens.ensureFirst(clock.now());
	const rules = shopRulesOf(settings);
	const outbox = await Outbox.open(
		directory,
		rules,
		{ key: vault.ledgerKey(), clock },
		{
			onCrash,
			onDamage: (what) => log.error('storage.damaged', { error: what }),
			onLedgerTrouble: (trouble) => log.error('ledger.trouble', { reason: trouble }),
		},
	);

	const { mode, notice, mark } = settleMode(outbox, new URL(settings.loyalty.baseUrl).host, apiKey !== '');
	if (notice !== undefined) log.warn(`agent.${notice}`);
	const isSandbox = mode.kind === 'sandbox';
	const sandbox = isSandbox ? await startSandbox({ port: 0, clock }) : undefined;
	if (sandbox !== undefined) log.warn('agent.sandboxMode', { port: sandbox.port });
	const target = sandbox === undefined ? { baseUrl: settings.loyalty.baseUrl, apiKey } : { baseUrl: sandbox.baseUrl, apiKey: 'sandbox' };

	const disk = new Disk(directory, settings.outbox.minFreeDiskMiB, clock);
	const wire = new LoyaltyWire({ ...settings.loyalty, ...target, proxy, trusted }, clock);
	const replay = new Replay({ clock, random: Math.random, store: outbox, wire, sealer: vault, networkAddresses, log, rules, settings: settings.loyalty });
	outbox.onAccepted((delivery, alsoEnded) => replay.accepted(delivery, alsoEnded));
	const intake = new Intake({ clock, log, store: outbox, replay, wire, vault, disk, isSandbox, settings });
	const sources = {
		version,
		isSandbox,
		startedAt,
		timeZone: settings.loyalty.timeZone,
		keyProtection: protection,
		link: replay.link,
		store: outbox,
		disk,
		wire,
	} as const;
	const status = () => statusAt(clock.now(), sources);
	const door = new HttpDoor({
		clock,
		log,
		isSandbox,
		allowedOrigins: settings.local.allowedOrigins,
		tokens,
		vault,
		intake,
		deliveries: outbox,
		replay,
		disk,
		status,
	});

	const { lost } = await outbox.recover(clock.now());
	if (lost > 0) log.warn('delivery.recovered', { count: lost });
	await door.open(settings.local.httpPort);
	await mark();
	replay.onBack(() => intake.lineIsGood());
	replay.start();
	intake.lineIsGood();
	const endHousekeeping = scheduleHousekeeping({ clock, log, store: outbox, ...settings.outbox, ...settings.members, timeZone: settings.loyalty.timeZone });
	writeAgentFile(directory, { pid: process.pid, httpPort: door.port, socketPort: null, startedAt: rfc3339(startedAt), version });
	log.info('agent.started', { version, port: door.port, waiting: outbox.totals().queued });

	const stop = async () => {
		log.info('agent.stopping');
		intake.stop();
		endHousekeeping();
		// Registers that wait get their answer, then questions under way are cut, then the door closes.
		await replay.stop(2_500);
		wire.close();
		await door.close(1_000);
		await Promise.all([outbox.close(), sandbox?.close()]);
		removeAgentFile(directory);
		lock.release();
		log.info('agent.stopped');
		await log.close();
	};
	return { httpPort: door.port, mode, stop };
}

/** A Loyalty API to try against, by itself. */
export async function startSandboxAlone(port: number): Promise<{ readonly baseUrl: string; close(): Promise<void> }> {
	try {
		return await startSandbox({ port, clock });
	} catch (cause) {
		throw new ExitError('port', `Port ${port} cannot be opened for the sandbox. Choose another one with --port.`, { cause });
	}
}

/** Secrets of a data directory, kept as its master key is; for the command line. */
export async function openSecrets({ configFile, directory, environment }: Omit<AgentOptions, 'onCrash'>) {
	const settings = loadSettings({ file: configFile, environment });
	prepareDataDirectory(directory);
	const secrets = await openVault({ directory, environment, databaseExists: Outbox.existsIn(directory), protection: settings.vault.protection });
	return {
		protection: secrets.protection,
		setApiKey: (text: string) => {
			const key = checkApiKey(text, 'Standard input');
			if (key === '') throw new ExitError('configuration', 'Standard input holds no key. Send it there, such as with: lanekeeper secret set api-key < key.txt');
			return secrets.store('api-key', key);
		},
		removeApiKey: () => secrets.remove('api-key'),
	};
}

/** The ledger of a data directory, to be read only, whether or not an agent runs on it. */
export async function openLedger({ directory, environment }: Pick<AgentOptions, 'directory' | 'environment'>): Promise<LedgerReader> {
	if (!Outbox.existsIn(directory))
		throw new ExitError('data', `There is no ledger in ${directory}: no agent has run there. Name its directory with --data-dir.`);
	const { vault } = await openVault({ directory, environment, databaseExists: true, protection: 'auto' });
	return new LedgerReader(databaseFile(directory), vault.ledgerKey());
}

/** The tokens of a data directory, whether or not an agent runs on it. */
export function openTokens(directory: string) {
	prepareDataDirectory(directory);
	const tokens = new Tokens(directory);
	tokens.ensureFirst(clock.now());
	return {
		list: () => tokens.list(),
		create: (name: string, role: Role) => tokens.create(name, role, clock.now()),
		revoke: (name: string) => tokens.revoke(name),
	};
}
