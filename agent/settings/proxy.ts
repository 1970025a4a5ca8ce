/** The proxy of the shop network. Its setting may hold a password: no message repeats any part of it. */
import { ExitError } from '../core/exit.ts';

export interface ProxySetting {
	readonly host: string;
	readonly port: number;
	/** Value of the Proxy-Authorization header (Basic, RFC 7617), where user name and password are given. Secret. */
	readonly authorization: string | undefined;
}

export type ProxyReading = { readonly ok: true; readonly proxy: ProxySetting | undefined } | { readonly ok: false; readonly problem: string };

const allowed =
	'allowed is http://host:port, http://user:password@host:port with special characters percent-encoded, or an empty text for none; the value is not repeated here';

/** `text` is the setting loyalty.proxy; an empty one means none. */
export function readProxy(text: string): ProxyReading {
	if (text === '') return { ok: true, proxy: undefined };
	const url = URL.parse(text);
	if (url !== null && url.protocol !== 'http:') return { ok: false, problem: `is not an HTTP proxy; ${allowed}` };
	// The port is looked for in the text: a URL forgets one that is usual.
	const port = /^http:\/\/[^/?#\s]+:(\d+)\/?$/i.exec(text)?.[1];
	const user = decoded(url?.username ?? '');
	const password = decoded(url?.password ?? '');
	// A colon would end the user name (RFC 7617, 2).
	if (url === null || port === undefined || Number(port) === 0 || user === undefined || password === undefined || user.includes(':')) {
		return { ok: false, problem: `is not the address of a proxy; ${allowed}` };
	}
	const authorization = user === '' && password === '' ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
	return { ok: true, proxy: { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(port), authorization } };
}

/** As `readProxy`, of a setting that was checked before. Throws ExitError where it was not. */
export function proxyOf(text: string): ProxySetting | undefined {
	const reading = readProxy(text);
	if (!reading.ok) throw new ExitError('configuration', `loyalty.proxy ${reading.problem}.`);
	return reading.proxy;
}

/** Undefined for a text with a `%` that stands for nothing. */
function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		// The caller says what is allowed; the error would repeat the text.
		return undefined;
	}
}
