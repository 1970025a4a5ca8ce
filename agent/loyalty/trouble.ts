/** What the error codes of sockets and TLS say about the line. */
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
	CERT_HAS_EXPIRED: 'certificate',
	CERT_NOT_YET_VALID: 'certificate',
	CERT_REVOKED: 'certificate',
	CERT_UNTRUSTED: 'certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT: 'certificate',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
	ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

/** `sent`: a byte of the request may have left. */
export function troubleOf(code: string | undefined, sent: boolean): LinkTrouble {
	const known = code === undefined ? undefined : byCode[code];
	if (known !== undefined && !sent) return known;
	if (code === 'ETIMEDOUT') return sent ? 'timeout' : 'connect-timeout';
	return sent ? 'reset' : 'connection-cut';
}
