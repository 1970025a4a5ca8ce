/** The file of known tokens in the data directory. */
import Type, { type Static } from 'typebox';
import { roles } from './local-api.ts';

const Token = Type.Object(
	{
		id: Type.String({ minLength: 1 }),
		name: Type.String({ minLength: 1 }),
		role: Type.Enum<[...typeof roles]>([...roles]),
		sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
		createdAt: Type.String(),
	},
	{ additionalProperties: false },
);
export type Token = Static<typeof Token>;

export const TokenFile = Type.Object({ tokens: Type.Array(Token) }, { additionalProperties: false });
