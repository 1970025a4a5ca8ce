/** Accepting a call: recognised by its keys, met with what it cancels, stored — all inside the caller's transaction. */

import { deliveryIdToBytes, readProvisionalCode } from '../../shared/ids.ts';
import { operations } from '../core/calls/table.ts';
import { judgeProvisionalCancel } from '../core/cancellation.ts';
import { type Match, recognise } from '../core/idempotency.ts';
import type { Acceptance, AcceptObstacle, CancelObstacle, NewDelivery, StoredKey } from '../core/records.ts';
import type { Journal } from './journal.ts';
import { packLanes, type StoredDelivery } from './rows.ts';

type Original =
	| { readonly kind: 'none' }
	| { readonly kind: 'waitFor'; readonly sequence: number; readonly marksPay: boolean }
	| { readonly kind: 'withdrawBoth'; readonly sequence: number }
	| { readonly kind: 'impossible'; readonly why: CancelObstacle };

export function accept(journal: Journal, delivery: NewDelivery, obstacle: AcceptObstacle | undefined): Acceptance {
	const matches = matchesOf(journal, delivery);
	const bringsHeader = delivery.keys.some((key) => key.kind === 'header');
	const recognition = recognise(matches, bringsHeader);
	if (recognition.kind === 'duplicate') remember(journal, recognition.id, delivery.keys);
	if (recognition.kind !== 'new') return { kind: recognition.kind, delivery: journal.read(recognition.id) };
	if (obstacle !== undefined) return { kind: 'notAccepted', obstacle };
	const original = originalOf(journal, delivery);
	if (original.kind === 'impossible') return { kind: 'impossibleCancel', why: original.why };
	const older = recognition.supersedes.map((superseded) => journal.read(superseded));
	const sequence = store(journal, delivery, original, older);
	for (const superseded of older) journal.supersede(superseded, sequence);
	if (original.kind === 'waitFor' && original.marksPay) journal.statements.markCancelled.run(original.sequence);
	if (original.kind === 'withdrawBoth') journal.apply(original.sequence, { type: 'cancelledBeforeSending' }, delivery.acceptedAt);
	const alsoEnded = [...older.map((superseded) => superseded.sequence), ...(original.kind === 'withdrawBoth' ? [original.sequence] : [])];
	return { kind: 'accepted', delivery: journal.read(sequence), alsoEnded };
}

function matchesOf(journal: Journal, delivery: NewDelivery): Match<number>[] {
	return delivery.keys.flatMap((key) =>
		journal.findByKey(key.text).map(
			({ stored, kind }): Match<number> => ({
				id: stored.sequence,
				kind,
				state: stored.state,
				sameBody: sameBytes(stored.fingerprint, delivery.fingerprint),
				cancelled: stored.cancelled,
			}),
		),
	);
}

/** What a cancel cancels. A real code that is not known here is accepted as it is: another till may have made the sale. */
function originalOf(journal: Journal, delivery: NewDelivery): Original {
	const { cancels } = operations[delivery.operation];
	const code = delivery.cancelledCode;
	if (cancels === undefined || code === undefined) return { kind: 'none' };
	const id = readProvisionalCode(code);
	if (id === undefined) {
		const known = journal.findByCode(code, cancels);
		return known === undefined ? { kind: 'none' } : { kind: 'waitFor', sequence: known.sequence, marksPay: cancels === 'pay' };
	}
	const stored = id === 'foreign' ? undefined : journal.findById(id);
	const verdict = judgeProvisionalCancel(cancels, stored && { operation: operations[stored.operation], facts: stored });
	if (verdict.kind === 'impossible') return verdict;
	if (stored === undefined) return { kind: 'impossible', why: 'unknownHere' };
	return verdict.kind === 'withdrawBoth'
		? { kind: 'withdrawBoth', sequence: stored.sequence }
		: { kind: 'waitFor', sequence: stored.sequence, marksPay: false };
}

function store(journal: Journal, delivery: NewDelivery, original: Original, older: readonly StoredDelivery[]): number {
	const sequence = journal.nextSequence();
	// What came after a refused delivery and waits for it must not overtake the one that takes its place.
	const place = Math.min(sequence, ...older.filter(({ state }) => state === 'refused').map((superseded) => superseded.place));
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
		lanes: packLanes(delivery.lanes),
		cancelLane: delivery.cancelLane ?? null,
		fingerprint: delivery.fingerprint,
		original: original.kind === 'waitFor' || original.kind === 'withdrawBoth' ? original.sequence : null,
	});
	journal.statements.insertContent.run(sequence, delivery.sealedContent);
	remember(journal, sequence, delivery.keys);
	journal.note(delivery.acceptedAt, sequence, state, reason, 0, undefined);
	journal.changed({ sequence, operation: delivery.operation, amountMinor: delivery.amountMinor ?? 0, from: undefined, to: state, seen: false });
	return sequence;
}

/** From now on these keys stand for the delivery; also a header that only a repeat brought. */
function remember(journal: Journal, sequence: number, keys: readonly StoredKey[]): void {
	for (const { text, kind } of keys) journal.statements.insertKey.run(text, sequence, kind);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether a stored cancel of this provisional code waits in line: it ends together with a sale that turns out never to have left. */
export function waitingCancelOf(journal: Journal, provisionalKey: string): StoredDelivery | undefined {
	return journal.findByKey(provisionalKey).find(({ stored }) => stored.state === 'queued')?.stored;
}
