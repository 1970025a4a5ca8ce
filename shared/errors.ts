/**
 * Every error code the agent itself answers with. `docs/errors.md` lists the same codes for register developers, and a
 * test fails when the two differ. Codes of the Loyalty API are not here: they pass through.
 */
interface CatalogueEntry {
	/** HTTP status of the answer. */
	readonly status: number;
	/** What happened, for the cashier's screen or the register's log. */
	readonly message: string;
	/** What to do about it. */
	readonly advice: string;
}

export const errorCatalogue = {
	INVALID_REQUEST: {
		status: 400,
		message: 'The request cannot be understood.',
		advice: 'Correct the field named in "path" and send the call again.',
	},
	UNAUTHORIZED: {
		status: 401,
		message: 'The call carries no valid token.',
		advice: 'Send the content of register.token as "Authorization: Bearer …" or as "x-api-key".',
	},
	FORBIDDEN: {
		status: 403,
		message: 'This caller may not do this.',
		advice: 'Call 127.0.0.1 or localhost with our port, from an origin listed in local.allowedOrigins, with a token of the right role.',
	},
	NOT_FOUND: { status: 404, message: 'There is nothing here by that name.', advice: 'Check the path and the id.' },
	METHOD_NOT_ALLOWED: { status: 405, message: 'This path exists, but not for this method.', advice: 'Use a method named in the Allow header.' },
	INVALID_STATE: {
		status: 409,
		message: 'This is not possible in the present state.',
		advice: 'Look at the delivery named in the message before trying anything else.',
	},
	OFFLINE_POLICY: {
		status: 409,
		message: 'The rules of this shop do not allow this call while the loyalty service cannot be reached.',
		advice: 'Finish without it, or wait for the connection.',
	},
	TOO_LARGE: { status: 413, message: 'The body is larger than 1 MiB.', advice: 'Send a smaller body.' },
	UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The body is not declared as JSON.', advice: 'Send "Content-Type: application/json".' },
	IDEMPOTENCY_MISMATCH: {
		status: 422,
		message: 'The same key was used before with a different body.',
		advice: 'A new sale needs a new transactionId; if numbers start again each day, set loyalty.transactionIdScope to "day".',
	},
	TOO_MANY_REQUESTS: { status: 429, message: 'Too many requests.', advice: 'Wait as long as Retry-After says.' },
	AGENT_OFFLINE: {
		status: 503,
		message: 'The loyalty service cannot be reached, and this call needs its live answer.',
		advice: 'Go on without it; try again after Retry-After seconds.',
	},
	SHUTTING_DOWN: { status: 503, message: 'The agent is stopping.', advice: 'Send the call again in a few seconds; nothing was accepted.' },
	OUTCOME_UNKNOWN: {
		status: 504,
		message: 'It was sent, and nobody knows whether it took effect.',
		advice: 'Do not try again blindly: look at the balance or the receipt, then let the manager decide.',
	},
	QUEUE_FULL: {
		status: 507,
		message: 'Too many deliveries are waiting; nothing new is accepted.',
		advice: 'Restore the connection. Everything accepted before is safe.',
	},
	STORAGE_FULL: {
		status: 507,
		message: 'The disk of this terminal is full or cannot be written; nothing new is accepted.',
		advice: 'Free some disk space. Everything accepted before is safe.',
	},
	INTERNAL_ERROR: {
		status: 500,
		message: 'The agent made a mistake of its own.',
		advice: 'Ask with GET /agent/v1/deliveries whether the call was accepted; send support the log.',
	},
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
