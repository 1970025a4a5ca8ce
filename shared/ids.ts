/**
 * Delivery ids are ULIDs (Crockford base 32, 26 characters, time-ordered): readable on a screen, and because they grow
 * with time the index over them stays compact. The database keeps the 16 bytes.
 */
export type DeliveryId = string & { readonly __brand: 'DeliveryId' };

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ulidForm = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const provisionalPrefix = 'PENDING-';

export function isDeliveryId(text: string): text is DeliveryId {
	return ulidForm.test(text);
}

/** The code that stands for a sale until the Loyalty API has given one; a later cancel may name it. */
export function provisionalCode(id: DeliveryId): string {
	return `${provisionalPrefix}${id}`;
}

/** `"foreign"` is a code that looks provisional, also to a person who typed it, but was not made by any till of ours. */
export function readProvisionalCode(code: string): DeliveryId | 'foreign' | undefined {
	if (!code.trim().toUpperCase().startsWith(provisionalPrefix)) return undefined;
	const id = code.startsWith(provisionalPrefix) ? code.slice(provisionalPrefix.length) : '';
	return isDeliveryId(id) ? id : 'foreign';
}

export function deliveryIdToBytes(id: DeliveryId): Uint8Array {
	let value = 0n;
	for (const character of id) value = value * 32n + BigInt(alphabet.indexOf(character));
	const bytes = new Uint8Array(16);
	for (let index = 15; index >= 0; index -= 1) {
		bytes[index] = Number(value & 0xffn);
		value >>= 8n;
	}
	return bytes;
}

/** Throws on anything but 16 bytes: such a row cannot have been written by us. */
export function deliveryIdFromBytes(bytes: Uint8Array): DeliveryId {
	if (bytes.length !== 16) throw new RangeError(`a delivery id has 16 bytes, found ${bytes.length}`);
	let value = 0n;
	for (const byte of bytes) value = value * 256n + BigInt(byte);
	let text = '';
	for (let index = 0; index < 26; index += 1) {
		text = (alphabet[Number(value & 31n)] ?? '') + text;
		value >>= 5n;
	}
	return text as DeliveryId;
}
