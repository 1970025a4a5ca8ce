/** What the error codes of sockets, TLS and the tunnel through a proxy say about the line. */
import type { LinkTrouble } from '../core/link-trouble.ts';

const byCode: Readonly<Record<string, LinkTrouble>> = {
	ENOTFOUND: 'name-lookup',
	EAI_AGAIN: 'name-lookup',
	EAI_FAIL: 'name-lookup',
	EAI_NODATA: 'name-lookup',
	EAI_NONAME: 'name-lookup',
	ENETUNREACH: 'no-route',
	EHOSTUNREACH: 'no-route',
	ENETDOWN: 'no-route',
	EADDRNOTAVAIL: 'no-route',
	ECONNREFUSED: 'connection-refused',
	EPROTO: 'tls-version',
	ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version',
	ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-version',
	ERR_SSL_WRONG_VERSION_NUMBER: 'tls-version',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls-version',
	ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'tls-version',
	CERT_HAS_EXPIRED: 'certificate-date',
	CERT_NOT_YET_VALID: 'certificate-date',
	CERT_REVOKED: 'certificate',
	CERT_UNTRUSTED: 'certificate',
	CERT_REJECTED: 'certificate',
	CERT_SIGNATURE_FAILURE: 'certificate',
	CERT_CHAIN_TOO_LONG: 'certificate',
	INVALID_CA: 'certificate',
	INVALID_PURPOSE: 'certificate',
	HOSTNAME_MISMATCH: 'certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
	// A certificate for another host: a log-in page of the network, or a device that inspects.
	ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
	// The codes of tunnel.ts.
	PROXY_UNREACHABLE: 'proxy-unreachable',
	PROXY_FAILED: 'proxy-failed',
	PROXY_REFUSED: 'proxy-refused',
	PROXY_FORBIDDEN: 'proxy-forbidden',
	TLS_CUT: 'tls-cut',
};

/** How far it came: `connected` has TCP, and TLS under way; with `sent`, a byte of the request may have left. */
export type Reached = 'nothing' | 'connected' | 'sent';

/** `code`: of the error, undefined where a connection just ended. */
export function troubleOf(code: string | undefined, reached: Reached): LinkTrouble {
	if (reached === 'sent') return code === 'ETIMEDOUT' ? 'timeout' : 'reset';
	if (code === 'ETIMEDOUT') return 'connect-timeout';
	const known = code === undefined ? undefined : byCode[code];
	return known ?? (reached === 'connected' ? 'tls-cut' : 'connection-cut');
}
