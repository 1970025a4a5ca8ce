/** A bare connection, TCP and where needed TLS, without a word of the API: is the way free? */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LinkTrouble } from '../core/link-trouble.ts';
import { troubleOf } from './trouble.ts';

/** Undefined when the connection could be made; it is closed at once. Never rejects. */
export function probeConnection(baseUrl: string, timeoutMs: number): Promise<LinkTrouble | undefined> {
	const url = new URL(baseUrl);
	const secure = url.protocol === 'https:';
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
	return new Promise((resolve) => {
		const socket = secure ? connectTls({ host, port, servername: host, minVersion: 'TLSv1.2', rejectUnauthorized: true }) : connectTcp({ host, port });
		const end = (trouble: LinkTrouble | undefined) => {
			socket.destroy();
			resolve(trouble);
		};
		socket.setTimeout(timeoutMs, () => end('connect-timeout'));
		socket.once(secure ? 'secureConnect' : 'connect', () => end(undefined));
		socket.on('error', (error: NodeJS.ErrnoException) => end(troubleOf(error.code, false)));
		socket.once('close', () => end('connection-cut'));
	});
}
