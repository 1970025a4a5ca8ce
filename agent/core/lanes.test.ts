/** The lanes against a list that is searched from end to end for every question. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

interface Line {
	readonly sequence: number;
	readonly keys: readonly number[];
	readonly phase: 'waiting' | 'going' | 'holding';
	/** Steps at which it was lined up, and at which it went. */
	readonly addedAt: number;
	readonly wentAt: number;
}

class Model {
	lines: Line[] = [];
	step = 0;

	find(sequence: number): Line | undefined {
		return this.lines.find((line) => line.sequence === sequence);
	}

	/** The keys it was lined up with: those a settlement can reduce. */
	keysOf(sequence: number): readonly number[] {
		return this.find(sequence)?.keys ?? [];
	}

	isReady({ sequence, keys, phase }: Line): boolean {
		return phase === 'waiting' && !this.lines.some((other) => other.sequence < sequence && shareKey(other.keys, keys));
	}

	ready(): number[] {
		return this.lines.filter((line) => this.isReady(line)).map(({ sequence }) => sequence);
	}

	add(sequence: number, keys: readonly number[], phase: Line['phase']): void {
		this.remove(sequence);
		this.lines = [...this.lines, { sequence, keys, phase, addedAt: this.step, wentAt: -1 }].sort((a, b) => a.sequence - b.sequence);
	}

	remove(sequence: number): void {
		this.lines = this.lines.filter((line) => line.sequence !== sequence);
	}

	become(sequence: number, phase: Line['phase']): void {
		this.lines = this.lines.map((line) => (line.sequence === sequence ? { ...line, phase, wentAt: phase === 'going' ? this.step : line.wentAt } : line));
	}
}

const shareKey = (some: readonly number[], others: readonly number[]) => some.some((key) => others.includes(key));

/** Everything that would be offered now, in the order of offering; takes nothing. */
function offered(lanes: Lanes): number[] {
	const seen = new Set<number>();
	lanes.take((sequence) => {
		seen.add(sequence);
		return false;
	});
	return [...seen];
}

const sequences = Array.from({ length: 12 }, (_, index) => index);

function sideBySideAgainstOrder(model: Model): Line[] {
	const going = model.lines.filter(({ phase }) => phase === 'going');
	// A later one may still be under way only if it went while the earlier one was not in line.
	return going.filter((earlier) =>
		going.some((later) => later.sequence > earlier.sequence && shareKey(earlier.keys, later.keys) && earlier.addedAt <= later.wentAt),
	);
}

class Act implements fc.Command<Model, Lanes> {
	readonly #name: string;
	readonly #isPossible: (model: Model) => boolean;
	readonly #act: (model: Model, lanes: Lanes) => void;

	constructor(name: string, act: (model: Model, lanes: Lanes) => void, isPossible: (model: Model) => boolean = () => true) {
		this.#name = name;
		this.#act = act;
		this.#isPossible = isPossible;
	}

	check(model: Readonly<Model>): boolean {
		return this.#isPossible(model);
	}

	run(model: Model, lanes: Lanes): void {
		model.step += 1;
		this.#act(model, lanes);
		expect(lanes.size).toBe(model.lines.length);
		expect(sequences.filter((sequence) => lanes.has(sequence))).toEqual(model.lines.map(({ sequence }) => sequence));
		expect(offered(lanes)).toEqual(model.ready());
		expect(sideBySideAgainstOrder(model)).toEqual([]);
	}

	toString(): string {
		return this.#name;
	}
}

const aSequence = fc.constantFrom(...sequences);
const someKeys = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

const lineUp = fc.tuple(aSequence, someKeys, fc.constantFrom('waiting' as const, 'waiting' as const, 'holding' as const)).map(
	([sequence, keys, phase]) =>
		new Act(`add ${sequence} in ${keys} ${phase}`, (model, lanes) => {
			model.add(sequence, keys, phase);
			lanes.add(sequence, keys, phase);
		}),
);

const take = fc.constantFrom(1, 1, 2, 3).map(
	(divisor) =>
		new Act(`take what ${divisor} divides`, (model, lanes) => {
			const mayGo = (sequence: number) => sequence % divisor === 0;
			const expected = model.ready().find(mayGo);
			expect(lanes.take(divisor === 1 ? undefined : mayGo)).toBe(expected);
			if (expected !== undefined) model.become(expected, 'going');
		}),
);

const takeThis = aSequence.map(
	(sequence) =>
		new Act(`take this ${sequence}`, (model, lanes) => {
			const isReady = model.ready().includes(sequence);
			expect(lanes.takeThis(sequence)).toBe(isReady);
			if (isReady) model.become(sequence, 'going');
		}),
);

const putBack = aSequence.map(
	(sequence) =>
		new Act(
			`put back ${sequence}`,
			(model, lanes) => {
				model.become(sequence, 'waiting');
				lanes.putBack(sequence);
			},
			(model) => model.find(sequence)?.phase !== 'holding',
		),
);

const settle = fc.tuple(aSequence, fc.integer({ min: 0, max: 4 })).map(
	([sequence, kept]) =>
		new Act(`settle ${sequence} keeping ${kept}`, (model, lanes) => {
			const keys = model.keysOf(sequence).slice(0, kept);
			if (keys.length === 0) model.remove(sequence);
			else model.add(sequence, keys, 'holding');
			lanes.settle(sequence, keys);
		}),
);

const remove = aSequence.map(
	(sequence) =>
		new Act(`remove ${sequence}`, (model, lanes) => {
			model.remove(sequence);
			lanes.remove(sequence);
		}),
);

/** Everything under way or held is over, and what then goes is over at once. */
function drain(lanes: Lanes, model: Model): number[] {
	for (const { sequence, phase } of model.lines) if (phase !== 'waiting') lanes.remove(sequence);
	const gone: number[] = [];
	for (let sequence = lanes.take(); sequence !== undefined; sequence = lanes.take()) {
		gone.push(sequence);
		lanes.remove(sequence);
	}
	return gone;
}

test('whatever is added, taken, put back, settled and removed, the lanes offer what a plain list would, and all of it drains', () => {
	fc.assert(
		fc.property(fc.commands([lineUp, lineUp, take, takeThis, putBack, settle, remove], { maxCommands: 60 }), (commands) => {
			const model = new Model();
			const lanes = new Lanes();
			fc.modelRun(() => ({ model, real: lanes }), commands);
			const waiting = model.lines.filter(({ phase }) => phase === 'waiting').map(({ sequence }) => sequence);
			expect(drain(lanes, model).sort((a, b) => a - b)).toEqual(waiting);
			expect(lanes.size).toBe(0);
		}),
		{ numRuns: 400 },
	);
});

test('deliveries that share a key go one after the other, all others side by side', () => {
	const lanes = new Lanes();
	lanes.add(1, [10, 20]);
	lanes.add(2, [20, 30]);
	lanes.add(3, [30]);
	lanes.add(4, [40]);
	lanes.add(5, []);
	expect([lanes.take(), lanes.take(), lanes.take(), lanes.take()]).toEqual([1, 4, 5, undefined]);
	lanes.settle(1, []);
	expect([lanes.take(), lanes.take()]).toEqual([2, undefined]);
	lanes.putBack(2);
	expect([lanes.take(), lanes.take()]).toEqual([2, undefined]);
	lanes.settle(2, []);
	expect([lanes.take(), lanes.take()]).toEqual([3, undefined]);
});

test('a delivery that is over for now holds up only the lanes that cannot do without it', () => {
	const lanes = new Lanes();
	lanes.add(1, [10, 99]);
	lanes.add(2, [10]);
	lanes.add(3, [99]);
	expect(lanes.take()).toBe(1);
	lanes.settle(1, [99]);
	expect([lanes.take(), lanes.take()]).toEqual([2, undefined]);
	expect(lanes.takeThis(3)).toBe(false);
	lanes.remove(1);
	expect(lanes.takeThis(3)).toBe(true);
});

test('a retried delivery takes its old place before those that came after it', () => {
	const lanes = new Lanes();
	for (const sequence of [2, 3]) lanes.add(sequence, [10]);
	lanes.add(1, [10]);
	expect([lanes.take(), lanes.take()]).toEqual([1, undefined]);
});

test('a key that is named twice holds nobody up twice', () => {
	const lanes = new Lanes();
	lanes.add(1, [10, 10]);
	lanes.add(2, [10, 10]);
	expect(lanes.take()).toBe(1);
	lanes.remove(1);
	expect(lanes.take()).toBe(2);
});

test('a hundred thousand deliveries of five thousand members drain completely and in order', { timeout: 10_000 }, () => {
	const lanes = new Lanes();
	const keysOf = (sequence: number) => [(sequence * 7_919) % 5_000, (sequence * 104_729) % 5_000, 1_000_000 + sequence];
	const count = 100_000;
	for (let sequence = 0; sequence < count; sequence += 1) lanes.add(sequence, keysOf(sequence));
	const lastOfLane = new Map<number, number>();
	const underWay: number[] = [];
	let gone = 0;
	let outOfOrder = 0;
	while (lanes.size > 0) {
		const sequence = underWay.length < 8 ? lanes.take() : undefined;
		if (sequence === undefined) {
			const ended = underWay.shift();
			if (ended === undefined) break;
			lanes.settle(ended, []);
			gone += 1;
			continue;
		}
		for (const key of keysOf(sequence)) {
			if ((lastOfLane.get(key) ?? -1) > sequence) outOfOrder += 1;
			lastOfLane.set(key, sequence);
		}
		underWay.push(sequence);
	}
	expect({ gone, outOfOrder, left: lanes.size }).toEqual({ gone: count, outOfOrder: 0, left: 0 });
});
