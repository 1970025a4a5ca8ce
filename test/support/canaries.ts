/** Texts that must never be found in a log: each is of a kind that a till handles, and like no word of the program. */
import fc from 'fast-check';

export const canaries = {
	phone: '+34698765432',
	email: 'zoraida.quispe@canary.example',
	firstName: 'Zoraida',
	lastName: 'Quispe Ñandú',
	card: '4929123456781234',
	transactionId: 'canary-sale-77120',
	idempotencyKey: 'canary-key-5f0c9a',
	apiKey: 'canary-api-key-9a8b7c6d5e',
	wrongToken: 'Canary_tok3n-Vq8xWq2LsG0aQe7RrTtYyUuIiOoPpAaSsDd',
	reason: 'Canaryreason, she rang and complained',
	branch: 'Canarybranch 12',
} as const;

/** Any of them, or another of these kinds. */
export const canary = fc.oneof(
	fc.constantFrom(...Object.values(canaries)),
	fc.integer({ min: 600_000_000, max: 799_999_999 }).map((digits) => `+34${digits}`),
	fc.integer({ min: 600_000_000, max: 799_999_999 }).map(String),
	fc.array(fc.integer({ min: 1_000, max: 9_999 }), { minLength: 4, maxLength: 4 }).map((groups) => groups.join('')),
	fc.stringMatching(/^[a-z]{6,12}\.[a-z]{6,12}@[a-z]{6,12}\.example$/),
	fc.stringMatching(/^[A-Z][a-z]{8,14} [A-Z][a-z]{8,14}$/),
	fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
	fc.stringMatching(/^[0-9a-f]{64}$/),
);

const fixed = ['__proto__', 'constructor', 'toString', 'message', 'level', 'at', 'event', 'timestamp', 'sentence', 'directory', 'withheld', ''];

/** What a careless caller could log: `names` are names of fields, among others that are none. */
export function carelessFields(names: readonly string[]) {
	const name = fc.oneof(fc.constantFrom(...names), canary, fc.constantFrom(...fixed));
	const value = fc.oneof(
		{ weight: 4, arbitrary: canary },
		canary.map((text) => ({ nested: [text, { [text]: text }] })),
		canary.map((text) => [text]),
		canary.map((text) => `Error at agent/core/log.ts:1 ${text}`),
		canary.map((text) => `timeout: ${text}`),
		fc.integer({ min: 600_000_000, max: 799_999_999 }),
		fc.constantFrom(null, true, -1, 0.5, 200),
		fc.json().map((text): unknown => JSON.parse(text)),
	);
	// As JSON makes it: `__proto__` is a field like any other.
	return fc.array(fc.tuple(name, value), { maxLength: 8 }).map((entries) => Object.fromEntries(entries));
}
