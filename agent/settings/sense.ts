/** What a schema cannot say: addresses and time zones that must make sense. */
import type { Settings } from '../../shared/settings-schema.ts';
import type { Problem } from '../../shared/validate.ts';
import { loopbackNames } from '../core/loopback-names.ts';
import { readProxy } from './proxy.ts';

/** All problems at once; none for settings that can be used. */
export function problemsBeyondSchema({ loyalty, local, offline, scanners, cards }: Settings): Problem[] {
	return [
		...addressProblems(loyalty.baseUrl),
		...proxyProblems(loyalty.proxy),
		...timeZoneProblems(loyalty.timeZone),
		...portProblems(local),
		...ruleProblems(offline.rules),
		...notYetProblems('scanners', scanners),
		...notYetProblems('cards', cards),
	];
}

/** A list with entries is refused instead of being silently ignored. */
function notYetProblems(path: string, list: readonly unknown[]): Problem[] {
	return list.length === 0 ? [] : [{ path, problem: 'has entries, but this version reads no serial scanners; allowed is an empty list' }];
}

function addressProblems(baseUrl: string): Problem[] {
	const path = 'loyalty.baseUrl';
	const url = URL.parse(baseUrl);
	if (url === null) return [{ path, problem: `is ${JSON.stringify(baseUrl)}, which is not an address; allowed is one like https://host/v1/` }];
	if (url.username !== '' || url.password !== '') return [{ path, problem: 'holds a user name or password; the key belongs in LANEKEEPER_API_KEY' }];
	if (url.search !== '' || url.hash !== '') return [{ path, problem: 'has a query or fragment; allowed is one like https://host/v1/' }];
	if (url.protocol === 'https:') return [];
	if (url.protocol === 'http:' && loopbackNames.includes(url.hostname)) return [];
	return [{ path, problem: `uses ${url.protocol} to ${url.hostname}; allowed is https:, or http: to a loopback address` }];
}

function proxyProblems(proxy: string): Problem[] {
	const reading = readProxy(proxy);
	return reading.ok ? [] : [{ path: 'loyalty.proxy', problem: reading.problem }];
}

function timeZoneProblems(timeZone: string): Problem[] {
	try {
		Intl.DateTimeFormat('en', { timeZone });
		return [];
	} catch {
		return [
			{ path: 'loyalty.timeZone', problem: `is ${JSON.stringify(timeZone)}, which is not a known time zone; allowed is an IANA name such as Europe/Madrid` },
		];
	}
}

function portProblems({ httpPort, socketPort }: Settings['local']): Problem[] {
	if (httpPort === 0 || httpPort !== socketPort) return [];
	return [{ path: 'local.socketPort', problem: `is ${socketPort}, the same as local.httpPort; allowed is another port, or 0` }];
}

/** A flag and a refusal name their rule, so a name must belong to one. Gifts are counted in a call; what waits is sealed. */
function ruleProblems(rules: Settings['offline']['rules']): Problem[] {
	return rules.flatMap(({ name, limit, per }, index) => {
		const path = `offline.rules.${index}`;
		const isTaken = rules.findIndex((rule) => rule.name === name) < index;
		return [
			...(isTaken ? [{ path: `${path}.name`, problem: `is ${JSON.stringify(name)}, which an earlier rule has; allowed is a name of its own` }] : []),
			...(limit === 'gifts' && per === 'member'
				? [{ path: `${path}.per`, problem: 'is "member", but gifts are counted in one call only; allowed is "call"' }]
				: []),
		];
	});
}
