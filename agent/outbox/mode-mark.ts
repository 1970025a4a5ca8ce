/** The data directory's mark, kept in its database: live for one host, or sandbox. */
import { ExitError } from '../core/exit.ts';
import { decideMode, type Mode, readMark, writeMark } from '../core/mode.ts';
import type { Outbox } from './outbox.ts';

const name = 'mode';

export interface SettledMode {
	readonly mode: Mode;
	/** What a person should know about it. */
	readonly notice: 'keyIgnored' | 'hostChanged' | undefined;
	/** Writes the mark, where it changes. To be called once the start cannot fail any more. */
	mark(): Promise<void>;
}

/** `host`: host and port of the configured address. Throws ExitError when the directory may not be used so. */
export function settleMode(outbox: Outbox, host: string, hasApiKey: boolean): SettledMode {
	const mark = outbox.setting(name);
	const { queued, sending, refusedUnseen, doubtful } = outbox.totals();
	const unfinished = queued + sending + refusedUnseen + doubtful;
	const decision = decideMode({ mark: mark === undefined ? undefined : readMark(mark), hasApiKey, host, unfinished });
	if (!decision.ok) throw new ExitError('configuration', decision.problem);
	const { mode, notice, isNew } = decision;
	return { mode, notice, mark: () => (isNew ? outbox.set(name, writeMark(mode)) : Promise.resolve()) };
}
