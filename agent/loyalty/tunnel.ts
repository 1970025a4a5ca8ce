/**
 * A tunnel through the HTTP proxy of the shop network (CONNECT, RFC 9110, 9.3.6) with TLS inside. It is handed out only
 * when both are up: no byte of a request can leave before, so whatever fails here was certainly not sent.
 *
 * Node's own `proxyEnv` is not used: it leaves the connection to a silent proxy open for ever, and does not tell a proxy
 * that is not there from one that does not answer.
 */
import { type IncomingMessage, request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import type { Destination } from './destination.ts';

export interface ProxyAddress {
	readonly host: string;
	readonly port: number;
	/** Value of the Proxy-Authorization header, where the proxy wants one. Secret. */
	readonly authorization: string | undefined;
}

/** How far a tunnel came. Its errors carry codes that `troubleOf` knows, and never a word of the proxy's password. */
type Stage = 'reaching the proxy' | 'asking the proxy' | 'securing';

export class TunnelError extends Error {
	override name = 'TunnelError';
	readonly code: string;

	constructor(code: string) {
		super(`no tunnel through the proxy: ${code}`);
		this.code = code;
	}
}

export interface TunnelLimits {
	readonly clock: Clock;
	/** For the whole of it, milliseconds. */
	readonly timeoutMs: number;
	/** Called off: nobody waits for it any more. */
	readonly signal?: AbortSignal;
}

/** Rejects with a TunnelError, or with the error of TLS. */
export function openTunnel(proxy: ProxyAddress, { host, port, tls }: Destination, { clock, timeoutMs, signal }: TunnelLimits): Promise<TLSSocket> {
	return new Promise((resolve, reject) => {
		let stage: Stage = 'reaching the proxy';
		let secure: TLSSocket | undefined;
		const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
		const headers = { host: authority, ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }) };
		const asking = request({ method: 'CONNECT', host: proxy.host, port: proxy.port, path: authority, headers, agent: false });

		const callOff = clock.after(timeoutMs, () => fail(new TunnelError(timeoutCodes[stage])));
		const end = () => {
			callOff();
			signal?.removeEventListener('abort', giveUp);
		};
		const fail = (error: Error) => {
			end();
			secure?.destroy();
			asking.destroy();
			reject(error);
		};
		const giveUp = () => fail(new TunnelError('ECONNABORTED'));
		const ended = (error?: NodeJS.ErrnoException) => fail(reasonOf(stage, error));
		if (signal?.aborted === true) giveUp();
		signal?.addEventListener('abort', giveUp);

		asking.once('socket', (socket) => {
			socket.once('connect', () => {
				stage = 'asking the proxy';
			});
		});
		asking.on('error', ended);
		asking.once('connect', (answer: IncomingMessage, socket: Socket, early: Buffer) => {
			if (answer.statusCode === undefined || answer.statusCode < 200 || answer.statusCode > 299) {
				socket.destroy();
				fail(new TunnelError(refusalCode(answer.statusCode)));
				return;
			}
			stage = 'securing';
			if (early.length > 0) socket.unshift(early);
			secure = connectTls({ ...tls, socket, host, servername: isIP(host) === 0 ? host : '', ALPNProtocols: ['http/1.1'] });
			const ready = secure;
			ready.on('error', ended);
			ready.once('close', ended);
			ready.once('secureConnect', () => {
				end();
				ready.removeListener('error', ended);
				ready.removeListener('close', ended);
				resolve(ready);
			});
		});
		asking.end();
	});
}

const timeoutCodes: Readonly<Record<Stage, string>> = {
	'reaching the proxy': 'PROXY_UNREACHABLE',
	'asking the proxy': 'PROXY_FAILED',
	securing: 'ETIMEDOUT',
};

function reasonOf(stage: Stage, error: NodeJS.ErrnoException | undefined): Error {
	if (stage === 'reaching the proxy') return new TunnelError('PROXY_UNREACHABLE');
	if (stage === 'asking the proxy') return new TunnelError('PROXY_FAILED');
	return error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE' ? new TunnelError('TLS_CUT') : error;
}

function refusalCode(status: number | undefined): string {
	if (status === 407) return 'PROXY_REFUSED';
	return status === 403 ? 'PROXY_FORBIDDEN' : 'PROXY_FAILED';
}
