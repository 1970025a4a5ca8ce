/** The objects the agent adds to the Loyalty API: what registers and the manager's tools read. */
import Type, { type Static } from 'typebox';

const oneOf = <const Names extends readonly string[]>(names: Names, description: string) => Type.Enum<[...Names]>([...names], { description });

export const deliveryStates = ['queued', 'sending', 'confirmed', 'refused', 'doubtful', 'withdrawn'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const linkStates = ['online', 'offline', 'failing', 'paused', 'misconfigured'] as const;
export type LinkStateName = (typeof linkStates)[number];

export const roles = ['register', 'manager', 'observer'] as const;
export type Role = (typeof roles)[number];

const instant = (description: string) => Type.String({ format: 'date-time', description });

/** Added to every answer. */
export const AgentObject = Type.Object(
	{
		state: oneOf(['confirmed', 'queued', 'refused', 'doubtful', 'withdrawn', 'none'], 'What is true of this very call.'),
		deliveryId: Type.Optional(Type.String({ description: 'Absent for reads and for errors of the agent.' })),
		duplicate: Type.Optional(Type.Boolean({ description: 'True: this very call was accepted before; nothing was done twice.' })),
		link: Type.Optional(oneOf(linkStates, 'How the line to the Loyalty API is.')),
		waiting: Type.Optional(Type.Integer({ description: 'Deliveries that are not final yet.' })),
		oldestWaitingSeconds: Type.Optional(Type.Integer({ description: 'Age of the oldest of them.' })),
		lastKnown: Type.Optional(
			Type.Object(
				{ name: Type.String({ description: 'First and last name.' }), seenAt: instant('when the Loyalty API last answered it') },
				{ description: 'With details while there is no live answer: who this was when last seen. Nobody has verified it now.' },
			),
		),
		sandbox: Type.Optional(Type.Literal(true, { description: 'Present while the agent talks to its built-in sandbox.' })),
	},
	{ title: 'AgentObject' },
);
export type AgentObject = Static<typeof AgentObject>;

export const Refusal = Type.Object({ code: Type.String(), message: Type.String(), advice: Type.String() }, { title: 'Refusal' });

const AttemptView = Type.Object(
	{
		startedAt: instant('when the attempt was recorded'),
		outcome: Type.Optional(oneOf(['confirmed', 'refused', 'notSent', 'unknown'], 'Absent while under way.')),
		reason: Type.Optional(Type.String()),
		httpStatus: Type.Optional(Type.Integer()),
		code: Type.Optional(Type.String({ description: 'Error code of the Loyalty API.' })),
		durationMs: Type.Optional(Type.Integer()),
	},
	{ title: 'Attempt' },
);
export type AttemptView = Static<typeof AttemptView>;

export const DeliveryView = Type.Object(
	{
		id: Type.String(),
		call: Type.String(),
		state: oneOf(deliveryStates, 'Where the delivery stands.'),
		transactionId: Type.Optional(Type.String()),
		acceptedAt: instant('when it was flushed to disk'),
		attempts: Type.Integer(),
		nextAttemptAt: Type.Optional(instant('when it is tried next, if a time is known')),
		lastOutcome: Type.Optional(Type.String()),
		confirmationCode: Type.Optional(Type.String()),
		refusal: Type.Optional(Refusal),
		supersededBy: Type.Optional(Type.String()),
		withdrawnReason: Type.Optional(Type.String()),
		flags: Type.Optional(Type.Array(Type.String(), { description: 'names of the offline rules of the shop it went past' })),
		doubt: Type.Optional(Type.Object({ message: Type.String(), advice: Type.String() }, { description: 'of a doubtful one: what happened, what to do' })),
	},
	{ title: 'Delivery' },
);
export type DeliveryView = Static<typeof DeliveryView>;

export const decisionKinds = ['retry', 'withdraw', 'confirm', 'correct'] as const;
export type DecisionKind = (typeof decisionKinds)[number];

const DecisionView = Type.Object(
	{
		at: instant('when it was decided'),
		person: Type.String({ description: 'name of the token that was used' }),
		decision: oneOf(decisionKinds, 'What a person did.'),
		reason: Type.Optional(Type.String({ description: 'their own words; only with include=body, until they are erased with the body' })),
	},
	{ title: 'Decision' },
);
export type DecisionView = Static<typeof DecisionView>;

/** Balances around an unclear pay; only with include=body. */
const BalanceView = Type.Object({
	points: Type.Optional(Type.Number()),
	credit: Type.Optional(Type.Number()),
	seenAt: instant('when the Loyalty API answered it'),
});
export const PayJournalView = Type.Object(
	{ before: Type.Optional(BalanceView), after: Type.Optional(BalanceView), advice: Type.String() },
	{ title: 'PayJournal' },
);
export type PayJournalView = Static<typeof PayJournalView>;

export const DeliveryWithAttempts = Type.Object(
	{
		...DeliveryView.properties,
		attemptLog: Type.Array(AttemptView),
		decisions: Type.Optional(Type.Array(DecisionView, { description: 'oldest first; for a manager token' })),
		payJournal: Type.Optional(PayJournalView),
	},
	{ title: 'DeliveryWithAttempts' },
);
export type DeliveryWithAttempts = Static<typeof DeliveryWithAttempts>;

export const LinkView = Type.Object(
	{
		state: oneOf(linkStates, ''),
		reason: Type.String(),
		sentence: Type.String(),
		since: instant('since when'),
		advice: Type.Optional(Type.String({ description: 'What to do about it; absent when there is nothing to do.' })),
	},
	{ title: 'Link' },
);
export type LinkView = Static<typeof LinkView>;

export const Status = Type.Object(
	{
		version: Type.String(),
		sandbox: Type.Boolean(),
		startedAt: instant('start of the agent'),
		link: LinkView,
		deliveries: Type.Object({
			queued: Type.Integer(),
			sending: Type.Integer(),
			refused: Type.Integer({ description: 'those no register saw' }),
			doubtful: Type.Integer(),
			confirmedToday: Type.Integer(),
		}),
		waiting: Type.Object({
			count: Type.Integer(),
			oldestAt: Type.Optional(instant('')),
			amount: Type.Integer({ description: 'sum of the waiting sales, minor units' }),
		}),
		safeToClose: Type.Boolean(),
		scanners: Type.Array(Type.Object({ name: Type.String(), state: Type.String(), lastScanAt: Type.Optional(instant('')) })),
		disk: Type.Object({ freeMiB: Type.Integer() }),
		clockOffsetSeconds: Type.Integer(),
		keyProtection: oneOf(['keystore', 'credentials', 'file'], ''),
	},
	{ title: 'Status' },
);
export type Status = Static<typeof Status>;
