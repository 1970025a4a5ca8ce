import { ExitError } from '../core/exit.ts';

/** The key of the Loyalty API, empty where the environment has none. Throws ExitError for one that no request could carry. */
export function readApiKey(environment: Readonly<Record<string, string | undefined>>): string {
	return checkApiKey(environment['LANEKEEPER_API_KEY'] ?? '', 'LANEKEEPER_API_KEY');
}

/** Without blanks around it. Throws ExitError, which names `source` and never repeats the key. */
export function checkApiKey(text: string, source: string): string {
	const key = text.trim();
	if (/^[!-~]*$/.test(key)) return key;
	throw new ExitError('configuration', `${source} holds characters that no key has (blanks, line breaks or letters beyond ASCII). Copy it again.`);
}
