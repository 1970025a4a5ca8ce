/**
 * Is this call one we have already? A call brings its natural keys and, if the register sent one, an Idempotency-Key;
 * each names the deliveries accepted under it before.
 */
import type { DeliveryState } from '../../shared/local-api.ts';
import type { NaturalKey } from './calls/operation.ts';
import { isFinal } from './delivery.ts';

/** How long a key stands for its delivery: natural keys say so themselves; a header stands like `kept`. */
export type KeyKind = NaturalKey['until'] | 'header';

export interface Match<Id> {
	readonly id: Id;
	readonly kind: KeyKind;
	readonly state: DeliveryState;
	/** Its body is the same, as canonical JSON. */
	readonly sameBody: boolean;
	/** Of a pay: a cancel of it was accepted. */
	readonly cancelled: boolean;
}

export type Recognition<Id> =
	/** `supersedes`: those that ended without effect under the same key. */
	| { readonly kind: 'new'; readonly supersedes: readonly Id[] }
	| { readonly kind: 'duplicate'; readonly id: Id }
	| { readonly kind: 'mismatch'; readonly id: Id };

/**
 * Pure. A key that stands for a delivery with the same body makes the call a duplicate; with another body, a mismatch.
 * Deliveries that were refused or withdrawn stand for nothing: the call is new and supersedes them.
 */
export function recognise<Id>(matches: readonly Match<Id>[], bringsHeader: boolean): Recognition<Id> {
	const standing = matches.filter(stands);
	const same = standing.find((match) => match.sameBody);
	const other = standing.find((match) => !match.sameBody && !(match.kind === 'spent' && bringsHeader));
	// The header is the register's own word that this is one call: its contradiction weighs more than a natural match.
	const contradicted = standing.find((match) => match.kind === 'header' && !match.sameBody);
	if (contradicted !== undefined) return { kind: 'mismatch', id: contradicted.id };
	if (same !== undefined) return { kind: 'duplicate', id: same.id };
	if (other !== undefined) return { kind: 'mismatch', id: other.id };
	const ended = matches.filter((match) => match.state === 'refused' || match.state === 'withdrawn');
	return { kind: 'new', supersedes: [...new Set(ended.map((match) => match.id))] };
}

function stands(match: Match<unknown>): boolean {
	if (match.state === 'refused' || match.state === 'withdrawn') return false;
	if (match.kind === 'open') return !isFinal(match.state);
	return !(match.kind === 'spent' && match.cancelled);
}
