/**
 * Who may knock at all, before anything else is looked at: only calls addressed to this machine by a loopback name, so
 * that a rebound host name reaches nothing, and only from pages the shop has listed.
 */
import { loopbackNames } from '../core/loopback-names.ts';

export type GuardVerdict = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** `host` and `origin` are the headers as they came; `port` is the one this door really listens on. */
export function guard(host: string | undefined, origin: string | undefined, port: number, allowedOrigins: readonly string[]): GuardVerdict {
	if (host === undefined || !loopbackNames.some((name) => host.toLowerCase() === `${name}:${port}`)) {
		return { ok: false, message: `The Host header must be ${loopbackNames.map((name) => `${name}:${port}`).join(' or ')}.` };
	}
	if (origin !== undefined && !allowedOrigins.includes(origin)) {
		return { ok: false, message: 'This origin is not in local.allowedOrigins.' };
	}
	return { ok: true };
}
