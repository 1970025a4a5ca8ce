import { ExitError } from '../core/exit.ts';

/** The key of the Loyalty API, empty where there is none. Throws ExitError for one that no request could carry; it is never repeated. */
export function readApiKey(environment: Readonly<Record<string, string | undefined>>): string {
	const key = (environment['LANEKEEPER_API_KEY'] ?? '').trim();
	if (/^[!-~]*$/.test(key)) return key;
	throw new ExitError('configuration', 'LANEKEEPER_API_KEY holds characters that no key has (blanks, line breaks or letters beyond ASCII). Copy it again.');
}
