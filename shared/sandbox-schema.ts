/**
 * What can be switched in the built-in sandbox while it runs: how it answers, and which faults it plays. The sandbox's
 * control endpoints take exactly these two objects.
 */
import Type, { type Static } from 'typebox';
import { Create } from 'typebox/value';

const closed = { additionalProperties: false } as const;
const oneOf = <const Values extends (string | number)[]>(values: readonly [...Values], description: string) =>
	Type.Enum(values, { default: values[0], description });
const off = (description: string) => Type.Boolean({ default: false, description });
const seed = (description: string) => Type.Integer({ minimum: 0, maximum: 4_294_967_295, default: 1, description });

export const SandboxSettingsSchema = Type.Object(
	{
		businessErrorStatus: oneOf([200, 400], 'HTTP status of a business refusal.'),
		successEnvelope: oneOf(
			['documented', 'flat', 'data', 'ok'],
			'Shape of a success; "documented" has each call as its page shows it, "ok" is flat with that word.',
		),
		errorEnvelope: oneOf(['error', 'errors'], 'Shape of a refusal: one object, or a list of one.'),
		registerAnswer: oneOf(['data', 'flat'], 'Where a register answers the member, while successEnvelope is "documented".'),
		confirmationCodePlace: oneOf(
			['documented', 'flat', 'data'],
			'Where sales and payments answer their code, while successEnvelope is "documented": sales flat and payments in data unless said otherwise.',
		),
		memberNotFoundCode: oneOf(['203', '4001012', 'MEMBER_NOT_FOUND'], 'Which of the documented codes says that there is no such member.'),
		strict: off('Demand every field that any documentation page marks as required, and refuse what is doubtful.'),
		comoPartial: off('A pay above the balance takes what is there instead of being refused.'),
		cancelAgainSucceeds: off('A second cancel of the same code succeeds without doing anything.'),
		payWith: oneOf(['points', 'credit'], 'Which balance a pay is taken from.'),
		minorUnitsPerPoint: Type.Integer({
			minimum: 1,
			maximum: 1_000_000,
			default: 10,
			description: 'A sale awards one point per this many minor units of its total.',
		}),
		shortCodeSeconds: Type.Integer({ minimum: 1, maximum: 86_400, default: 300, description: 'How long a short code is valid, in seconds.' }),
		seed: seed('Start of the chance in fault rules that bring no seed of their own.'),
	},
	{ ...closed, title: 'SandboxSettings' },
);
export type SandboxSettings = Static<typeof SandboxSettingsSchema>;

/** The settings a sandbox starts with. */
export function defaultSandboxSettings(): SandboxSettings {
	return Create(SandboxSettingsSchema);
}

const FaultRuleSchema = Type.Object(
	{
		fault: oneOf(
			['latency', 'cut', 'timeout', 'status', 'html', 'empty', 'truncated', 'trickle'],
			'latency: the answer comes late. cut: the socket is destroyed. timeout: no answer ever. status: an answer of this status. html: a page, as a captive portal sends it. empty: no body. truncated: half of the real answer. trickle: the real answer, byte by byte.',
		),
		when: Type.Optional(
			oneOf(
				['before', 'after'],
				'Whether the fault comes before the call has any effect (default; the call then has none, except with latency), or after. truncated and trickle are always after.',
			),
		),
		probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 1, description: 'Chance to hit a request that matches.' })),
		calls: Type.Optional(Type.Array(Type.String(), { description: 'Calls or operations it is for, e.g. "transaction" or "cancelSale"; left out: all.' })),
		transactionId: Type.Optional(Type.String({ description: 'Only requests that carry this transactionId.' })),
		times: Type.Optional(Type.Integer({ minimum: 1, description: 'Used up after so many hits; left out: never.' })),
		seed: Type.Optional(seed('Start of the chance of this rule.')),
		delayMs: Type.Optional(
			Type.Integer({
				minimum: 0,
				maximum: 600_000,
				default: 0,
				description: 'Wait before the fault comes, in milliseconds; for trickle the pause before each byte (default 50).',
			}),
		),
		jitterMs: Type.Optional(
			Type.Integer({ minimum: 0, maximum: 600_000, default: 0, description: 'Up to so many milliseconds are added to delayMs by chance.' }),
		),
		status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, description: 'HTTP status of status (default 503), html and empty (default 200).' })),
		envelope: Type.Optional(Type.Boolean({ default: true, description: 'Whether status comes with an error envelope.' })),
		code: Type.Optional(Type.String({ default: '500', description: 'Error code in that envelope.' })),
		retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0, description: 'Sent as Retry-After with status; for 429 1 is the default, for others none.' })),
	},
	{ ...closed, title: 'FaultRule' },
);
export type FaultRule = Static<typeof FaultRuleSchema>;

/** The first rule that matches and hits applies. */
export const FaultRulesSchema = Type.Array(FaultRuleSchema, { title: 'FaultRules', maxItems: 1_000 });
