/** The suite's command line, read into what to do. */
import { parseArgs } from 'node:util';
import { loopbackNames } from '../../agent/core/loopback-names.ts';
import type { MemberData } from './host/asker.ts';

export const help = `npm run conformance — does the agent keep its word in front of this Loyalty API?

Usage:
  npm run conformance                              the full matrix, against sandboxes that it starts itself
  npm run conformance -- --base-url URL [options]  at this address: the full matrix if it is a sandbox,
                                                   otherwise each call once directly and once through the agent

Options:
  --base-url URL   such as https://dev-host/v1/; plain http only to this machine
  --phone NUMBER   phone of a test member of yours; without it and --email, members are made up
  --email ADDRESS  e-mail of that member
  --branch ID      sent as x-branch-id (BR001)
  --pos ID         sent as x-pos-id (POS001)
  --yes            you know that test members and sales are written there; needed for any other machine
  --help

The API key is read from the environment variable LANEKEEPER_API_KEY. A sandbox takes any, and needs none given.
Test members and test sales stay at the host. Key, phone and e-mail are never printed.

Exit codes: 0 all as expected · 1 something is not, or the host does not answer · 2 wrong command line
`;

/** The base URL, with its slash at the end, and all that belongs to it. */
export interface Target {
	readonly baseUrl: string;
	readonly key: string | undefined;
	readonly member: MemberData | undefined;
	readonly branchId: string;
	readonly posId: string;
}

export type Command =
	| { readonly kind: 'help' }
	| { readonly kind: 'own' }
	| { readonly kind: 'at'; readonly target: Target }
	| { readonly kind: 'wrong'; readonly message: string };

const options = {
	'base-url': { type: 'string' },
	phone: { type: 'string' },
	email: { type: 'string' },
	branch: { type: 'string' },
	pos: { type: 'string' },
	yes: { type: 'boolean' },
	help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

export function readOptions(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): Command {
	const values = parse(words);
	if (typeof values === 'string') return { kind: 'wrong', message: values };
	if (values.help === true) return { kind: 'help' };
	const { 'base-url': address, ...others } = values;
	const [stray] = Object.keys(others);
	if (address === undefined) return stray === undefined ? { kind: 'own' } : { kind: 'wrong', message: `--${stray} needs --base-url.` };
	const empty = Object.entries(values).find(([, value]) => typeof value === 'string' && value.trim() === '');
	if (empty !== undefined) return { kind: 'wrong', message: `--${empty[0]} is empty.` };
	return at(address, values, environment['LANEKEEPER_API_KEY']);
}

function at(address: string, { phone, email, branch = 'BR001', pos = 'POS001', yes = false }: Values, key: string | undefined): Command {
	const url = URL.parse(address);
	if (url === null) return { kind: 'wrong', message: '--base-url is no address; one looks like https://host/v1/.' };
	if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
		return { kind: 'wrong', message: '--base-url has a user name, a password, a query or a fragment; the key belongs in LANEKEEPER_API_KEY.' };
	}
	const isHere = loopbackNames.includes(url.hostname);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) {
		return { kind: 'wrong', message: '--base-url must begin with https:, or with http: and the name of this machine.' };
	}
	if (!(isHere || yes)) {
		return { kind: 'wrong', message: `This writes test members and test sales to ${url.host}. Add --yes if that is a host for tests.` };
	}
	const member =
		phone === undefined && email === undefined
			? undefined
			: { ...(phone === undefined ? {} : { phoneNumber: phone }), ...(email === undefined ? {} : { email }) };
	const baseUrl = `${url.origin}${url.pathname.replace(/\/*$/, '/')}`;
	return { kind: 'at', target: { baseUrl, key: key === '' ? undefined : key, member, branchId: branch, posId: pos } };
}

function parse(words: readonly string[]): Values | string {
	try {
		return parseArgs({ args: [...words], options, allowPositionals: false }).values;
	} catch (error) {
		// Its own words would repeat what may be a phone number.
		if (Reflect.get(Object(error), 'code') === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return 'There is a value without its option.';
		return error instanceof Error ? `${error.message}.` : 'The command line cannot be read.';
	}
}
