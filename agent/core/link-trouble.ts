/**
 * Why the line to the Loyalty API does not work, in words a store manager understands. Each reason belongs to one link
 * state: `offline` (nobody reached), `failing` (reached, but no use), `misconfigured` (a person has to change something).
 */
interface TroubleEntry {
	readonly state: 'offline' | 'failing' | 'misconfigured';
	readonly sentence: string;
}

export const troubleCatalogue = {
	'name-lookup': { state: 'offline', sentence: 'No internet connection: the name of the loyalty service cannot be looked up.' },
	'no-route': { state: 'offline', sentence: 'No internet connection.' },
	'connection-refused': { state: 'offline', sentence: 'The loyalty service does not accept connections at the moment.' },
	'connection-cut': { state: 'offline', sentence: 'The connection to the loyalty service is cut before it is ready.' },
	'connect-timeout': { state: 'offline', sentence: 'The loyalty service cannot be reached within the time limit.' },
	'tls-cut': { state: 'offline', sentence: 'The secure connection to the loyalty service is cut while it is set up.' },
	timeout: { state: 'failing', sentence: 'The loyalty service is reached, but does not answer in time.' },
	reset: { state: 'failing', sentence: 'The loyalty service is reached, but drops the connection before it answers.' },
	'server-error': { state: 'failing', sentence: 'The loyalty service is reached, but reports a fault of its own.' },
	'rate-limited': { state: 'failing', sentence: 'The loyalty service asks for a slower pace.' },
	'unreadable-answer': { state: 'failing', sentence: 'The loyalty service is reached, but its answer cannot be read.' },
	'captive-portal': { state: 'misconfigured', sentence: 'A web page answers in place of the loyalty service: perhaps the network wants a log-in.' },
	'tried-again': { state: 'failing', sentence: 'A person asked to try again; the loyalty service has not answered yet.' },
	certificate: { state: 'misconfigured', sentence: 'The certificate of the loyalty service is not trusted: call support before anyone changes it.' },
	'tls-version': { state: 'misconfigured', sentence: 'No common security version with the loyalty service: something sits in between.' },
	'key-refused': { state: 'misconfigured', sentence: 'The loyalty service does not accept our key: call support.' },
	'proxy-refused': { state: 'misconfigured', sentence: 'The proxy of the shop network asks for a password.' },
	'wrong-address': { state: 'misconfigured', sentence: 'The address of the loyalty service is wrong: nothing of it is found there.' },
	'agent-stopped': { state: 'failing', sentence: 'The agent was stopped while it waited for the answer.' },
} as const satisfies Record<string, TroubleEntry>;

export type LinkTrouble = keyof typeof troubleCatalogue;
