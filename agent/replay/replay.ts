/**
 * Sends what waits: lanes say who may go, the link says when and how much, and each attempt reports back to both.
 *
 * A delivery enters through `accepted` (in the order of its flush) or, at start-up, through the database. It leaves the
 * lanes when it is final; while it is refused or doubtful it stays only in the way of what cannot work without it.
 */
import { operations } from '../core/calls/table.ts';
import { isWaiting } from '../core/delivery.ts';
import { errorWords } from '../core/error-words.ts';
import type { GoneSignal } from '../core/incoming-call.ts';
import { rfc3339 } from '../core/instant.ts';
import type { LaneKey, Sequence } from '../core/lanes.ts';
import { observationOf } from '../core/link.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { DeliveryRecord, Settlement } from '../core/records.ts';
import { StorageError } from '../core/storage-error.ts';
import { type AttemptResult, attempt } from './attempt.ts';
import { Backlog } from './backlog.ts';
import { LineUp } from './line-up.ts';
import { LinkKeeper } from './link-keeper.ts';
import { LiveCalls } from './live-calls.ts';
import type { ReplayPorts } from './ports.ts';
import { Prober } from './prober.ts';
import { Resting } from './resting.ts';
import { UnderWay } from './under-way.ts';
import { Watchers } from './watchers.ts';

const pausedSetting = 'pausedSince';
/** Pause after the disk did not take a record. */
const storageRestMs = 1_000;

export class Replay {
	readonly #ports: ReplayPorts;
	readonly #lineUp: LineUp;
	readonly #live: LiveCalls;
	readonly link: LinkKeeper;
	readonly #prober: Prober;
	readonly #resting: Resting;
	readonly #watchers: Watchers;
	readonly #backlog: Backlog;
	readonly #underWay: UnderWay;
	/** Those with an attempt whose end was not learnt here yet. */
	readonly #attempting = new Set<Sequence>();
	/** Decided about after the last attempt was recorded, and before that was learnt here: the attempt comes first. */
	readonly #decidedMeanwhile = new Map<Sequence, DeliveryRecord>();
	/** Over because of another delivery, but still in the lanes: the end of an attempt is on its way here, or who takes their place is not loaded yet. */
	readonly #over = new Set<Sequence>();
	#isStopping = false;
	#onBack: () => void = () => undefined;

	constructor(ports: ReplayPorts) {
		this.#ports = ports;
		const paused = ports.store.setting(pausedSetting);
		const { clock, random, log, settings } = ports;
		this.#resting = new Resting(clock, random);
		this.#lineUp = new LineUp(this.#resting, ports.rules);
		this.link = new LinkKeeper({
			clock,
			random,
			log,
			widestWindow: settings.concurrency,
			pausedSince: paused === undefined || paused === '' ? undefined : Number(paused),
			onBack: () => {
				this.#resting.lineIsBack();
				this.#onBack();
			},
			clockOffsetSeconds: () => ports.wire.clockOffsetSeconds,
		});
		this.#live = new LiveCalls({
			clock,
			store: ports.store,
			timeoutMs: settings.timeoutMs,
			againAfterMs: storageRestMs,
			onOver: (sequence) => this.#left(sequence),
			onFailure: (error) => this.#logFailure(error),
		});
		const { wire, networkAddresses } = ports;
		this.#prober = new Prober({ clock, wire, link: this.link, networkAddresses, send: () => this.#pump() });
		this.#watchers = new Watchers(clock);
		this.#underWay = new UnderWay(settings.concurrency);
		this.#backlog = new Backlog({
			store: ports.store,
			found: (delivery) => this.#placeFound(delivery),
			// One that was found in the meantime and is under way is put back by its attempt.
			decided: (delivery) => {
				if (!this.#lineUp.isGoing(delivery.sequence)) this.#place(delivery);
			},
		});
	}

	/** Begins to load what waits, and to send. */
	start(): void {
		this.#backlog.load(() => {
			this.#leaveOver();
			this.#pump();
		});
		this.#prober.probe();
	}

	/** A delivery was flushed. To be called in the order of the flushes, before anybody is answered. */
	accepted(delivery: DeliveryRecord, alsoEnded: readonly Sequence[]): void {
		this.#ports.log.debug('delivery.accepted', { deliveryId: delivery.id, operation: delivery.operation, state: delivery.state });
		const isToPlace = isWaiting(delivery.state) && this.#backlog.isLoaded && !this.#lineUp.has(delivery.sequence);
		if (isToPlace && operations[delivery.operation].kind === 'pay') this.#live.add(delivery.sequence);
		if (isToPlace) this.#place(delivery);
		this.#areOver(alsoEnded);
		if (!isToPlace && alsoEnded.length === 0) return;
		if (this.link.isOnline) this.#lineUp.hurry(delivery.sequence);
		this.link.wake();
		queueMicrotask(() => this.#pump());
	}

	/** A person decided about a delivery; it was flushed. */
	decided({ delivery, alsoEnded }: Settlement): void {
		const { sequence, state, operation } = delivery;
		this.#areOver(alsoEnded);
		if (this.#attempting.has(sequence)) {
			this.#decidedMeanwhile.set(sequence, delivery);
			return;
		}
		if (state === 'queued' && operations[operation].kind === 'pay') this.#live.add(sequence);
		if (state === 'queued' && !this.#backlog.isLoaded) this.#backlog.postpone(sequence);
		else this.#place(delivery);
		// Whoever waits for a pay would otherwise wait for its whole time.
		if (!isWaiting(state)) this.#watchers.ofAttempt(sequence).answer(delivery);
		this.link.wake();
		this.#pump();
	}

	/** Those that wait or are under way in any of these lanes. */
	waitingIn(lanes: readonly LaneKey[]): readonly Sequence[] {
		return this.#lineUp.waitingIn(lanes);
	}

	/** Called each time the line has come back. */
	onBack(listener: () => void): void {
		this.#onBack = listener;
	}

	/**
	 * The outcome of the delivery's next attempt, if it comes within the time: then the register counts as told.
	 * Undefined otherwise.
	 */
	watch(sequence: Sequence, withinMs: number, gone?: GoneSignal): Promise<DeliveryRecord | undefined> {
		return this.#watchers.watch(sequence, withinMs, gone);
	}

	/** As of LiveCalls: ends a pay that has not started. */
	tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined> {
		return this.#live.tooLate(sequence);
	}

	/** A live call that replay did not send says how the line is. */
	observe(outcome: AttemptOutcome, retryAfterMs: number | undefined): void {
		this.link.observe(observationOf(outcome, retryAfterMs));
		this.#pump();
	}

	/** Whether the delivery is under way or next to go, so that waiting for its real outcome makes sense. */
	isTrying(sequence: Sequence): boolean {
		return this.link.isOnline && this.#lineUp.isTrying(sequence);
	}

	nextAttemptAt(sequence: Sequence): string | undefined {
		const { clock } = this.#ports;
		const due = [this.#resting.until(sequence), this.link.nextProbeAt].filter((time) => time !== undefined);
		if (due.length === 0 || !this.#lineUp.has(sequence)) return undefined;
		return rfc3339(clock.now() + Math.max(0, Math.max(...due) - clock.elapsed()));
	}

	async pause(): Promise<void> {
		this.link.pause();
		await this.#ports.store.set(pausedSetting, String(this.#ports.clock.now()));
		this.#ports.log.info('replay.paused');
	}

	async resume(): Promise<void> {
		await this.#ports.store.set(pausedSetting, '');
		this.link.resume();
		this.#ports.log.info('replay.resumed');
		this.sendNow();
	}

	/** Everything is due at once, and the line is looked at now. */
	sendNow(): void {
		this.#ports.log.info('replay.sendNow');
		this.#resting.wakeAll();
		this.link.tryNow();
		this.#prober.probe();
	}

	/**
	 * Starts nothing new; resolves when every attempt under way has ended and is recorded, at the latest after `graceMs`:
	 * what has not ended by then is found as sent, outcome unknown, at the next start.
	 */
	async stop(graceMs: number): Promise<void> {
		this.#isStopping = true;
		this.#backlog.stop();
		this.#prober.stop();
		await Promise.race([this.#underWay.idle(), new Promise<void>((resolve) => this.#ports.clock.after(graceMs, resolve))]);
		this.#watchers.close();
	}

	/** Found at the start; a pay found unsent had its answer long ago. */
	#placeFound(delivery: DeliveryRecord): void {
		this.#place(delivery);
		if (delivery.state !== 'queued' || operations[delivery.operation].kind !== 'pay') return;
		void this.#live.tooLate(delivery.sequence);
	}

	#areOver(sequences: readonly Sequence[]): void {
		for (const sequence of sequences) this.#over.add(sequence);
		this.#leaveOver();
	}

	#leaveOver(): void {
		if (!this.#backlog.isLoaded) return;
		for (const sequence of this.#over) {
			if (this.#attempting.has(sequence)) continue;
			this.#over.delete(sequence);
			this.#left(sequence);
		}
	}

	#left(sequence: Sequence): void {
		this.#live.forget(sequence);
		this.#lineUp.leave(sequence);
	}

	#place(delivery: DeliveryRecord): void {
		if (delivery.state !== 'queued') this.#live.forget(delivery.sequence);
		this.#lineUp.place(delivery);
	}

	/** Starts whatever may start now, and sets the alarm for what may start later. Answers how many attempts are under way. */
	#pump(): number {
		if (this.#isStopping) return this.#pacedAndProbing();
		this.#startLive();
		for (let free = this.link.permits(this.#pacedAndProbing()); free > 0; free -= 1) {
			const sequence = this.link.isOnline ? this.#lineUp.takeNext() : this.#lineUp.takeProbe();
			if (sequence === undefined) break;
			this.#run(sequence, undefined);
		}
		this.#prober.setAlarm(this.#pacedAndProbing(), this.link.isOnline ? this.#resting.nextDueAt() : undefined);
		return this.#pacedAndProbing();
	}

	#pacedAndProbing(): number {
		return this.#underWay.paced + (this.#prober.isProbing ? 1 : 0);
	}

	#startLive(): void {
		if (!this.link.takesLiveCalls) return;
		for (const { sequence, leftMs } of this.#live.startable()) {
			if (!this.#lineUp.takeThis(sequence)) continue;
			this.#live.started(sequence);
			this.#run(sequence, leftMs);
		}
	}

	/** `limitMs`: a live call's remaining time. */
	#run(sequence: Sequence, limitMs: number | undefined): void {
		const delivery = this.#ports.store.bySequence(sequence);
		if (delivery === undefined) return;
		const toEnd = () => this.#attempt(delivery, limitMs);
		const goOn = () => void this.#pump();
		if (limitMs === undefined) this.#underWay.startPaced(toEnd, goOn);
		else this.#underWay.startLive(toEnd, goOn);
	}

	/** Never rejects. */
	async #attempt(delivery: DeliveryRecord, limitMs: number | undefined): Promise<void> {
		const { sequence } = delivery;
		const { claim, answer } = this.#watchers.ofAttempt(sequence);
		this.#attempting.add(sequence);
		try {
			const result = await attempt(this.#ports, delivery, limitMs, claim);
			this.#learn(sequence, result);
			answer(result.kind === 'ended' ? result.settlement.delivery : undefined);
		} catch (error) {
			this.#logFailure(error);
			// After a mistake of our own the delivery stays where it is until the next start: trying again would repeat it.
			if (!(error instanceof StorageError)) return;
			this.#ports.clock.after(storageRestMs, () => {
				if (limitMs !== undefined) void this.#live.tooLate(sequence);
				this.#lineUp.putBack(sequence);
				this.#pump();
			});
		} finally {
			this.#attempting.delete(sequence);
			this.#catchUp(sequence);
			this.#leaveOver();
		}
	}

	/** What a person decided while the end of an attempt was on its way here. */
	#catchUp(sequence: Sequence): void {
		const delivery = this.#decidedMeanwhile.get(sequence);
		if (delivery === undefined) return;
		this.#decidedMeanwhile.delete(sequence);
		// Learning put it where the attempt left it, or took it out.
		this.#lineUp.leave(sequence);
		this.decided({ delivery, alsoEnded: [] });
	}

	#logFailure(error: unknown): void {
		if (error instanceof StorageError) this.#ports.log.error('storage.failed', { error: errorWords(error) });
		else this.#ports.log.error('agent.bug', { error: errorWords(error) });
	}

	#learn(sequence: Sequence, result: AttemptResult): void {
		if (result.kind === 'notStarted') {
			// What cannot be read stays where it is and holds up its lanes: sending past it would break their order.
			if (result.why === 'changed') this.#left(sequence);
			if (result.why === 'codeUnknown') void this.#cannotCancel(sequence);
			return;
		}
		const { outcome, settlement, retryAfterMs, wasReached } = result;
		for (const ended of settlement.alsoEnded) this.#left(ended);
		if (settlement.delivery.state === 'queued') {
			this.#lineUp.putBack(sequence);
			this.#live.again(sequence, () => this.#pump());
		} else this.#place(settlement.delivery);
		const canBeOwn = wasReached && settlement.delivery.state === 'queued';
		const isOwn = canBeOwn && this.#resting.note(sequence, outcome, this.link.lastAnswerAt) === 'delivery';
		if (!isOwn) this.link.observe(observationOf(outcome, retryAfterMs));
	}

	/** Its original is over without a code: a person has to know. */
	async #cannotCancel(sequence: Sequence): Promise<void> {
		try {
			await this.#ports.store.apply(sequence, { type: 'originalWithoutCode' }, this.#ports.clock.now());
			this.#left(sequence);
		} catch (error) {
			this.#logFailure(error);
			this.#ports.clock.after(storageRestMs, () => void this.#cannotCancel(sequence));
		}
	}
}
