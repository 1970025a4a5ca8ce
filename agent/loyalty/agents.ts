/** Pools of connections to the Loyalty API, straight or through the proxy. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import type { Destination } from './destination.ts';
import { openTunnel, type ProxyAddress, type TunnelLimits } from './tunnel.ts';

export interface Agents {
	readonly http: HttpAgent;
	readonly https: HttpsAgent;
}

/** `proxy`: undefined for the straight way. `limits`: of one connection through it. */
export function agentsFor(destination: Destination, proxy: ProxyAddress | undefined, limits: TunnelLimits, options: AgentOptions): Agents {
	const secure = { ...options, ...destination.tls };
	return { http: new HttpAgent(options), https: proxy === undefined ? new HttpsAgent(secure) : new TunnelAgent(secure, destination, proxy, limits) };
}

/** Requests get their connection only when the tunnel and TLS in it are up. */
class TunnelAgent extends HttpsAgent {
	readonly #open: () => ReturnType<typeof openTunnel>;
	readonly #closing = new AbortController();

	constructor(options: AgentOptions, destination: Destination, proxy: ProxyAddress, limits: TunnelLimits) {
		super(options);
		this.#open = () => openTunnel(proxy, destination, { ...limits, signal: this.#closing.signal });
	}

	override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): undefined {
		this.#open().then(
			(socket) => callback?.(null, socket),
			// The stream beside an error is not looked at.
			(error: Error) => callback?.(error, new Duplex()),
		);
	}

	override destroy(): void {
		this.#closing.abort();
		super.destroy();
	}
}
