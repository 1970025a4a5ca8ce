/** What a person reads when the agent is ready: where it is, and what to try. */

export interface WelcomeFacts {
	readonly version: string;
	readonly isSandbox: boolean;
	readonly host: string;
	readonly httpPort: number;
	readonly directory: string;
}

export function welcome({ version, isSandbox, host, httpPort, directory }: WelcomeFacts): string {
	const base = `http://127.0.0.1:${httpPort}`;
	const target = isSandbox ? 'SANDBOX — its own loyalty service, nothing leaves this machine' : `live, sends to ${host}`;
	return `
Lanekeeper ${version} is ready (${target}).

  registers call   ${base}/v1/…
  data directory   ${directory}
  tokens           register.token and manager.token, in there

${isSandbox ? trial(base, directory) : ''}See how things stand:

  curl -sS ${base}/agent/v1/status -H "x-api-key: $(cat '${directory}/manager.token')"

Ctrl+C ends it; what waits is kept.
`;
}

/** Only for the sandbox: a made-up sale must not reach a real loyalty service. */
function trial(base: string, directory: string): string {
	return `Try it in another terminal: ring up a sale (the same line again shows that nothing is counted twice).

  curl -sS ${base}/v1/transaction -H "Content-Type: application/json" -H "x-api-key: $(cat '${directory}/register.token')" -d '{"transaction":{"transactionId":"try-1","totalAmount":1250}}'

`;
}
