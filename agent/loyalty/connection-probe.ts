/** A bare connection, TCP and where needed TLS, without a word of the API: is the way free? */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LinkTrouble } from '../core/link-trouble.ts';
import type { Destination } from './destination.ts';
import { type Reached, troubleOf } from './trouble.ts';
import { openTunnel, type ProxyAddress, type TunnelLimits } from './tunnel.ts';

/** Undefined when the connection could be made, through the proxy where one is given; it is closed at once. Never rejects. */
export function probeConnection(destination: Destination, proxy: ProxyAddress | undefined, limits: TunnelLimits): Promise<LinkTrouble | undefined> {
	if (proxy === undefined) return probeStraight(destination, limits.timeoutMs);
	return openTunnel(proxy, destination, limits).then(
		(socket) => {
			socket.on('error', () => undefined).destroy();
			return undefined;
		},
		(error: NodeJS.ErrnoException) => troubleOf(error.code, 'connected'),
	);
}

function probeStraight({ host, port, isSecure, tls }: Destination, timeoutMs: number): Promise<LinkTrouble | undefined> {
	return new Promise((resolve) => {
		const socket = isSecure ? connectTls({ ...tls, host, port, servername: host }) : connectTcp({ host, port });
		let reached: Reached = 'nothing';
		const end = (trouble: LinkTrouble | undefined) => {
			socket.destroy();
			resolve(trouble);
		};
		socket.setTimeout(timeoutMs, () => end('connect-timeout'));
		socket.once('connect', () => {
			reached = 'connected';
		});
		socket.once(isSecure ? 'secureConnect' : 'connect', () => end(undefined));
		socket.on('error', (error: NodeJS.ErrnoException) => end(troubleOf(error.code, reached)));
		socket.once('close', () => end(troubleOf(undefined, reached)));
	});
}
