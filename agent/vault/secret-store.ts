/**
 * Places where a secret can be kept. Each is one of the kinds that the status names: the operating system's keystore,
 * credentials that systemd hands to a service, or a file that only its owner can read.
 */
export type Protection = 'keystore' | 'credentials' | 'file';

/** `vault-key`: the master key of the directory. `api-key`: that of the Loyalty API. */
export type SecretName = 'vault-key' | 'api-key';

export interface SecretStore {
	readonly kind: Protection;
	/** Where it is, in words for a message; never the secret. */
	readonly place: (name: SecretName) => string;
	/** Undefined when there is none. Rejects with SecretError when the place cannot be reached; so do the others. */
	read(name: SecretName): Promise<string | undefined>;
	write(name: SecretName, secret: string): Promise<void>;
	/** Whether there was one. */
	remove(name: SecretName): Promise<boolean>;
}
