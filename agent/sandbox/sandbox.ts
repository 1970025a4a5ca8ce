/**
 * A Loyalty API to try against: members, points, gifts, deals, and faults on demand. It ships with the product, keeps
 * everything in memory and can be reached from this machine only.
 */
import { createServer, type Server } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { createDelays } from './delays.ts';
import { createRequestHandler } from './request-handler.ts';

export interface SandboxOptions {
	/** TCP port on 127.0.0.1; 0 takes any free one. */
	readonly port: number;
	readonly clock: Clock;
}

export interface Sandbox {
	/** The port really used. */
	readonly port: number;
	/** Base URL for a client, with its trailing slash: `http://127.0.0.1:PORT/v1/`. */
	readonly baseUrl: string;
	/** Ends every connection at once, requests under way included. May be called again. */
	close(): Promise<void>;
}

/** A connection that idles shorter than this is not closed under a client that is about to use it again. */
const keepAliveMs = 65_000;

/** Resolves once requests are taken. Rejects with the untouched error of `listen` (EADDRINUSE) when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
	const delays = createDelays(options.clock);
	const handle = createRequestHandler(options.clock, delays);
	const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
		handle(request, response).catch((error: unknown) => {
			// A caller who went away in the middle of a request is no mistake of ours; anything else is, and must show.
			if (!request.socket.destroyed) throw error;
		});
	});
	const port = await listen(server, options.port);
	let closing: Promise<void> | undefined;
	return {
		port,
		baseUrl: `http://127.0.0.1:${port}/v1/`,
		close() {
			closing ??= stop(server);
			delays.callOff();
			return closing;
		},
	};
}

function listen(server: Server, wanted: number): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(wanted, '127.0.0.1', () => {
			server.off('error', reject);
			const address = server.address();
			if (typeof address === 'object' && address !== null) resolve(address.port);
			else reject(new Error('a TCP server has a port'));
		});
	});
}

function stop(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
