/**
 * How the line to the Loyalty API is, and how fast it may be used.
 *
 * online         answers come; the window of requests under way grows by one with each, up to the limit
 * offline        nobody is reached; one probe at a time, with growing pauses
 * failing        reached, but no usable answer; as offline, and live calls are still tried
 * misconfigured  a person has to change something; probed all the same
 * (paused        said by a person; kept apart, because the line goes on being what it is)
 *
 * Pure: (link, observation) → link. Times are milliseconds of the monotonic clock unless they say otherwise.
 */

import { type LinkTrouble, troubleCatalogue } from './link-trouble.ts';
import type { AttemptOutcome } from './outcome.ts';
import { probeDelayMs } from './pacing.ts';

export interface Link {
	readonly state: 'online' | 'offline' | 'failing' | 'misconfigured';
	readonly trouble: LinkTrouble | undefined;
	/** Wall clock, epoch milliseconds: since when the state is so. */
	readonly since: number;
	/** Failures in a row: probes, and the first call that failed. */
	readonly failures: number;
	/** How many requests may be under way while online. */
	readonly window: number;
	readonly nextProbeAt: number;
	/** The service asked for peace until then; no traffic of a register wakes the probe earlier. */
	readonly quietUntil: number;
}

export type Observation =
	/** The Loyalty API answered a call: yes or no. */
	| { readonly kind: 'answered' }
	/** A bare connection could be made; says nothing about what an API would answer. */
	| { readonly kind: 'connected' }
	| { readonly kind: 'trouble'; readonly trouble: LinkTrouble; readonly retryAfterMs?: number };

export interface Moment {
	/** Monotonic, milliseconds. */
	readonly elapsed: number;
	/** Wall clock, epoch milliseconds. */
	readonly now: number;
	/** In [0, 1). */
	readonly random: number;
	readonly widestWindow: number;
}

/** A fresh start presumes a good line and lets the first attempt judge; the window starts at one. */
export function newLink(now: number): Link {
	return { state: 'online', trouble: undefined, since: now, failures: 0, window: 1, nextProbeAt: 0, quietUntil: 0 };
}

/** Longest pause that a Retry-After can ask for. */
const longestQuietMs = 15 * 60_000;
/** Traffic of a register wakes the probe, but not more often than this. */
const wakeSpacingMs = 1_000;

export function observe(link: Link, observation: Observation, moment: Moment): Link {
	switch (observation.kind) {
		case 'answered':
			if (link.state === 'online') return { ...link, failures: 0, window: Math.min(link.window + 1, moment.widestWindow) };
			// One good answer among several does not end the peace that another of them asked for.
			if (moment.elapsed < link.quietUntil) return { ...link, failures: 0 };
			return newLink(moment.now);
		case 'connected':
			// A connection proves that the way is free, not that the service works or likes our key.
			return provesTheLine(link) && moment.elapsed >= link.quietUntil ? newLink(moment.now) : delayed(link, moment);
		case 'trouble':
			return troubled(link, observation.trouble, observation.retryAfterMs, moment);
	}
}

function troubled(link: Link, trouble: LinkTrouble, retryAfterMs: number | undefined, moment: Moment): Link {
	const { state } = troubleCatalogue[trouble];
	// Requests that were under way when the line went down fail with it: they are one failure, not one more each.
	const isKnown = link.state !== 'online' && moment.elapsed < link.nextProbeAt;
	const failures = isKnown ? link.failures : link.failures + 1;
	const nextProbeAt = isKnown ? link.nextProbeAt : moment.elapsed + probeDelayMs(failures, moment.random);
	const quietUntil = retryAfterMs === undefined ? link.quietUntil : Math.max(link.quietUntil, moment.elapsed + Math.min(retryAfterMs, longestQuietMs));
	return {
		state,
		trouble,
		since: link.state === state ? link.since : moment.now,
		failures,
		window: 1,
		nextProbeAt: Math.max(nextProbeAt, quietUntil),
		quietUntil,
	};
}

/** Whether a bare connection is all that was missing. */
function provesTheLine(link: Link): boolean {
	return link.state === 'offline' || (link.trouble !== undefined && endsWithAConnection.has(link.trouble));
}

/** What goes wrong while a connection is made, through the proxy where there is one: once it can be made, that is over. */
const endsWithAConnection: ReadonlySet<LinkTrouble> = new Set(['certificate', 'certificate-date', 'tls-version', 'proxy-refused', 'proxy-forbidden']);

function delayed(link: Link, moment: Moment): Link {
	const pauseMs = probeDelayMs(Math.max(link.failures, 1), moment.random);
	return { ...link, nextProbeAt: Math.max(moment.elapsed + pauseMs, link.quietUntil) };
}

/** Something new is to be sent: worth an earlier look, though not at once after the last one. */
export function wake(link: Link, elapsed: number): Link {
	if (link.state === 'online') return link;
	const earliest = Math.max(elapsed + wakeSpacingMs, link.quietUntil);
	return earliest < link.nextProbeAt ? { ...link, nextProbeAt: earliest } : link;
}

/** A person asked to try now: whatever had to be changed may be, so live calls are worth a try as well. */
export function tryNow(link: Link, elapsed: number): Link {
	if (link.state === 'online') return link;
	const reopened: Partial<Link> = link.state === 'misconfigured' ? { state: 'failing', trouble: 'tried-again' } : {};
	return { ...link, ...reopened, nextProbeAt: elapsed, quietUntil: elapsed };
}

/** How many more attempts may start, given how many are under way. */
export function permits(link: Link, underWay: number, elapsed: number): number {
	if (link.state === 'online') return Math.max(0, link.window - underWay);
	return underWay === 0 && elapsed >= link.nextProbeAt ? 1 : 0;
}

/** Whether a call that needs a live answer is worth trying: not while the service asked for peace. */
export function takesLiveCalls(link: Link, elapsed: number): boolean {
	return (link.state === 'online' || link.state === 'failing') && elapsed >= link.quietUntil;
}

/** What an attempt's outcome says about the line. */
export function observationOf(outcome: AttemptOutcome, retryAfterMs: number | undefined): Observation {
	if (outcome.kind === 'confirmed' || outcome.kind === 'refused') return { kind: 'answered' };
	return { kind: 'trouble', trouble: outcome.trouble, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
