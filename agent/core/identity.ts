import type { Role } from '../../shared/local-api.ts';

/** Who calls, once the token was recognised. */
export interface Identity {
	readonly tokenId: string;
	readonly name: string;
	readonly role: Role;
}
