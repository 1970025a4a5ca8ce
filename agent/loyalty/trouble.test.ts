import { expect, test } from 'vitest';
import { troubleOf } from './trouble.ts';

test.each([
	['ENOTFOUND', 'name-lookup'],
	['EHOSTUNREACH', 'no-route'],
	['ECONNREFUSED', 'connection-refused'],
	['CERT_HAS_EXPIRED', 'certificate-date'],
	['CERT_NOT_YET_VALID', 'certificate-date'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
	['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-version'],
	['ETIMEDOUT', 'connect-timeout'],
	['PROXY_UNREACHABLE', 'proxy-unreachable'],
	['PROXY_FAILED', 'proxy-failed'],
	['PROXY_REFUSED', 'proxy-refused'],
	['PROXY_FORBIDDEN', 'proxy-forbidden'],
	['TLS_CUT', 'tls-cut'],
] as const)('%s is %s, before and during TLS; once sent, the line failed under way', (code, trouble) => {
	expect([troubleOf(code, 'nothing'), troubleOf(code, 'connected')]).toEqual([trouble, trouble]);
	expect(troubleOf(code, 'sent')).toBe(code === 'ETIMEDOUT' ? 'timeout' : 'reset');
});

test('a connection that ends is cut, and by its time it is known where', () => {
	for (const code of ['ECONNRESET', 'SOMETHING_NEW', undefined]) {
		expect([troubleOf(code, 'nothing'), troubleOf(code, 'connected'), troubleOf(code, 'sent')]).toEqual(['connection-cut', 'tls-cut', 'reset']);
	}
});
