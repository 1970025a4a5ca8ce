/** A cancel and what it cancels: before anything else is decided, what became of the original? */
import type { Operation } from './calls/operation.ts';
import { type DeliveryFacts, neverLeft } from './delivery.ts';
import type { CancelObstacle } from './records.ts';
import type { ShopRules } from './shop-rules.ts';

export type CancelVerdict =
	/** The original's code is known, or will be: the cancel stands in line behind it. */
	| { readonly kind: 'accept' }
	/** The original never left: both are over, nothing was or will be sent. */
	| { readonly kind: 'withdrawBoth' }
	| { readonly kind: 'impossible'; readonly why: CancelObstacle };

type CancelledFacts = DeliveryFacts & { readonly confirmationCode: string | undefined };

/** For a cancel that names a provisional code; `original` is the delivery it stands for, if it is known here. */
export function judgeProvisionalCancel(
	cancels: 'sale' | 'pay',
	original: { readonly operation: Operation; readonly facts: CancelledFacts } | undefined,
	rules: ShopRules,
): CancelVerdict {
	if (original === undefined) return { kind: 'impossible', why: 'unknownHere' };
	if (original.operation.name !== cancels) return { kind: 'impossible', why: 'notASale' };
	switch (original.facts.state) {
		case 'refused':
		case 'withdrawn':
			return { kind: 'impossible', why: original.facts.state };
		case 'queued':
			return neverLeft(original.facts) && rules.cancelOfUnsentSale === 'withdraw' ? { kind: 'withdrawBoth' } : { kind: 'accept' };
		case 'sending':
		case 'doubtful':
			return { kind: 'accept' };
		case 'confirmed':
			return original.facts.confirmationCode === undefined ? { kind: 'impossible', why: 'noCode' } : { kind: 'accept' };
	}
}
