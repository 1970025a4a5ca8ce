/** A call as a door hands it in: a recognised caller, a body that is a JSON object, the headers it brought. */
import type { Call } from '../core/calls/table.ts';
import type { Identity } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';

export interface IncomingCall {
	readonly call: Call;
	readonly identity: Identity;
	/** The body as it came, and what it says. */
	readonly text: string;
	readonly body: JsonObject;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** Without the quotes of a structured field. */
	readonly idempotencyKey: string | undefined;
	/** Aborted when the caller is gone. */
	readonly signal?: AbortSignal;
}
