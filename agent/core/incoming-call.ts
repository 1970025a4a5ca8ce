/** A call as a door hands it in: a recognised caller, a body that is a JSON object, the headers it brought. */
import type { Call } from './calls/table.ts';
import type { Identity } from './identity.ts';
import type { JsonObject } from './json.ts';

/** The part of an AbortSignal that is needed to stop waiting. */
export interface GoneSignal {
	addEventListener(type: 'abort', listener: () => void, options: { readonly once: true }): void;
	removeEventListener(type: 'abort', listener: () => void): void;
}

export interface IncomingCall {
	readonly call: Call;
	readonly identity: Identity;
	/** The body as it came, and what it says. */
	readonly text: string;
	readonly body: JsonObject;
	/** With its question mark; empty where there is none. The Loyalty API's pages speak of optional parameters and name none. */
	readonly query: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** Without the quotes of a structured field. */
	readonly idempotencyKey: string | undefined;
	/** Aborted when the caller is gone. */
	readonly gone?: GoneSignal;
}
