/** While the line is not good: what the shop's rules say of a call that would wait. */
import type { OperationName, Peek } from '../core/calls/operation.ts';
import type { JsonObject } from '../core/json.ts';
import { giftsUsed, judgeOffline, type OfflineVerdict, type WaitingSum } from '../core/offline-policy.ts';
import type { DeliveryRecord } from '../core/records.ts';
import { memberLanes } from './freeze.ts';
import type { IntakePorts } from './ports.ts';

/** Of one member; who has more waiting has gone past any sensible rule long ago. */
const mostLookedAt = 1_000;

/** No flags and no refusal while the line is good. */
export function offlineVerdict(ports: IntakePorts, operation: OperationName, body: JsonObject, peek: Peek): OfflineVerdict {
	const { replay, store, clock, settings } = ports;
	if (replay.link.isOnline) return { flags: [], refusedBy: undefined };
	return judgeOffline(settings.offline.rules, {
		operation,
		amountMinor: operation === 'sale' ? (peek.amountMinor ?? 0) : 0,
		gifts: giftsUsed(body),
		now: clock.now(),
		waiting: (operations) => store.waitingOf(operations),
		waitingOfMember: (operations) => sumOf(waitingOfMember(ports, peek), operations),
	});
}

function waitingOfMember({ replay, store, vault }: IntakePorts, peek: Peek): DeliveryRecord[] {
	const lanes = memberLanes(peek).map((text) => vault.laneKey(text));
	return replay
		.waitingIn(lanes)
		.slice(0, mostLookedAt)
		.map((sequence) => store.bySequence(sequence))
		.filter((delivery) => delivery !== undefined);
}

function sumOf(deliveries: readonly DeliveryRecord[], operations: readonly OperationName[]): WaitingSum {
	const counted = deliveries.filter(({ operation }) => operations.includes(operation));
	return {
		count: counted.length,
		amountMinor: counted.reduce((sum, { amountMinor = 0 }) => sum + amountMinor, 0),
		oldestAt: counted.length === 0 ? undefined : Math.min(...counted.map(({ acceptedAt }) => acceptedAt)),
	};
}
