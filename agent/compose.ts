/** The one file that builds the rooms and connects them. Read from top to bottom, it is the start of the agent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import type { Role } from '../shared/local-api.ts';
import { ExitError } from './core/exit.ts';
import { dayAt, rfc3339 } from './core/instant.ts';
import type { Log } from './core/log.ts';
import { decideMode, type Mode, readMark, writeMark } from './core/mode.ts';
import { statusOf } from './core/status.ts';
import { Intake } from './intake/intake.ts';
import { HttpDoor } from './local/http-door.ts';
import { LoyaltyWire } from './loyalty/loyalty-wire.ts';
import { removeAgentFile, writeAgentFile } from './ops/agent-file.ts';
import { prepareDataDirectory } from './ops/data-directory.ts';
import { Disk } from './ops/disk.ts';
import { scheduleHousekeeping } from './ops/housekeeping.ts';
import { openLog } from './ops/log.ts';
import { systemClock as clock } from './ops/system-clock.ts';
import { lockDirectory } from './outbox/directory-lock.ts';
import { Outbox } from './outbox/outbox.ts';
import { Replay } from './replay/replay.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import { loadSettings } from './settings/load.ts';
import { loadMasterKey } from './vault/key-file.ts';
import { Tokens } from './vault/tokens.ts';
import { Vault } from './vault/vault.ts';

export { usualDataDirectory } from './ops/data-directory.ts';

export const version = packageFile.version;

/** A Loyalty API to try against, by itself. */
export function startSandboxAlone(port: number): Promise<{ readonly baseUrl: string; close(): Promise<void> }> {
	return startSandbox({ port, clock });
}

/** The tokens of a data directory, whether or not an agent runs on it. */
export function openTokens(directory: string) {
	prepareDataDirectory(directory);
	const tokens = new Tokens(directory);
	return {
		list: () => tokens.list(),
		create: (name: string, role: Role) => tokens.create(name, role, clock.now()),
		revoke: (name: string) => tokens.revoke(name),
	};
}

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
	readonly log: Log;
	/** Ends within 5 s: nothing new, what is under way ends or stays recorded, the database is closed. */
	stop(): Promise<void>;
}

/** Throws ExitError with what to do. Nothing is sent before everything is in place. */
export async function startAgent({ configFile, directory, environment, onCrash }: AgentOptions): Promise<RunningAgent> {
	const startedAt = clock.now();
	const settings = loadSettings({ file: configFile, environment });
	prepareDataDirectory(directory);
	const lock = lockDirectory(join(directory, 'agent.lock'), process.pid, 1_000);
	if (!lock.ok)
		throw new ExitError('busy', `Another agent (process ${lock.heldBy ?? 'unknown'}) works on ${directory}. Stop it first, or use another --data-dir.`);
	removeAgentFile(directory);
	const log = openLog({ file: join(directory, 'agent.log'), level: settings.log.level, now: () => rfc3339(clock.now()) });
	const vault = new Vault(loadMasterKey(join(directory, 'vault.key'), existsSync(join(directory, 'outbox.db'))));
	const tokens = new Tokens(directory);
	tokens.ensureFirst(clock.now());
	const outbox = await Outbox.open(directory, onCrash);

	const apiKey = environment['LANEKEEPER_API_KEY'] ?? '';
	const mode = await settleMode(outbox, log, new URL(settings.loyalty.baseUrl).host, apiKey !== '');
	const isSandbox = mode.kind === 'sandbox';
	const sandbox = isSandbox ? await startSandbox({ port: 0, clock }) : undefined;
	if (sandbox !== undefined) log.warn('agent.sandboxMode', { port: sandbox.port });
	const target = sandbox === undefined ? { baseUrl: settings.loyalty.baseUrl, apiKey } : { baseUrl: sandbox.baseUrl, apiKey: 'sandbox' };
	const wire = new LoyaltyWire({ ...target, timeoutMs: settings.loyalty.timeoutMs, connections: settings.loyalty.concurrency * 2 }, clock);

	const disk = new Disk(directory, clock);
	const replay = new Replay({ clock, random: Math.random, store: outbox, wire, sealer: vault, log, settings: settings.loyalty });
	outbox.onAccepted((delivery, alsoEnded) => replay.accepted(delivery, alsoEnded));
	const { loyalty, local, outbox: limits } = settings;
	const intake = new Intake({
		clock,
		store: outbox,
		replay,
		wire,
		vault,
		hasDiskSpace: () => disk.freeMiB() >= limits.minFreeDiskMiB,
		settings: {
			isSandbox,
			replyWithinMs: local.replyWithinMs,
			queuedStatus: local.queuedStatus,
			maxWaiting: limits.maxWaiting,
			timeoutMs: loyalty.timeoutMs,
			transactionIdScope: loyalty.transactionIdScope,
			timeZone: loyalty.timeZone,
			headers: { 'x-source-type': loyalty.sourceType, 'x-source-name': loyalty.sourceName, 'x-branch-id': loyalty.branchId, 'x-pos-id': loyalty.posId },
		},
	});
	const status = () =>
		statusOf({
			version,
			isSandbox,
			startedAt,
			link: replay.link(),
			totals: outbox.totals(),
			oldestWaitingAt: outbox.oldestWaitingAt(),
			confirmedToday: outbox.confirmedOn(dayAt(clock.now(), loyalty.timeZone)),
			freeMiB: disk.freeMiB(),
			clockOffsetSeconds: wire.clockOffsetSeconds,
			keyProtection: 'file',
		});
	const door = new HttpDoor({
		clock,
		log,
		isSandbox,
		status,
		replay,
		allowedOrigins: local.allowedOrigins,
		identify: (secret) => tokens.identify(secret),
		handle: (incoming) => intake.handle(incoming),
		agentObject: () => intake.agentObject(),
		unreadyBecause: () => (disk.freeMiB() >= limits.minFreeDiskMiB ? undefined : 'disk-full'),
		deliveries: {
			list: (query) => outbox.list(query),
			find: (id) => outbox.find(id),
			attempts: (sequence) => outbox.attempts(sequence),
			nextAttemptAt: (sequence) => replay.nextAttemptAt(sequence),
		},
	});

	const { lost } = await outbox.recover(clock.now());
	if (lost > 0) log.warn('delivery.recovered', { count: lost });
	await openDoor(door, local.httpPort);
	replay.start();
	const endHousekeeping = scheduleHousekeeping({ clock, log, store: outbox, ...limits, timeZone: loyalty.timeZone });
	writeAgentFile(directory, { pid: process.pid, httpPort: door.port, socketPort: null, startedAt: rfc3339(startedAt), version });
	log.info('agent.started', { version, port: door.port, directory, waiting: outbox.totals().queued });

	const stop = async () => {
		log.info('agent.stopping');
		intake.stop();
		endHousekeeping();
		await Promise.all([door.close(2_500), Promise.race([replay.stop(), new Promise<void>((resolve) => clock.after(3_000, resolve))])]);
		wire.close();
		await Promise.all([outbox.close(), sandbox?.close()]);
		removeAgentFile(directory);
		lock.lock.release();
		log.info('agent.stopped');
		await log.close();
	};
	return { httpPort: door.port, mode, log, stop };
}

async function settleMode(outbox: Outbox, log: Log, host: string, hasApiKey: boolean): Promise<Mode> {
	const mark = outbox.setting('mode');
	const { queued, sending, refusedUnseen, doubtful } = outbox.totals();
	const decision = decideMode({
		mark: mark === undefined ? undefined : readMark(mark),
		hasApiKey,
		host,
		unfinished: queued + sending + refusedUnseen + doubtful,
	});
	if (!decision.ok) throw new ExitError('configuration', decision.problem);
	if (decision.isNew) await outbox.set('mode', writeMark(decision.mode));
	if (decision.notice === 'keyIgnored') log.warn('agent.keyIgnored');
	if (decision.notice === 'hostChanged') log.warn('agent.hostChanged', { host });
	return decision.mode;
}

async function openDoor(door: HttpDoor, port: number): Promise<void> {
	try {
		await door.open(port);
	} catch (cause) {
		const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
		throw new ExitError(
			'port',
			`Port ${port} cannot be opened (${code}). Stop the program that uses it, or set local.httpPort to another one (0 takes any free).`,
			{ cause },
		);
	}
}
