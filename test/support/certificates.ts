/**
 * Certificates for tests, made while they run: an authority of its own, and certificates it issues. X.509 (RFC 5280) in
 * the few bytes of DER it takes, signed by node:crypto with ECDSA over P-256.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Issued {
	/** PEM, for a TLS server. */
	readonly cert: string;
	readonly key: string;
}

interface Validity {
	readonly from: Date;
	readonly to: Date;
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
	const body = Buffer.concat(parts);
	if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
	const size = Buffer.from([body.length >> 8, body.length & 0xff]);
	return Buffer.concat([Buffer.from([tag, 0x82]), size, body]);
};
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
const hex = (tag: number, bytes: string) => der(tag, Buffer.from(bytes, 'hex'));
const oid = (bytes: string) => hex(0x06, bytes);
const octets = (...parts: readonly Uint8Array[]) => der(0x04, ...parts);
const explicit = (index: number, ...parts: readonly Uint8Array[]) => der(0xa0 + index, ...parts);
/** GeneralizedTime: yyyyMMddHHmmssZ. */
const time = (moment: Date) => der(0x18, Buffer.from(`${moment.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const isAuthority = sequence(oid('551d13'), hex(0x01, 'ff'), octets(sequence(hex(0x01, 'ff'))));
const nameOf = (host: string) => (isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)));
const forHost = (host: string) => sequence(oid('551d11'), octets(sequence(nameOf(host))));
const named = (name: string) => sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(name)))));

const hourMs = 3_600_000;
const aroundNow = (): Validity => ({ from: new Date(Date.now() - hourMs), to: new Date(Date.now() + 24 * hourMs) });

export class TestAuthority {
	readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	readonly #name: string;
	/** Its own certificate, PEM: what a caFile holds. */
	readonly certificate: string;

	constructor(name = 'Test authority, trust it nowhere else') {
		this.#name = name;
		this.certificate = this.#certify(name, this.#keys.publicKey, isAuthority, aroundNow());
	}

	/** A key and a certificate of a host, valid now unless said otherwise. */
	issue(host: string, validity = aroundNow()): Issued {
		const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const cert = this.#certify(host, createPublicKey(privateKey), forHost(host), validity);
		return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
	}

	#certify(subject: string, publicKey: KeyObject, extension: Uint8Array, { from, to }: Validity): string {
		const toBeSigned = sequence(
			explicit(0, hex(0x02, '02')),
			der(0x02, Buffer.from([1]), randomBytes(8)),
			ecdsaWithSha256,
			named(this.#name),
			sequence(time(from), time(to)),
			named(subject),
			publicKey.export({ type: 'spki', format: 'der' }),
			explicit(3, sequence(extension)),
		);
		const signature = sign('sha256', toBeSigned, this.#keys.privateKey);
		const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
		return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
	}
}
