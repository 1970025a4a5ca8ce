/** Where the Loyalty API is, and whom to trust there. */
import { type ConnectionOptions, createSecureContext, getCACertificates } from 'node:tls';

export interface Destination {
	/** Without the brackets of an IPv6 address. */
	readonly host: string;
	readonly port: number;
	readonly isSecure: boolean;
	/** For each TLS connection there. */
	readonly tls: Pick<ConnectionOptions, 'minVersion' | 'rejectUnauthorized' | 'secureContext'>;
}

/** `trusted`: further certificates, PEM, besides those Node.js trusts; never instead of them. */
export function destinationOf(baseUrl: string, trusted: readonly string[]): Destination {
	const url = new URL(baseUrl);
	const isSecure = url.protocol === 'https:';
	const minVersion = 'TLSv1.2';
	// One context for all connections: the list is long, and reading it takes its time.
	const secureContext = trusted.length === 0 ? undefined : createSecureContext({ minVersion, ca: [...getCACertificates('default'), ...trusted] });
	return {
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: Number(url.port === '' ? (isSecure ? 443 : 80) : url.port),
		isSecure,
		// Said in so many words: an environment variable must not be able to switch the check off.
		tls: { minVersion, rejectUnauthorized: true, ...(secureContext === undefined ? {} : { secureContext }) },
	};
}

/** This machine itself: no proxy leads there. */
export function isLoopback({ host }: Destination): boolean {
	return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
