/** What a person asks to be done about a delivery, as a door hands it in. */
import type { DeliveryId } from '../../shared/ids.ts';
import type { Identity } from './identity.ts';
import type { JsonObject } from './json.ts';

export type DecisionRequest = {
	readonly id: DeliveryId;
	readonly person: Identity;
	/** In their own words. */
	readonly reason: string;
} & (
	| { readonly kind: 'retry' | 'withdraw' }
	| { readonly kind: 'confirm'; readonly confirmationCode: string | undefined }
	/** `text` is the corrected body as it was written, `body` what it says. */
	| { readonly kind: 'correct'; readonly text: string; readonly body: JsonObject }
);
