/**
 * Who may go. Every delivery carries lane keys; deliveries that share one go in the order accepted, all others side by
 * side. A delivery is ready when it is the first of every lane it stands in.
 *
 * waiting  stands in its lanes, not under way
 * going    taken by a sender; still first of its lanes
 * holding  refused or doubtful; stands only in the lanes of what cannot work without it
 *
 * Pure data, no clock: pacing is somebody else's. Order is the sequence number of acceptance, or the place a delivery
 * took over from one that it supersedes.
 */
import { SequenceHeap } from './sequence-heap.ts';

/** A hash of what is shared; two different things with one key would only be kept in order needlessly. */
export type LaneKey = number;
export type Sequence = number;

interface Place {
	readonly entry: Entry;
	readonly key: LaneKey;
	ahead: Place | undefined;
	behind: Place | undefined;
}

interface Entry {
	readonly sequence: Sequence;
	/** By this it stands in line; two may have the same, then the earlier sequence is first. */
	readonly rank: Sequence;
	phase: 'waiting' | 'going' | 'holding';
	places: readonly Place[];
	/** In how many of its lanes somebody stands ahead. */
	blockedIn: number;
}

export class Lanes {
	readonly #entries = new Map<Sequence, Entry>();
	/** Last place of each lane. */
	readonly #tails = new Map<LaneKey, Place>();
	readonly #ready = new SequenceHeap();

	get size(): number {
		return this.#entries.size;
	}

	has(sequence: Sequence): boolean {
		return this.#entries.has(sequence);
	}

	/** Who waits or is under way in this lane, the last one first. */
	inLane(key: LaneKey): Sequence[] {
		const found: Sequence[] = [];
		for (let place = this.#tails.get(key); place !== undefined; place = place.ahead) if (place.entry.phase !== 'holding') found.push(place.entry.sequence);
		return found;
	}

	/** Puts a delivery in its lanes, by its sequence: usually at the end, after a retry in between. */
	add(sequence: Sequence, keys: readonly LaneKey[], phase: 'waiting' | 'holding' = 'waiting', rank: Sequence = sequence): void {
		this.remove(sequence);
		const entry: Entry = { sequence, rank, phase, places: [], blockedIn: 0 };
		this.#entries.set(sequence, entry);
		entry.places = [...new Set(keys)].map((key) => this.#line(entry, key));
		this.#offer(entry);
	}

	/** Takes the earliest ready delivery that `mayGo` lets go, and marks it as going. Those passed over stay ready. */
	take(mayGo: (sequence: Sequence) => boolean = () => true): Sequence | undefined {
		const passedOver: Sequence[] = [];
		let taken: Sequence | undefined;
		while (taken === undefined) {
			const sequence = this.#ready.pop();
			if (sequence === undefined) break;
			const entry = this.#entries.get(sequence);
			if (entry === undefined || !isReady(entry)) continue;
			if (mayGo(sequence)) {
				entry.phase = 'going';
				taken = sequence;
			} else {
				passedOver.push(sequence);
			}
		}
		for (const sequence of passedOver) this.#ready.push(sequence);
		return taken;
	}

	/** Takes this very delivery if it is ready. */
	takeThis(sequence: Sequence): boolean {
		const entry = this.#entries.get(sequence);
		if (entry === undefined || !isReady(entry)) return false;
		entry.phase = 'going';
		return true;
	}

	/** First of all its lanes and not under way. */
	isReady(sequence: Sequence): boolean {
		const entry = this.#entries.get(sequence);
		return entry !== undefined && isReady(entry);
	}

	isGoing(sequence: Sequence): boolean {
		return this.#entries.get(sequence)?.phase === 'going';
	}

	/** A delivery that went is due again. */
	putBack(sequence: Sequence): void {
		const entry = this.#entries.get(sequence);
		if (entry === undefined) return;
		entry.phase = 'waiting';
		this.#offer(entry);
	}

	/** The delivery is over; it holds up only the lanes in `keys` (empty: none, it leaves). */
	settle(sequence: Sequence, keys: readonly LaneKey[], rank: Sequence = sequence): void {
		if (keys.length === 0) this.remove(sequence);
		else this.add(sequence, keys, 'holding', rank);
	}

	remove(sequence: Sequence): void {
		const entry = this.#entries.get(sequence);
		if (entry === undefined) return;
		this.#entries.delete(sequence);
		for (const place of entry.places) this.#leave(place);
	}

	#line(entry: Entry, key: LaneKey): Place {
		const place: Place = { entry, key, ahead: this.#tails.get(key), behind: undefined };
		while (place.ahead !== undefined && isBehind(place.ahead.entry, entry)) {
			place.behind = place.ahead;
			place.ahead = place.ahead.ahead;
		}
		if (place.behind === undefined) this.#tails.set(key, place);
		else {
			// Whoever was first of this lane is so no longer.
			if (place.ahead === undefined) place.behind.entry.blockedIn += 1;
			place.behind.ahead = place;
		}
		if (place.ahead !== undefined) {
			place.ahead.behind = place;
			entry.blockedIn += 1;
		}
		return place;
	}

	#leave(place: Place): void {
		const { ahead, behind, key } = place;
		if (ahead !== undefined) ahead.behind = behind;
		if (behind !== undefined) {
			behind.ahead = ahead;
			if (ahead === undefined) {
				behind.entry.blockedIn -= 1;
				this.#offer(behind.entry);
			}
		} else if (ahead === undefined) this.#tails.delete(key);
		else this.#tails.set(key, ahead);
	}

	#offer(entry: Entry): void {
		if (isReady(entry)) this.#ready.push(entry.sequence);
	}
}

function isBehind(one: Entry, other: Entry): boolean {
	return one.rank > other.rank || (one.rank === other.rank && one.sequence > other.sequence);
}

function isReady(entry: Entry): boolean {
	return entry.phase === 'waiting' && entry.blockedIn === 0;
}
