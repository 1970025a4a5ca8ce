/** The log: one JSON line an event, in a file that is rotated and bounded, and readable lines on the terminal. */
import { createLogger, format, transports } from 'winston';
import type { Log, LogEvent, LogFields } from '../core/log.ts';
import { safeLine } from '../core/safe-fields.ts';

export interface LogOptions {
	/** File of the log. */
	readonly file: string;
	readonly level: 'error' | 'warn' | 'info' | 'debug';
	readonly now: () => string;
}

const fileLimits = { maxsize: 5 * 1024 * 1024, maxFiles: 5, tailable: true } as const;

export interface ClosableLog extends Log {
	/** Resolves when everything said is written. */
	close(): Promise<void>;
}

export function openLog({ file, level, now }: LogOptions): ClosableLog {
	const readable = format.printf(({ level: severity, message, at, event: _event, ...fields }) => {
		const rest = Object.entries(fields).filter(([name]) => name !== 'timestamp');
		return `${String(at)} ${severity.padEnd(5)} ${String(message)}${rest.map(([name, value]) => ` ${name}=${String(value)}`).join('')}`;
	});
	const logger = createLogger({
		level,
		format: format((info) => Object.assign(info, { at: now() }))(),
		transports: [
			new transports.Console({ format: readable, stderrLevels: ['error', 'warn', 'info', 'debug'] }),
			new transports.File({ filename: file, format: format.json(), ...fileLimits }),
		],
	});
	let isClosed = false;
	const say =
		(severity: LogOptions['level']) =>
		(event: LogEvent, fields: LogFields = {}) => {
			// What was under way when the agent stopped may still have something to say: nobody can hear it any more.
			if (isClosed) return;
			// The types above hold only while the program is compiled; a value from outside can stand where they say it cannot.
			const line = safeLine(event, fields);
			logger.log(severity, line.event, line.fields);
		};
	return {
		error: say('error'),
		warn: say('warn'),
		info: say('info'),
		debug: say('debug'),
		close: () =>
			new Promise((resolve) => {
				isClosed = true;
				logger.once('finish', resolve);
				logger.end();
			}),
	};
}
