/** A certificate that nobody but its holder vouches for, made on the spot, so that no private key lies in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certified {
	/** PEM. */
	readonly key: string;
	/** PEM. */
	readonly cert: string;
}

/** For 127.0.0.1, valid in this century; the same shape as any web server's (RFC 5280). */
export function selfSigned(commonName: string): Certified {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = sequence(ecdsaWithSha256);
	const name = sequence(set(sequence(objectId(0x55, 0x04, 0x03), der(0x0c, Buffer.from(commonName)))));
	const validity = sequence(time('200101000000Z'), time('491231235959Z'));
	const loopback = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])));
	const subjectAltName = sequence(objectId(0x55, 0x1d, 0x11), der(0x04, loopback));
	const toBeSigned = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, Buffer.from([1])),
		algorithm,
		name,
		validity,
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(subjectAltName)),
	);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
	const certificate = sequence(toBeSigned, algorithm, signature).toString('base64');
	const lines = certificate.match(/.{1,64}/g) ?? [];
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
	};
}

/** One element of the distinguished encoding: tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const content = Buffer.concat(contents);
	const { length } = content;
	const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...elements: readonly Uint8Array[]) => der(0x30, ...elements);
const set = (...elements: readonly Uint8Array[]) => der(0x31, ...elements);
const objectId = (...bytes: readonly number[]) => der(0x06, Buffer.from(bytes));
const time = (text: string) => der(0x17, Buffer.from(text));
/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
