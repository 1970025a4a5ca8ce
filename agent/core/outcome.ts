/**
 * What one attempt came to. Four kinds that never merge:
 * `confirmed` — the Loyalty API has it; `refused` — it understood and said no; `notSent` — it certainly did not act on
 * it; `unknown` — it may or may not have acted.
 */
import type { LinkTrouble } from './link-trouble.ts';

export interface Refusal {
	/** Code of the Loyalty API, or `HTTP_<status>` where it sent none. */
	readonly code: string;
}

export type AttemptOutcome =
	| { readonly kind: 'confirmed'; readonly confirmationCode?: string }
	| { readonly kind: 'refused'; readonly refusal: Refusal }
	| { readonly kind: 'notSent'; readonly trouble: LinkTrouble }
	| { readonly kind: 'unknown'; readonly trouble: LinkTrouble };

/** What the wire saw of one request. `sent` is false only when no byte of the request can have left. */
export type WireResult =
	| {
			readonly kind: 'answered';
			readonly status: number;
			readonly retryAfterMs?: number;
			/** Undefined when it is not UTF-8. */
			readonly text: string | undefined;
			/** Declared as a web page; it may be in letters of long ago, and have no `text`. */
			readonly isHtml?: boolean;
	  }
	| { readonly kind: 'failed'; readonly sent: boolean; readonly trouble: LinkTrouble };

/** How long an answer asks for peace, where it does. */
export function retryAfterOf(result: WireResult): number | undefined {
	return result.kind === 'answered' ? result.retryAfterMs : undefined;
}
