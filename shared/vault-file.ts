/** `vault.json`: the data keys of a directory, each wrapped with the master key, which is kept elsewhere. Nothing in it is a secret by itself. */
import Type, { type Static } from 'typebox';

const wrapped = Type.String({ minLength: 1, description: 'base64url' });

export const VaultFile = Type.Object(
	{
		id: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'tells the data directories of one user apart in a keystore' }),
		protection: Type.Enum(['keystore', 'credentials', 'file'], { description: 'where the master key is kept' }),
		hashing: wrapped,
		sealing: Type.Array(Type.Object({ number: Type.Integer({ minimum: 1, maximum: 65_535 }), wrapped }), { minItems: 1 }),
	},
	{ additionalProperties: false, title: 'VaultFile' },
);
export type VaultFile = Static<typeof VaultFile>;
