/**
 * The configuration file. `config/schema.json` is this schema written out and `config/default.json` its defaults; a
 * test keeps the three alike. Every key has a default, so that a file holds only what differs.
 */
import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const port = (description: string, value: number) =>
	Type.Integer({ minimum: 0, maximum: 65_535, default: value, description: `${description}; 0 takes any free one` });
const whole = (minimum: number, maximum: number, value: number, description: string) => Type.Integer({ minimum, maximum, default: value, description });

/** What an HTTP header can carry. */
const headerText = '^[ -~\\u00a0-\\u00ff]+$';

const Loyalty = Type.Object(
	{
		baseUrl: Type.String({
			minLength: 1,
			default: 'https://pos-api.fidelizacion.app/v1/',
			description: 'Address of the Loyalty API. https only, except to a loopback address.',
		}),
		sourceType: Type.String({ pattern: headerText, default: 'POS', description: 'Sent as x-source-type where the register sends none.' }),
		sourceName: Type.String({ pattern: headerText, default: 'lanekeeper', description: 'Sent as x-source-name where the register sends none.' }),
		branchId: Type.String({ pattern: headerText, default: 'BR001', description: 'Sent as x-branch-id where the register sends none.' }),
		posId: Type.String({ pattern: headerText, default: 'POS001', description: 'Sent as x-pos-id where the register sends none.' }),
		timeoutMs: whole(100, 120_000, 8_000, 'How long one request to the Loyalty API may take, in milliseconds.'),
		concurrency: whole(1, 64, 8, 'How many requests may be under way at once.'),
		transactionIdScope: Type.Union([Type.Literal('forever'), Type.Literal('day')], {
			default: 'forever',
			description: 'Whether a transactionId is unique for ever or starts again each business day.',
		}),
		proxy: Type.String({
			default: '',
			description: 'HTTP proxy of the shop network on the way to the Loyalty API: http://host:port or http://user:password@host:port. Empty: none.',
		}),
		caFile: Type.String({
			default: '',
			description: 'PEM file with certificates to trust besides the usual ones; a relative path begins at the configuration file. Empty: none.',
		}),
		timeZone: Type.String({ minLength: 1, default: 'Europe/Madrid', description: 'IANA time zone of the shop: decides its business day.' }),
	},
	closed,
);

const Local = Type.Object(
	{
		httpPort: port('Port of the HTTP door on the loopback addresses', 7311),
		socketPort: port('Port of the TCP door on the loopback addresses', 7312),
		replyWithinMs: whole(0, 60_000, 1_500, 'How long a register waits for the real outcome of a write before it is told "queued".'),
		queuedStatus: Type.Union([Type.Literal(202), Type.Literal(200)], { default: 202, description: 'HTTP status of a queued answer.' }),
		allowedOrigins: Type.Array(Type.String({ pattern: '^https?://[^/]+$' }), {
			default: [],
			description: 'Web registers that may call from a browser, as scheme://host[:port].',
		}),
	},
	closed,
);

const Outbox = Type.Object(
	{
		maxWaiting: whole(1, 100_000_000, 2_000_000, 'How many deliveries may wait; above, new ones get QUEUE_FULL.'),
		minFreeDiskMiB: whole(0, 1_048_576, 200, 'Free disk space below which new deliveries get STORAGE_FULL, in MiB.'),
		keepConfirmedDays: whole(0, 36_500, 30, 'Days after which the body of a finished delivery is erased.'),
		keepKeysDays: whole(1, 36_500, 400, 'Days a finished delivery is remembered, so that a late repeat does nothing twice.'),
	},
	closed,
);

const choice = <const Words extends string[]>(words: readonly [...Words], description: string) => Type.Enum(words, { default: words[0], description });

const Transactions = Type.Object(
	{
		cancelBeforeSending: choice(
			['withdraw', 'send'],
			'When a cancel meets a sale that never left: withdraw both of them, or send both, for a provider who wants to see every sale.',
		),
	},
	closed,
);

const Payments = Type.Object(
	{
		onUnknownOutcome: choice(
			['hold', 'repeat'],
			'A pay that was sent without a usable answer: hold it for a person, or repeat it while its register waits. "repeat" only for a provider who has confirmed that a repeated pay is recognised.',
		),
	},
	closed,
);

const Events = Type.Object(
	{
		onUnknownOutcome: choice(
			['repeat', 'hold'],
			'An event that was sent without a usable answer: repeat it (it carries an id by which a report finds doubles), or hold it for a person.',
		),
	},
	closed,
);

const Members = Type.Object(
	{
		keepLastKnownDays: whole(0, 3_650, 30, 'Days the name of a member is remembered after it was last seen, to show it while the line is down; 0: not at all.'),
	},
	closed,
);

const queuedOperations = ['sale', 'cancelSale', 'cancelPay', 'register', 'update', 'event'] as const;

/** One rule of the shop for calls that would wait because the line is down. */
export const OfflineRule = Type.Object(
	{
		name: Type.String({
			pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
			description: 'Shown as a flag of the delivery, or in the refusal. Small letters, digits and hyphens.',
		}),
		operations: Type.Array(Type.Enum([...queuedOperations]), { minItems: 1, description: 'What it is for.' }),
		limit: Type.Enum(['amount', 'count', 'age', 'gifts'], {
			description:
				'What is measured. amount: minor units of sales. count: deliveries that wait, this one included. age: minutes since the oldest waiting delivery was accepted. gifts: gifts used in this call.',
		}),
		per: Type.Enum(['call', 'member'], {
			description:
				'call: this call alone for amount and gifts, all waiting calls of these operations for count and age. member: all that waits of the same member, and this.',
		}),
		above: Type.Integer({ minimum: 0, description: 'The rule applies to more than this.' }),
		action: Type.Enum(['flag', 'refuse'], { description: 'flag: accept, and show it to the manager. refuse: 409 OFFLINE_POLICY.' }),
	},
	{ ...closed, title: 'OfflineRule' },
);
export type OfflineRule = Static<typeof OfflineRule>;

const giftsUsedOffline: OfflineRule = { name: 'gifts-used-offline', operations: ['sale'], limit: 'gifts', per: 'call', above: 0, action: 'flag' };

const Offline = Type.Object(
	{
		rules: Type.Array(OfflineRule, {
			default: [giftsUsedOffline],
			description: 'What is risky while the line is down. A finished sale is accepted and flagged unless a rule of the shop says "refuse".',
		}),
	},
	closed,
);

/** One side of a dispute in the Loyalty API's pages; by default nobody's. */
const side = <First extends string, Second extends string>(first: First, second: Second, description: string) =>
	Type.Union([Type.Literal('as-sent'), Type.Literal(first), Type.Literal(second)], { default: 'as-sent', description });

const Dialect = Type.Object(
	{
		registerBody: side('wrapped', 'flat', 'Where a register has its nine profile fields: inside newMemberData, or at top level.'),
		saleCancelBody: side('nested', 'topLevel', "Where a sale's cancel has action and confirmationCode: inside transaction, or at top level."),
		payCancelAmount: side('negative', 'omit', "Amount of a pay's cancel: the negative of the original where it is known, or none."),
		saleFields: side('newer', 'older', 'Names in a transaction: dateTime, payments, subtotal, total; or openTime, meansOfPayment, grossAmount, netAmount.'),
		discountSign: side('positive', 'negative', 'Sign of the amounts in appliedDeals.'),
	},
	closed,
);

const Vault = Type.Object(
	{
		protection: choice(
			['auto', 'keystore', 'credentials', 'file'],
			'Where the master key and the API key are kept: the keystore of the operating system, credentials that systemd hands to the service, or a file that only its owner can read. auto: the first that works, at the first start, and then always that.',
		),
	},
	closed,
);

const Log = Type.Object(
	{
		level: Type.Union([Type.Literal('error'), Type.Literal('warn'), Type.Literal('info'), Type.Literal('debug')], {
			default: 'info',
			description: 'How much is written to the log.',
		}),
	},
	closed,
);

const Scans = Type.Object({ keepSeconds: whole(1, 3_600, 10, 'How long a scan nobody asked for is kept.') }, closed);

const notYet = (what: string) =>
	Type.Array(Type.Unknown(), { default: [], description: `${what}. This version reads no serial scanners: the list must be empty.` });

export const SettingsSchema = Type.Object(
	{
		loyalty: Loyalty,
		local: Local,
		transactions: Transactions,
		payments: Payments,
		events: Events,
		members: Members,
		offline: Offline,
		outbox: Outbox,
		dialect: Dialect,
		vault: Vault,
		log: Log,
		scans: Scans,
		scanners: notYet('Serial scanners'),
		cards: notYet('Member card patterns'),
	},
	{ ...closed, title: 'Lanekeeper configuration' },
);

export type Settings = Static<typeof SettingsSchema>;

export function isObjectSchema(schema: unknown): schema is { readonly properties: Readonly<Record<string, unknown>> } {
	return typeof schema === 'object' && schema !== null && 'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null;
}
