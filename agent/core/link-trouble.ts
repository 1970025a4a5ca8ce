/**
 * Why the line to the Loyalty API does not work, in words a store manager understands. Each reason belongs to one link
 * state: `offline` (nobody reached), `failing` (reached, but no use), `misconfigured` (a person has to change something).
 * The sentence says what is so, the advice what to do about it. docs/errors.md has the same list.
 */
interface TroubleEntry {
	readonly state: 'offline' | 'failing' | 'misconfigured';
	readonly sentence: string;
	readonly advice: string;
}

export const troubleCatalogue = {
	'name-lookup': {
		state: 'offline',
		sentence: 'No internet connection: the name of the loyalty service cannot be looked up.',
		advice: 'Check the internet connection and the router of the shop.',
	},
	'no-route': { state: 'offline', sentence: 'No internet connection.', advice: 'Check the network cable, the router and the internet provider.' },
	'connection-refused': {
		state: 'offline',
		sentence: 'The loyalty service does not accept connections at the moment.',
		advice: 'Wait; if it stays so, have a technician check the firewall and the address of the loyalty service.',
	},
	'connection-cut': {
		state: 'offline',
		sentence: 'The connection to the loyalty service is cut before it is ready.',
		advice: 'Wait; if it stays so, have a technician check the firewall.',
	},
	'connect-timeout': {
		state: 'offline',
		sentence: 'The loyalty service cannot be reached within the time limit.',
		advice: 'Check the internet connection; if others work, have a technician check the firewall.',
	},
	'tls-cut': {
		state: 'offline',
		sentence: 'The secure connection to the loyalty service is cut while it is set up.',
		advice: 'Wait; if it stays so, have a technician check firewalls and virus scanners.',
	},
	'proxy-unreachable': {
		state: 'offline',
		sentence: 'The proxy of the shop network cannot be reached.',
		advice: 'Check the network cable, then whether the proxy runs and is still at the configured address.',
	},
	'proxy-failed': {
		state: 'offline',
		sentence: 'The proxy of the shop network does not connect us to the loyalty service.',
		advice: 'Wait; if it stays so, tell the people who run the proxy.',
	},
	timeout: {
		state: 'failing',
		sentence: 'The loyalty service is reached, but does not answer in time.',
		advice: 'Wait; if it stays so, tell the loyalty provider.',
	},
	reset: {
		state: 'failing',
		sentence: 'The loyalty service is reached, but drops the connection before it answers.',
		advice: 'Wait; if it stays so, tell the loyalty provider.',
	},
	'server-error': {
		state: 'failing',
		sentence: 'The loyalty service is reached, but reports a fault of its own.',
		advice: 'Wait; if it stays so, tell the loyalty provider.',
	},
	'rate-limited': { state: 'failing', sentence: 'The loyalty service asks for a slower pace.', advice: 'Wait: sending goes on by itself.' },
	'unreadable-answer': {
		state: 'failing',
		sentence: 'The loyalty service is reached, but its answer cannot be read.',
		advice: 'Wait; if it stays so, have a technician check the address of the loyalty service.',
	},
	'tried-again': {
		state: 'failing',
		sentence: 'A person asked to try again; the loyalty service has not answered yet.',
		advice: 'Make a call that needs the loyalty service, or wait for the next one.',
	},
	'agent-stopped': {
		state: 'failing',
		sentence: 'The agent was stopped while it waited for the answer.',
		advice: 'Do nothing: the next start goes on with it.',
	},
	'captive-portal': {
		state: 'misconfigured',
		sentence: 'A web page answers in place of the loyalty service: perhaps the network wants a log-in.',
		advice: 'Open a browser on this terminal and log in to the network, or use another network.',
	},
	certificate: {
		state: 'misconfigured',
		sentence: 'The certificate of the loyalty service is not trusted: call support before anyone changes it.',
		advice: 'Look for a log-in page of the network or a device that inspects traffic; its certificate belongs in loyalty.caFile only if support agrees.',
	},
	'certificate-date': {
		state: 'misconfigured',
		sentence: 'The certificate of the loyalty service is not valid today: the date of this terminal may be wrong.',
		advice: 'Check the date and time of this terminal; if they are right, call support.',
	},
	'tls-version': {
		state: 'misconfigured',
		sentence: 'No common security version with the loyalty service: something sits in between.',
		advice: 'Have a technician look at proxies and virus scanners, then call support.',
	},
	'key-refused': {
		state: 'misconfigured',
		sentence: 'The loyalty service does not accept our key: call support.',
		advice: 'Have a technician check the key; a new one needs a restart of the agent.',
	},
	'proxy-refused': {
		state: 'misconfigured',
		sentence: 'The proxy of the shop network asks for a password.',
		advice: 'Have a technician put the right user name and password into loyalty.proxy.',
	},
	'proxy-forbidden': {
		state: 'misconfigured',
		sentence: 'The proxy of the shop network does not let us through.',
		advice: 'Ask the people who run the proxy to let this terminal reach the loyalty service.',
	},
	'wrong-address': {
		state: 'misconfigured',
		sentence: 'The address of the loyalty service is wrong: nothing of it is found there.',
		advice: 'Have a technician correct loyalty.baseUrl and start the agent again.',
	},
} as const satisfies Record<string, TroubleEntry>;

export type LinkTrouble = keyof typeof troubleCatalogue;
