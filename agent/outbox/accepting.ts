/** Accepting a call: recognised by its keys, met with what it cancels, stored — all inside the caller's transaction. */

import { deliveryIdToBytes } from '../../shared/ids.ts';
import { type Match, type Recognition, recognise } from '../core/idempotency.ts';
import type { Acceptance, AcceptObstacle, NewDelivery, StoredKey } from '../core/records.ts';
import type { Journal } from './journal.ts';
import { type Original, originalOf, withdrawUnsent } from './originals.ts';
import { packLanes, type StoredDelivery } from './rows.ts';

/** A repeat is recognised before `obstacle` counts: it keeps out only what is new. */
export function accept(journal: Journal, delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Acceptance {
	const recognition = recognitionOf(journal, delivery);
	if (recognition.kind === 'duplicate') remember(journal, recognition.id, delivery.keys);
	if (recognition.kind !== 'new') return { kind: recognition.kind, delivery: journal.read(recognition.id) };
	if (obstacle !== undefined) return { kind: 'notAccepted', obstacle };
	const original = originalOf(journal, delivery);
	if (original.kind === 'impossible') return { kind: 'impossibleCancel', why: original.why };
	const older = recognition.supersedes.map((superseded) => journal.read(superseded));
	return { kind: 'accepted', ...takePlace(journal, delivery, original, older) };
}

/** Whether any of its keys stands for another delivery already. */
export function recognitionOf(journal: Journal, delivery: NewDelivery): Recognition<number> {
	return recognise(
		matchesOf(journal, delivery),
		delivery.keys.some((key) => key.kind === 'header'),
	);
}

/** Another delivery that stands under a key of this one, which ended; two pays of one sale may stand side by side. */
export function holderOfKeys(journal: Journal, ended: StoredDelivery): StoredDelivery | undefined {
	const keys = journal.keysOf(ended.sequence).filter(({ kind }) => kind !== 'spent');
	const others = matchesOf(journal, { keys, fingerprint: ended.fingerprint }).filter(({ id }) => id !== ended.sequence);
	const recognition = recognise(others, false);
	return recognition.kind === 'new' ? undefined : journal.read(recognition.id);
}

function matchesOf(journal: Journal, { keys, fingerprint }: Pick<NewDelivery, 'keys' | 'fingerprint'>): Match<number>[] {
	return keys.flatMap((key) =>
		journal.findByKey(key.text).map(
			({ stored, kind }): Match<number> => ({
				id: stored.sequence,
				kind,
				state: stored.state,
				sameBody: sameBytes(stored.fingerprint, fingerprint),
				cancelled: stored.cancelled,
			}),
		),
	);
}

/** Stores a new delivery in the place of older ones, which it supersedes. `alsoEnded`: they, and a sale that its cancel met unsent. */
export function takePlace(
	journal: Journal,
	delivery: NewDelivery,
	original: Exclude<Original, { kind: 'impossible' }>,
	older: readonly StoredDelivery[],
): { readonly delivery: StoredDelivery; readonly alsoEnded: readonly number[] } {
	const sequence = store(journal, delivery, original, older);
	for (const superseded of older) {
		journal.supersede(superseded, sequence);
		journal.statements.handOnCancels.run({ older: superseded.sequence, newer: sequence });
	}
	if (original.kind === 'waitFor' && original.marksPay) journal.statements.markCancelled.run(original.delivery.sequence);
	const met = original.kind === 'withdrawBoth' ? withdrawUnsent(journal, original.delivery, delivery.acceptedAt) : [];
	return { delivery: journal.read(sequence), alsoEnded: [...older.map((superseded) => superseded.sequence), ...met] };
}

function store(journal: Journal, delivery: NewDelivery, original: Original, older: readonly StoredDelivery[]): number {
	const sequence = journal.nextSequence();
	const refused = older.filter(({ state }) => state === 'refused');
	// What came after a refused delivery and waits for it must not overtake the one that takes its place.
	const place = Math.min(sequence, ...refused.map((superseded) => superseded.place));
	const withdrawn = original.kind === 'withdrawBoth';
	const state = withdrawn ? 'withdrawn' : 'queued';
	const reason = withdrawn ? 'cancelledBeforeSending' : 'accepted';
	journal.statements.insertDelivery.run({
		sequence,
		place,
		id: deliveryIdToBytes(delivery.id),
		operation: delivery.operation,
		state,
		reason,
		tokenId: delivery.tokenId,
		acceptedAt: delivery.acceptedAt,
		endedAt: withdrawn ? delivery.acceptedAt : null,
		transactionId: delivery.transactionId ?? null,
		amountMinor: delivery.amountMinor ?? null,
		...lanesOf(delivery, original, refused),
		fingerprint: delivery.fingerprint,
		original: original.kind === 'none' || original.kind === 'impossible' ? null : original.delivery.sequence,
		flags: delivery.flags.length === 0 ? null : delivery.flags.join(','),
	});
	journal.statements.insertContent.run(sequence, delivery.sealedContent);
	if (delivery.sealedBalance !== undefined) journal.statements.insertBalance.run(sequence, delivery.sealedBalance);
	remember(journal, sequence, delivery.keys);
	journal.note(delivery.acceptedAt, { ...delivery, sequence }, { state, reason, attempt: 0 });
	journal.changed({ sequence, operation: delivery.operation, amountMinor: delivery.amountMinor ?? 0, from: undefined, to: state, seen: false });
	return sequence;
}

/**
 * The lane in which cancels wait for a sale belongs to the sale, whichever delivery stands for it: the one that takes a
 * refused one's place inherits it, and a cancel stands in it whichever code it names.
 */
function lanesOf(delivery: NewDelivery, original: Original, refused: readonly StoredDelivery[]): { lanes: Uint8Array; cancelLane: number | null } {
	const inherited = refused.map((superseded) => superseded.cancelLane).find((lane) => lane !== undefined);
	const cancelLane = delivery.cancelLane === undefined ? undefined : (inherited ?? delivery.cancelLane);
	const waitsIn = original.kind === 'waitFor' ? original.delivery.cancelLane : undefined;
	const lanes = [...delivery.lanes.filter((lane) => lane !== delivery.cancelLane), cancelLane, waitsIn].filter((lane) => lane !== undefined);
	return { lanes: packLanes([...new Set(lanes)]), cancelLane: cancelLane ?? null };
}

/** From now on these keys stand for the delivery; also a header that only a repeat brought. */
export function remember(journal: Journal, sequence: number, keys: readonly StoredKey[]): void {
	for (const { text, kind } of keys) journal.statements.insertKey.run(text, sequence, kind);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
