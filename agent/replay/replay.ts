/**
 * Sends what waits: lanes say who may go, the link says when and how much, and each attempt reports back to both.
 *
 * A delivery enters through `accepted` (in the order of its flush) or, at start-up, through the database. It leaves the
 * lanes when it is final; while it is refused or doubtful it stays only in the way of what cannot work without it.
 */
import PQueue from 'p-queue';
import type { LinkView } from '../../shared/local-api.ts';
import { operations } from '../core/calls/table.ts';
import { isWaiting } from '../core/delivery.ts';
import { rfc3339 } from '../core/instant.ts';
import { Lanes, type Sequence } from '../core/lanes.ts';
import { observationOf } from '../core/link.ts';
import { troubleCatalogue } from '../core/link-trouble.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { type AttemptResult, attempt } from './attempt.ts';
import { Backlog } from './backlog.ts';
import { LinkKeeper } from './link-keeper.ts';
import type { ReplayPorts } from './ports.ts';
import { Resting } from './resting.ts';
import { Watchers } from './watchers.ts';

const pausedSetting = 'pausedSince';
/** Pause after the disk did not take the record of an attempt's start. */
const storageRestMs = 1_000;

export class Replay {
	readonly #ports: ReplayPorts;
	readonly #lanes = new Lanes();
	readonly #known = new Map<Sequence, DeliveryRecord>();
	/** Pays wait in their lanes like all others, but are not paced: a register stands waiting. Value: monotonic deadline. */
	readonly #live = new Map<Sequence, number>();
	/** Just accepted and ready: a register waits for these, so they go before the backlog. */
	readonly #fresh = new Set<Sequence>();
	readonly #link: LinkKeeper;
	readonly #resting: Resting;
	readonly #watchers: Watchers;
	readonly #backlog: Backlog;
	readonly #queue: PQueue;
	/** Attempts handed to the queue that have not ended. */
	#started = 0;
	#isStopping = false;
	#isProbing = false;
	#stopTimer: () => void = () => undefined;

	constructor(ports: ReplayPorts) {
		this.#ports = ports;
		const paused = ports.store.setting(pausedSetting);
		const { clock, random, log, settings } = ports;
		this.#link = new LinkKeeper(clock, random, log, settings.concurrency, paused === undefined || paused === '' ? undefined : Number(paused));
		this.#resting = new Resting(clock, random);
		this.#watchers = new Watchers(clock);
		// The link's window decides how many attempts start; room for live calls comes on top.
		this.#queue = new PQueue({ concurrency: settings.concurrency * 2 });
		this.#backlog = new Backlog(ports.store, (delivery) => this.#placeFound(delivery));
	}

	/** Begins to load what waits, and to send. */
	start(): void {
		this.#backlog.load(() => this.#pump());
		this.#probeIfIdle();
	}

	/** A delivery was flushed. To be called in the order of the flushes, before anybody is answered. */
	accepted(delivery: DeliveryRecord, alsoEnded: readonly Sequence[]): void {
		for (const sequence of alsoEnded) this.#left(sequence);
		if (!isWaiting(delivery.state) || !this.#backlog.isLoaded) return;
		if (operations[delivery.operation].kind === 'pay') this.#live.set(delivery.sequence, this.#ports.clock.elapsed() + this.#ports.settings.timeoutMs);
		this.#place(delivery);
		if (this.#link.isOnline && this.#lanes.isReady(delivery.sequence)) this.#fresh.add(delivery.sequence);
		this.#link.wake();
		queueMicrotask(() => this.#pump());
	}

	/**
	 * The outcome of the delivery's next attempt, if it comes within the time: then the register counts as told.
	 * Undefined otherwise.
	 */
	watch(sequence: Sequence, withinMs: number, signal?: AbortSignal): Promise<DeliveryRecord | undefined> {
		return this.#watchers.watch(sequence, withinMs, signal);
	}

	/** Ends a pay whose register is about to be answered, if it has not started. Undefined: it is on its way. */
	async tooLate(sequence: Sequence): Promise<DeliveryRecord | undefined> {
		const settlement = await this.#ports.store.apply(sequence, { type: 'tooLate' }, this.#ports.clock.now());
		if (settlement !== undefined) this.#left(sequence);
		return settlement?.delivery;
	}

	/** A live call that replay did not send says how the line is. */
	observe(outcome: AttemptOutcome, retryAfterMs: number | undefined): void {
		if (this.#link.observe(observationOf(outcome, retryAfterMs))) this.#resting.lineIsBack();
		this.#pump();
	}

	link(): LinkView {
		return this.#link.view();
	}

	/** Whether the delivery is under way or next to go, so that waiting for its real outcome makes sense. */
	isTrying(sequence: Sequence): boolean {
		return this.#link.isOnline && (this.#fresh.has(sequence) || this.#lanes.isGoing(sequence));
	}

	takesLiveCalls(): boolean {
		return this.#link.takesLiveCalls;
	}

	nextAttemptAt(sequence: Sequence): string | undefined {
		const { clock } = this.#ports;
		const due = [this.#resting.until(sequence), this.#link.nextProbeAt].filter((time) => time !== undefined);
		if (due.length === 0 || !this.#lanes.has(sequence)) return undefined;
		return rfc3339(clock.now() + Math.max(0, Math.max(...due) - clock.elapsed()));
	}

	async pause(): Promise<void> {
		this.#link.pause();
		await this.#ports.store.set(pausedSetting, String(this.#ports.clock.now()));
		this.#ports.log.info('replay.paused');
	}

	async resume(): Promise<void> {
		await this.#ports.store.set(pausedSetting, '');
		this.#link.resume();
		this.#ports.log.info('replay.resumed');
		this.sendNow();
	}

	/** Everything is due at once, and the line is looked at now. */
	sendNow(): void {
		this.#ports.log.info('replay.sendNow');
		this.#resting.wakeAll();
		this.#link.tryNow();
		this.#pump();
		this.#probeIfIdle();
	}

	/** Starts nothing new; resolves when every attempt under way has ended and is recorded. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		this.#backlog.stop();
		this.#stopTimer();
		await this.#queue.onIdle();
	}

	/** Puts a delivery in its lanes as its state wants it. */
	#place(delivery: DeliveryRecord): void {
		const { sequence, state, refusalCode, lanes, cancelLane } = delivery;
		if (state === 'queued') {
			this.#known.set(sequence, delivery);
			this.#lanes.add(sequence, lanes);
		} else if (state === 'refused' || state === 'doubtful') {
			const held = operations[delivery.operation].holdsUp(state, refusalCode);
			this.#known.delete(sequence);
			this.#lanes.settle(sequence, held === 'member' ? lanes : held === 'cancel' && cancelLane !== undefined ? [cancelLane] : []);
		} else this.#left(sequence);
	}

	/** As `#place`; a pay found unsent had its answer long ago. */
	#placeFound(delivery: DeliveryRecord): void {
		this.#place(delivery);
		if (delivery.state === 'queued' && operations[delivery.operation].kind === 'pay') void this.tooLate(delivery.sequence);
	}

	#left(sequence: Sequence): void {
		this.#known.delete(sequence);
		this.#live.delete(sequence);
		this.#fresh.delete(sequence);
		this.#resting.forget(sequence);
		this.#lanes.remove(sequence);
	}

	/** Starts whatever may start now, then sets the alarm for what may start later. */
	#pump(): void {
		if (this.#isStopping) return;
		this.#startLive();
		for (let free = this.#link.permits(this.#underWay()); free > 0; free -= 1) {
			const sequence = this.#takeFresh() ?? this.#takeNext();
			if (sequence === undefined) break;
			this.#run(sequence, undefined);
		}
		this.#setAlarm();
	}

	#underWay(): number {
		return this.#started + (this.#isProbing ? 1 : 0);
	}

	#startLive(): void {
		if (!this.#link.takesLiveCalls) return;
		for (const [sequence, deadline] of this.#live) {
			if (!this.#lanes.takeThis(sequence)) continue;
			this.#live.delete(sequence);
			this.#run(sequence, Math.max(1, deadline - this.#ports.clock.elapsed()));
		}
	}

	#takeFresh(): Sequence | undefined {
		for (const sequence of this.#fresh) {
			this.#fresh.delete(sequence);
			if (this.#lanes.takeThis(sequence)) return sequence;
		}
		return undefined;
	}

	/** The oldest that is ready and due; while the line is down also one that rests, and never one that cannot be repeated. */
	#takeNext(): Sequence | undefined {
		const isDown = this.#link.isDown;
		const mayGo = (sequence: Sequence) => {
			const delivery = this.#known.get(sequence);
			if (delivery === undefined) return false;
			const operation = operations[delivery.operation];
			if (operation.kind === 'pay') return false;
			return !isDown || operation.onUnknown === 'repeat';
		};
		return this.#lanes.take((sequence) => mayGo(sequence) && this.#resting.isDue(sequence)) ?? (isDown ? this.#lanes.take(mayGo) : undefined);
	}

	#run(sequence: Sequence, limitMs: number | undefined): void {
		const delivery = this.#known.get(sequence);
		if (delivery === undefined) return;
		this.#started += 1;
		void this.#queue
			.add(() => this.#attempt(delivery, limitMs))
			.finally(() => {
				this.#started -= 1;
				this.#pump();
			});
	}

	/** Never rejects. */
	async #attempt(delivery: DeliveryRecord, limitMs: number | undefined): Promise<void> {
		const { sequence } = delivery;
		let answer: (settled: DeliveryRecord | undefined) => void = () => undefined;
		const claim = () => {
			const watchers = this.#watchers.claim(sequence);
			answer = (settled) => {
				for (const watcher of watchers) watcher.resolve(settled);
			};
			return watchers.length > 0;
		};
		try {
			const result = await attempt(this.#ports, delivery, limitMs, claim);
			this.#learn(sequence, result);
			answer(result.kind === 'ended' ? result.settlement.delivery : undefined);
		} catch (error) {
			this.#ports.log.error('storage.failed', { error: error instanceof Error ? error.message : 'unknown' });
			this.#ports.clock.after(storageRestMs, () => {
				this.#lanes.putBack(sequence);
				this.#pump();
			});
		}
	}

	#learn(sequence: Sequence, result: AttemptResult): void {
		if (result.kind === 'notStarted') {
			// What cannot be read stays where it is and holds up its lanes: sending past it would break their order.
			if (result.why === 'changed') this.#left(sequence);
			return;
		}
		const { outcome, settlement, retryAfterMs } = result;
		for (const ended of settlement.alsoEnded) this.#left(ended);
		if (settlement.delivery.state === 'queued') {
			this.#known.set(sequence, settlement.delivery);
			this.#lanes.putBack(sequence);
		} else {
			this.#resting.forget(sequence);
			this.#place(settlement.delivery);
		}
		const blamesLine = !this.#isDeliverysOwn(sequence, outcome, settlement.delivery);
		if (blamesLine && this.#link.observe(observationOf(outcome, retryAfterMs))) this.#resting.lineIsBack();
	}

	/** Only a fault of a server that was reached can be a single delivery's. */
	#isDeliverysOwn(sequence: Sequence, outcome: AttemptOutcome, delivery: DeliveryRecord): boolean {
		if (delivery.state !== 'queued' || outcome.kind !== 'unknown' || troubleCatalogue[outcome.trouble].state !== 'failing') return false;
		return !this.#resting.failed(sequence, this.#link.lastAnswerAt);
	}

	#setAlarm(): void {
		this.#stopTimer();
		const probeAt = this.#link.nextProbeAt;
		const restEndsAt = this.#link.isOnline ? this.#resting.nextDueAt() : undefined;
		const next = Math.min(probeAt ?? Number.POSITIVE_INFINITY, restEndsAt ?? Number.POSITIVE_INFINITY);
		if (!Number.isFinite(next) || this.#underWay() > 0) return;
		this.#stopTimer = this.#ports.clock.after(Math.max(0, next - this.#ports.clock.elapsed()), () => {
			this.#pump();
			this.#probeIfIdle();
		});
	}

	/** With nothing to send, a bare connection tells whether the line is back. */
	#probeIfIdle(): void {
		if (this.#isStopping || this.#link.isPaused || this.#underWay() > 0) return;
		if (this.#link.nextProbeAt !== undefined && this.#link.permits(0) === 0) return;
		this.#isProbing = true;
		void this.#ports.wire.probe().then((trouble) => {
			this.#isProbing = false;
			const isBack = this.#link.observe(trouble === undefined ? { kind: 'connected' } : { kind: 'trouble', trouble });
			if (isBack) this.#resting.lineIsBack();
			this.#pump();
		});
	}
}
