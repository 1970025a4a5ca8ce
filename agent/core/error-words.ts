/**
 * What may be said of an error. Its message never is: it can quote what it is about (that of `JSON.parse` quotes the
 * text it could not read), and its stack repeats it. An error of ours that has something safe to say says it as a `code`.
 */

const mostFrames = 8;

/** Folders that a path is shortened to: what stands before them is this machine's, and can hold a user's name. */
const root = 'agent|shared|bin|node_modules';
const name = '(?:[A-Z][A-Za-z]{0,40})?(?:Error|Exception)';
/** An upper-case word, such as `ENOSPC` or `SQLITE_FULL`; a number has no place in it. */
const code = '(?![A-Z0-9_]*[0-9]{4})[A-Z][A-Z0-9_]{1,59}';
const file = `(?:node:[a-z/_-]{1,60}|(?:${root})(?:/(?!\\S*?[0-9]{5})[\\w@.+-]{1,60}){1,12}\\.[cm]?[jt]s)`;
const line = '[0-9]{1,6}';

const nameForm = new RegExp(`^${name}$`);
const codeForm = new RegExp(`^${code}$`);
const fileForm = new RegExp(`^${file}$`);

/** The form of all that `errorWords` answers. */
export const errorWordsForm = new RegExp(`^(?:unknown|${name}(?: ${code})?(?: at ${file}:${line}){0,${mostFrames}})$`);

/** An error of another thread, of which only its words came across. */
export class ToldError extends Error {
	override name = 'ToldError';
	readonly words: string;

	/** `words`: as `errorWords` gave them there. */
	constructor(words: string) {
		super(words);
		this.words = errorWordsForm.test(words) ? words : 'unknown';
	}
}

/**
 * Name, code and up to 8 places of the stack: `SqliteError SQLITE_IOERR at agent/outbox/journal.ts:81 at …`. Never the
 * message, never a path of this machine. Anything that is not an error is `unknown`.
 */
export function errorWords(error: unknown): string {
	if (error instanceof ToldError) return error.words;
	if (!(error instanceof Error)) return 'unknown';
	const ownName = nameForm.test(error.name) ? error.name : 'Error';
	const ownCode = 'code' in error && typeof error.code === 'string' && codeForm.test(error.code) ? ` ${error.code}` : '';
	return `${ownName}${ownCode}${places(error)
		.map((place) => ` at ${place}`)
		.join('')}`;
}

/** Where a stack begins: the name as it was when the error was made, and what Node.js adds to its own. */
const headForm = /^[\w$]*(?: \[[A-Z0-9_]+\])?(?:: )?/;

/** None unless the message is found where it belongs: it can have lines that look like places. */
function places({ stack, message }: Error): string[] {
	if (typeof stack !== 'string') return [];
	const head = headForm.exec(stack)?.[0] ?? '';
	const rest = stack.slice(head.length);
	if (!rest.startsWith(`${message}\n    at `)) return [];
	return rest
		.slice(message.length + 1)
		.split('\n')
		.flatMap((frame) => placeOf(frame) ?? [])
		.slice(0, mostFrames);
}

function placeOf(frame: string): string | undefined {
	const [, path, lineNumber] = /([^()]*):([0-9]{1,6}):[0-9]+\)?$/.exec(frame) ?? [];
	if (path === undefined || lineNumber === undefined) return undefined;
	const short = shortened(path.replaceAll('\\', '/'));
	return short !== undefined && fileForm.test(short) ? `${short}:${lineNumber}` : undefined;
}

function shortened(path: string): string | undefined {
	return /node:\S+$/.exec(path)?.[0] ?? /^.*\/(node_modules\/.+)$/.exec(path)?.[1] ?? /^.*\/((?:agent|shared|bin)\/.+)$/.exec(path)?.[1];
}
