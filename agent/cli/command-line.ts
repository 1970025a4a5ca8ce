/** The command line, read into one command. */
import { parseArgs } from 'node:util';
import { type Role, roles } from '../../shared/local-api.ts';
import { ExitError } from '../core/exit.ts';
import { parseInstant } from '../core/instant.ts';
import { type ExportWish, exportFormats } from './ledger-export.ts';

export type Command =
	| { readonly name: 'start'; readonly config: string | undefined; readonly dataDir: string | undefined }
	| { readonly name: 'sandbox'; readonly port: number }
	| { readonly name: 'token create'; readonly dataDir: string | undefined; readonly tokenName: string; readonly role: Role }
	| { readonly name: 'token list'; readonly dataDir: string | undefined }
	| { readonly name: 'token revoke'; readonly dataDir: string | undefined; readonly tokenName: string }
	| { readonly name: 'secret set' | 'secret remove'; readonly config: string | undefined; readonly dataDir: string | undefined }
	| { readonly name: 'ledger verify'; readonly dataDir: string | undefined }
	| { readonly name: 'ledger export'; readonly dataDir: string | undefined; readonly wish: ExportWish }
	| { readonly name: 'help' }
	| { readonly name: 'version' };

export const help = `lanekeeper — keeps the shop's loyalty calls safe while the line is away

Usage:
  lanekeeper start [--config FILE] [--data-dir DIR]     run the agent in the foreground
  lanekeeper sandbox [--port PORT]                      run a Loyalty API to try against (default 7399)
  lanekeeper token create NAME [--role ROLE]            make a token; it is printed once (roles: ${roles.join(', ')})
  lanekeeper token list                                 names and roles of all tokens
  lanekeeper token revoke NAME                          the token is refused from now on
  lanekeeper secret set api-key                         keep the API key; it is read from standard input
  lanekeeper secret remove api-key                      forget it
  lanekeeper ledger verify                              is the record of all changes whole? exit code 1 if not
  lanekeeper ledger export [--format csv|json] [--from TIME] [--to TIME]
                                                        the record as a file, to standard output (default csv)
  lanekeeper version
  lanekeeper help

token, secret and ledger take --data-dir, too. Without it, LANEKEEPER_DATA_DIR counts, then the usual place for this system.
Without an API key, stored or in LANEKEEPER_API_KEY, a new data directory becomes a sandbox: nothing leaves this machine.

TIME is a date (2026-11-24, from midnight UTC) or has an offset (2026-11-24T09:00:00+01:00). --to itself is not included.

Exit codes: 0 ended as asked · 1 the ledger is not whole · 64 wrong command line · 65 database unusable · 69 port taken · 70 mistake of the program
            73 data directory unusable · 75 another agent holds the directory · 78 configuration, key or mode forbids the start
`;

const options = {
	config: { type: 'string' },
	'data-dir': { type: 'string' },
	port: { type: 'string' },
	role: { type: 'string' },
	format: { type: 'string' },
	from: { type: 'string' },
	to: { type: 'string' },
	help: { type: 'boolean', short: 'h' },
	version: { type: 'boolean', short: 'v' },
} as const;

/** Options each command takes; any other is a mistake worth saying. */
const taken: Readonly<Record<string, readonly string[]>> = {
	start: ['config', 'data-dir'],
	sandbox: ['port'],
	token: ['data-dir', 'role'],
	secret: ['config', 'data-dir'],
	ledger: ['data-dir', 'format', 'from', 'to'],
	help: [],
	version: [],
};

type Values = ReturnType<typeof parse>['values'];

/** `words` are the arguments behind the program's name. Throws ExitError. */
export function readCommandLine(words: readonly string[]): Command {
	const { values, positionals } = parse(words);
	const [name = 'help', ...rest] = positionals;
	if (values.help === true) return { name: 'help' };
	if (values.version === true) return { name: 'version' };
	const allowed = Object.hasOwn(taken, name) ? taken[name] : undefined;
	if (allowed === undefined) throw wrong(`There is no command "${name}".`);
	const stranger = Object.keys(values).find((option) => !allowed.includes(option));
	if (stranger !== undefined) throw wrong(`"${name}" takes no --${stranger}.`);
	if (name === 'secret') return readSecret(rest, values.config, values['data-dir']);
	if (name === 'token') return readToken(rest, values['data-dir'], values.role);
	if (name === 'ledger') return readLedger(rest, values);
	if (rest.length > 0) throw wrong(`"${name}" takes no "${rest[0] ?? ''}".`);
	if (name === 'start') return { name, config: values.config, dataDir: values['data-dir'] };
	if (name === 'sandbox') return { name, port: readPort(values.port ?? '7399') };
	return name === 'version' ? { name } : { name: 'help' };
}

function parse(words: readonly string[]) {
	try {
		return parseArgs({ args: [...words], options, allowPositionals: true });
	} catch (error) {
		// Only its first sentence: the rest is about an option that is none of ours.
		throw wrong(error instanceof Error ? `${error.message.split('. To specify', 1).join()}.` : 'The command line cannot be read.');
	}
}

function readToken([action, tokenName, ...rest]: readonly string[], dataDir: string | undefined, role: string | undefined): Command {
	if (rest.length > 0) throw wrong(`"token" takes no "${rest[0] ?? ''}".`);
	if (role !== undefined && action !== 'create') throw wrong('Only "token create" takes --role.');
	if (action === 'list' && tokenName === undefined) return { name: 'token list', dataDir };
	if (tokenName === undefined || tokenName.trim() === '') throw wrong('Say "token create NAME", "token list" or "token revoke NAME".');
	if (action === 'revoke') return { name: 'token revoke', dataDir, tokenName };
	if (action !== 'create') throw wrong(`There is no "token ${action ?? ''}".`);
	const wanted = role ?? 'register';
	const known = roles.find((candidate) => candidate === wanted);
	if (known === undefined) throw wrong(`There is no role "${wanted}"; roles are ${roles.join(', ')}.`);
	return { name: 'token create', dataDir, tokenName, role: known };
}

/** A key on the command line could be read by everybody on this machine: it comes on standard input only. */
function readSecret([action, secret, ...rest]: readonly string[], config: string | undefined, dataDir: string | undefined): Command {
	if (rest.length > 0) throw wrong('The secret itself is read from standard input, never from the command line.');
	if ((action !== 'set' && action !== 'remove') || secret !== 'api-key') throw wrong('Say "secret set api-key" or "secret remove api-key".');
	return { name: `secret ${action}`, config, dataDir };
}

function readLedger([action, ...rest]: readonly string[], values: Values): Command {
	if (rest.length > 0) throw wrong(`"ledger" takes no "${rest[0] ?? ''}".`);
	const { format = 'csv', from, to, 'data-dir': dataDir } = values;
	if (action === 'verify') {
		if (values.format !== undefined || from !== undefined || to !== undefined) throw wrong('Only "ledger export" takes --format, --from and --to.');
		return { name: 'ledger verify', dataDir };
	}
	if (action !== 'export') throw wrong('Say "ledger verify" or "ledger export".');
	const known = exportFormats.find((candidate) => candidate === format);
	if (known === undefined) throw wrong(`There is no format "${format}"; formats are ${exportFormats.join(', ')}.`);
	return { name: 'ledger export', dataDir, wish: { format: known, from: readTime(from), to: readTime(to) } };
}

const timeForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Only what means one moment: without an offset it would hang on this machine's time zone. */
function readTime(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const time = timeForm.test(text) ? parseInstant(text) : undefined;
	if (time === undefined) throw wrong(`"${text}" is no time; write 2026-11-24 or 2026-11-24T09:00:00+01:00.`);
	return time;
}

function readPort(text: string): number {
	const port = Number(text);
	if (!/^\d{1,5}$/.test(text) || port > 65_535) throw wrong(`"${text}" is no port; allowed is 0 to 65535.`);
	return port;
}

function wrong(message: string): ExitError {
	return new ExitError('usage', `${message} See "lanekeeper help".`);
}
