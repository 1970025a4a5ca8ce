/** What a person asks to be done about a delivery, as a door hands it in, and what comes of it. */
import type { DeliveryId } from '../../shared/ids.ts';
import type { OwnError } from './answer.ts';
import type { Identity } from './identity.ts';
import type { JsonObject } from './json.ts';
import type { DeliveryRecord } from './records.ts';

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

/** `delivery`: as it is then; after a correction the new one. */
export type DecisionAnswer = { readonly ok: true; readonly delivery: DeliveryRecord } | { readonly ok: false; readonly error: OwnError };
