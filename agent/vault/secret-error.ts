import { ExitError } from '../core/exit.ts';

/** A key or secret is missing or cannot be kept; the message says what to do. */
export class SecretError extends ExitError {
	override name = 'SecretError';

	constructor(message: string) {
		super('configuration', message);
	}
}
