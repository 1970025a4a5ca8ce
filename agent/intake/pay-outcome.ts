/** Waiting for the end of a pay. It is never sent after it was answered: it ends here, or it is on its way and its end is awaited. */
import { isWaiting } from '../core/delivery.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { IntakePorts } from './ports.ts';

/** An attempt of a pay is cut off at its deadline; this much later its record must be on disk. */
const recordingGraceMs = 5_000;

/** What is true once the register's time is up, at the latest. Never `queued` or `sending`. */
export async function payOutcome(ports: Pick<IntakePorts, 'clock' | 'replay' | 'store' | 'settings'>, delivery: DeliveryRecord): Promise<DeliveryRecord> {
	const { clock, replay, store } = ports;
	const { timeoutMs } = ports.settings.loyalty;
	const { sequence, id } = delivery;
	const endedBy = (found: DeliveryRecord | undefined) => (found === undefined || isWaiting(found.state) ? undefined : found);
	const deadline = clock.elapsed() + timeoutMs;
	// Where an unclear pay may be repeated, one attempt may end without an end of the pay.
	for (let left = timeoutMs; left > 0 && replay.link.takesLiveCalls; left = deadline - clock.elapsed()) {
		const settled = await replay.watch(sequence, left);
		const ended = endedBy(settled);
		if (ended !== undefined) return ended;
		if (settled === undefined) break;
	}
	for (;;) {
		const ended = (await replay.tooLate(sequence)) ?? endedBy(store.find(id));
		if (ended !== undefined) return ended;
		if ((await replay.watch(sequence, timeoutMs + recordingGraceMs)) === undefined) break;
	}
	return endedBy(store.find(id)) ?? { ...(store.find(id) ?? delivery), state: 'doubtful' };
}
