/** The full matrix: all cases on their stations, several stations at once where each has a sandbox of its own. */
import { randomInt } from 'node:crypto';
import { Service } from '../support/service.ts';
import type { Case, StationKind } from './case.ts';
import { allCases } from './cases/all.ts';
import { type Difference, judge } from './judge.ts';
import { play, type Seen, tidy } from './play.ts';
import { Station } from './station.ts';
import { Upstream } from './upstream.ts';

export interface Result {
	readonly group: string;
	readonly name: string;
	/** None: as expected. */
	readonly differences: readonly Difference[];
}

/** Stations of each kind: the more waiting there is in their cases, the more side by side. */
const crew: Readonly<Record<StationKind, number>> = { patient: 3, hasty: 2, brisk: 1, wired: 1, nowhere: 1 };
const kinds = ['patient', 'hasty', 'brisk', 'wired', 'nowhere'] as const satisfies readonly StationKind[];

/** Sandboxes of its own. */
export async function runMatrix(cases: readonly Case[] = allCases): Promise<readonly Result[]> {
	const nextId = idsOfThisRun();
	const runs = kinds.flatMap((kind) => {
		const queue = cases.filter(({ station }) => station === kind);
		return queue.length === 0 ? [] : Array.from({ length: crew[kind] }, () => workOff(kind, queue, nextId));
	});
	return withUnplayed((await Promise.all(runs)).flat(), cases);
}

/** One sandbox that is there already: one station after the other, because they would share its switches. */
export async function runMatrixAt(upstream: Upstream, cases: readonly Case[] = allCases): Promise<readonly Result[]> {
	const nextId = idsOfThisRun();
	const results: Result[] = [];
	for (const kind of kinds) {
		const queue = cases.filter(({ station }) => station === kind);
		if (queue.length > 0) results.push(...(await runStation(kind, upstream, queue, nextId)));
	}
	await upstream.reset();
	return withUnplayed(results, cases);
}

async function workOff(kind: StationKind, queue: Case[], nextId: () => string): Promise<readonly Result[]> {
	const service = await Service.start();
	try {
		return await runStation(kind, new Upstream(service.baseUrl, 'conformance-key'), queue, nextId);
	} finally {
		await service.close();
	}
}

/** Takes from the queue what is left of it. */
async function runStation(kind: StationKind, upstream: Upstream, queue: Case[], nextId: () => string): Promise<readonly Result[]> {
	const station = await Station.open(kind, upstream);
	const results: Result[] = [];
	try {
		for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
			const { result, isTidy } = await resultOf(station, one, nextId());
			results.push(result);
			if (!isTidy) break;
		}
	} finally {
		await station.close();
	}
	return results;
}

/** `isTidy`: the station can be used for the next case. */
async function resultOf(station: Station, one: Case, id: string): Promise<{ readonly result: Result; readonly isTidy: boolean }> {
	const { group, name } = one;
	const differences: Difference[] = [];
	let seen: Seen | undefined;
	try {
		seen = await play(station, one, id);
		differences.push(...judge(one, seen));
	} catch (error) {
		differences.push(broken('played to its end', error));
	}
	try {
		await tidy(station, seen);
	} catch (error) {
		return { result: { group, name, differences: [...differences, broken('nothing left of it', error)] }, isTidy: false };
	}
	return { result: { group, name, differences }, isTidy: true };
}

function broken(expected: string, error: unknown): Difference {
	return { what: 'case', expected, seen: error instanceof Error ? error.message : 'stopped' };
}

/** When a station had to be given up, somebody has to hear of the cases nobody has played. */
function withUnplayed(results: readonly Result[], cases: readonly Case[]): readonly Result[] {
	const played = new Set(results.map(({ group, name }) => `${group}|${name}`));
	const unplayed = cases.filter(({ group, name }) => !played.has(`${group}|${name}`));
	return [
		...results,
		...unplayed.map(({ group, name }) => ({ group, name, differences: [{ what: 'case', expected: 'played', seen: 'its station was given up' }] })),
	];
}

/** Different from run to run: a sandbox that is there already may remember earlier ones. */
function idsOfThisRun(): () => string {
	const run = String(randomInt(1_000_000)).padStart(6, '0');
	let count = 0;
	return () => {
		count += 1;
		return `C${run}${String(count).padStart(4, '0')}`;
	};
}
