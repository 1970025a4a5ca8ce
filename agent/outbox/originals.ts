/** Cancels and what they cancel: found, waited for, and ended together. */
import { readProvisionalCode } from '../../shared/ids.ts';
import { operations } from '../core/calls/table.ts';
import { judgeProvisionalCancel } from '../core/cancellation.ts';
import { isWaiting, neverLeft } from '../core/delivery.ts';
import type { CancelObstacle, NewDelivery } from '../core/records.ts';
import type { Journal } from './journal.ts';
import type { StoredDelivery } from './rows.ts';

export type Original =
	| { readonly kind: 'none' }
	| { readonly kind: 'waitFor'; readonly delivery: StoredDelivery; readonly marksPay: boolean }
	| { readonly kind: 'withdrawBoth'; readonly delivery: StoredDelivery }
	| { readonly kind: 'impossible'; readonly why: CancelObstacle };

/** What a cancel cancels. A real code that is not known here is accepted as it is: another till may have made the sale. */
export function originalOf(journal: Journal, cancel: NewDelivery): Original {
	const { cancels } = operations[cancel.operation];
	const code = cancel.cancelledCode;
	if (cancels === undefined || code === undefined) return { kind: 'none' };
	const id = readProvisionalCode(code);
	if (id === undefined) {
		const known = journal.findByCode(code, cancels);
		return known === undefined ? { kind: 'none' } : { kind: 'waitFor', delivery: known, marksPay: cancels === 'pay' };
	}
	const named = id === 'foreign' ? undefined : journal.findById(id);
	const delivery = named === undefined ? undefined : newestOf(journal, named);
	const verdict = judgeProvisionalCancel(cancels, delivery && { operation: operations[delivery.operation], facts: delivery }, journal.rules);
	if (verdict.kind === 'impossible') return verdict;
	if (delivery === undefined) return { kind: 'impossible', why: 'unknownHere' };
	return verdict.kind === 'withdrawBoth' ? { kind: 'withdrawBoth', delivery } : { kind: 'waitFor', delivery, marksPay: false };
}

/** A refused sale that was corrected or sent again is still the sale on the customer's receipt. */
function newestOf(journal: Journal, named: StoredDelivery): StoredDelivery {
	let newest = named;
	while (newest.state === 'refused' && newest.supersededBy !== undefined) {
		const newer = journal.findById(newest.supersededBy);
		if (newer === undefined || newer.sequence <= newest.sequence) break;
		newest = newer;
	}
	return newest;
}

/** Sequences of the cancels that end as well, now that a person withdrew what they wait for. */
export function endCancelsOf(journal: Journal, withdrawn: StoredDelivery, at: number): number[] {
	// After an unclear try the loyalty service may have the sale all the same: then somebody has to look.
	const type = neverLeft(withdrawn) ? 'originalWithdrawn' : 'originalWithoutCode';
	return journal.cancelsOf(withdrawn.sequence).flatMap(({ sequence }) => (journal.apply(sequence, { type }, at) === undefined ? [] : [sequence]));
}

/** A cancel came while the sale was under way, and now it turns out that the sale never left: both are over. */
export function withdrawWithCancel(journal: Journal, sale: StoredDelivery, at: number): number[] {
	const isUnsent = sale.operation === 'sale' && isWaiting(sale.state) && neverLeft(sale);
	const isOver = isUnsent && journal.rules.cancelOfUnsentSale === 'withdraw' && journal.cancelsOf(sale.sequence).length > 0;
	return isOver ? withdrawUnsent(journal, sale, at).filter((sequence) => sequence !== sale.sequence) : [];
}

/** Ends a sale that never left, and every cancel that waits for it: also one that named the refused sale whose place it took. */
export function withdrawUnsent(journal: Journal, { sequence: sale }: StoredDelivery, at: number): number[] {
	const ended = [sale, ...journal.cancelsOf(sale).map(({ sequence }) => sequence)];
	for (const sequence of ended) journal.apply(sequence, { type: 'cancelledBeforeSending' }, at);
	return ended;
}
