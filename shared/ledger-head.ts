/** The file that keeps the head of the ledger apart from the database. */
import Type from 'typebox';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const LedgerHeadFile = Type.Object({ number: Type.Integer({ minimum: 0 }), hash: Hash, mac: Hash }, { additionalProperties: false });
