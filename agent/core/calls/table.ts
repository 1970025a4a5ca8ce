/**
 * The seven calls of the Loyalty API and their rules, as data. Doors, intake, replay, sandbox, documentation and tests
 * read this table; a new call is one new entry. The rules are those of the local API.
 */
import { Profile } from '../../../shared/loyalty-objects.ts';
import {
	CancelPaymentRequest,
	CancelSaleRequest,
	EventRequest,
	IdentifiedRequest,
	PayRequest,
	RegisterRequest,
	SaleRequest,
	UpdateRequest,
} from '../../../shared/requests.ts';
import { parserFor } from '../../../shared/validate.ts';
import { at, isJsonObject, type JsonObject } from '../json.ts';
import { type CallName, callNames, type NaturalKey, type Operation, type OperationName } from './operation.ts';
import { isPayCancel, isSaleCancel, peekCancel, peekMember, peekPay, peekSale } from './peek.ts';

const profileFields = Object.keys(Profile.properties);

/** Code of the Loyalty API for a register whose phone number is known already. */
const alreadyAMember = '204';

/** Unambiguous between colons. JSON's escapes first: half a surrogate pair, which a register may send, is nothing a URI can hold. */
const keyPart = (text: string) => encodeURIComponent(JSON.stringify(text).slice(1, -1));

const saleKey = (kind: 'sale' | 'pay', id: string, branchId: string, posId: string, day: string | undefined) =>
	[kind, id, branchId, posId, ...(day === undefined ? [] : [day])].map(keyPart).join(':');

/** The natural key under which the cancel of this code is stored. */
export function cancelKeyText(call: 'transaction' | 'payment', code: string): string {
	return `cancel:${call}:${keyPart(code)}`;
}

const cancelKey = (call: 'transaction' | 'payment', code: string | undefined): NaturalKey[] =>
	code === undefined ? [] : [{ text: cancelKeyText(call, code), personal: false, until: 'kept' }];

const accepted = (data?: JsonObject): JsonObject => ({ status: 'success', ...(data === undefined ? {} : { data }) });

/** The profile that was sent, wrapped or flat (K1): nothing is invented, above all no membership key. */
function profileIn(body: JsonObject): JsonObject {
	const wrapped = at(body, 'newMemberData');
	const data = isJsonObject(wrapped) ? wrapped : body;
	return Object.fromEntries(profileFields.flatMap((field) => (Object.hasOwn(data, field) ? [[field, data[field]]] : [])));
}

const nothing = () => 'nothing' as const;
const refused = () => 'refused' as const;
const repeat = () => 'repeat' as const;

/** The same refusal after an unclear first try usually means that the first try had worked. */
const cancelRules = {
	kind: 'write',
	onUnknown: repeat,
	refusedAfterUnknown: () => 'doubtful',
	holdsUp: nothing,
} as const satisfies Partial<Operation>;

const readRules = {
	kind: 'read',
	naturalKeys: () => [],
	onUnknown: repeat,
	refusedAfterUnknown: refused,
	holdsUp: nothing,
	queuedAnswer: () => accepted(),
} as const satisfies Partial<Operation>;

const register: Operation = {
	name: 'register',
	call: 'member.register',
	kind: 'write',
	parse: parserFor(RegisterRequest),
	peek: (body) => peekMember(body, ['newMemberData'], []),
	naturalKeys: (peek) =>
		peek.identifiers
			.filter(([field]) => field === 'phoneNumber' || field === 'email')
			.map(([field, value]) => ({ text: `register:${field}:${value}`, personal: true, until: 'open' })),
	onUnknown: repeat,
	refusedAfterUnknown: (code) => (code === alreadyAMember ? 'confirmed' : 'refused'),
	// "Already a member" is no reason to hold that member's sales back.
	holdsUp: (_state, code) => (code === alreadyAMember ? 'nothing' : 'member'),
	queuedAnswer: (_provisionalCode, body) => accepted({ member: profileIn(body) }),
};

const update: Operation = {
	name: 'update',
	call: 'member.update',
	kind: 'write',
	parse: parserFor(UpdateRequest),
	peek: (body) => peekMember(body, ['member'], ['newMemberData']),
	naturalKeys: () => [],
	onUnknown: repeat,
	refusedAfterUnknown: refused,
	holdsUp: nothing,
	queuedAnswer: () => accepted({}),
};

const details: Operation = {
	...readRules,
	name: 'details',
	call: 'member.details',
	parse: parserFor(IdentifiedRequest),
	peek: (body) => peekMember(body, ['member']),
};

const shortCode: Operation = { ...details, name: 'shortCode', call: 'member.shortCode' };

const sale: Operation = {
	name: 'sale',
	call: 'transaction',
	kind: 'write',
	parse: parserFor(SaleRequest),
	peek: peekSale,
	naturalKeys: (peek, { branchId, posId, day }) =>
		peek.transactionId === undefined ? [] : [{ text: saleKey('sale', peek.transactionId, branchId, posId, day), personal: false, until: 'kept' }],
	onUnknown: repeat,
	refusedAfterUnknown: refused,
	holdsUp: () => 'cancel',
	queuedAnswer: (provisionalCode) => ({ status: 'success', confirmationCode: provisionalCode }),
};

const cancelSale: Operation = {
	...cancelRules,
	name: 'cancelSale',
	call: 'transaction',
	parse: parserFor(CancelSaleRequest),
	peek: (body) => peekCancel(body, 'transaction'),
	naturalKeys: (peek) => cancelKey('transaction', peek.confirmationCode),
	cancels: 'sale',
	queuedAnswer: () => accepted(),
};

const pay: Operation = {
	name: 'pay',
	call: 'payment',
	kind: 'pay',
	parse: parserFor(PayRequest),
	peek: peekPay,
	naturalKeys: (peek, { branchId, posId, day }) =>
		peek.transactionId === undefined ? [] : [{ text: saleKey('pay', peek.transactionId, branchId, posId, day), personal: false, until: 'spent' }],
	onUnknown: (rules) => rules.unclearPay,
	// Where a repeat is recognised its answer is the answer; elsewhere the first try may have taken what the second one misses.
	refusedAfterUnknown: (_code, rules) => (rules.unclearPay === 'repeat' ? 'refused' : 'doubtful'),
	holdsUp: nothing,
	queuedAnswer: () => accepted(),
};

const cancelPay: Operation = {
	...cancelRules,
	name: 'cancelPay',
	call: 'payment',
	parse: parserFor(CancelPaymentRequest),
	peek: (body) => peekCancel(body, 'payment'),
	naturalKeys: (peek) => cancelKey('payment', peek.confirmationCode),
	cancels: 'pay',
	queuedAnswer: (_provisionalCode, _body, peek) => accepted({ confirmationCode: peek.confirmationCode }),
};

const event: Operation = {
	name: 'event',
	call: 'event',
	kind: 'write',
	parse: parserFor(EventRequest),
	peek: (body) => peekMember(body, ['member']),
	naturalKeys: () => [],
	onUnknown: (rules) => rules.unclearEvent,
	refusedAfterUnknown: refused,
	holdsUp: nothing,
	queuedAnswer: () => accepted({}),
};

export const operations: Readonly<Record<OperationName, Operation>> = { register, update, details, shortCode, sale, cancelSale, pay, cancelPay, event };

export interface Call {
	readonly name: CallName;
	/** Below the base URL of the Loyalty API, and below /v1 of the agent. */
	readonly path: string;
	readonly operationFor: (body: JsonObject) => Operation;
}

export const calls: Readonly<Record<CallName, Call>> = {
	'member.register': { name: 'member.register', path: '/member/register', operationFor: () => register },
	'member.update': { name: 'member.update', path: '/member/update', operationFor: () => update },
	'member.details': { name: 'member.details', path: '/member/details', operationFor: () => details },
	'member.shortCode': { name: 'member.shortCode', path: '/member/shortCode', operationFor: () => shortCode },
	transaction: { name: 'transaction', path: '/transaction', operationFor: (body) => (isSaleCancel(body) ? cancelSale : sale) },
	payment: { name: 'payment', path: '/payment', operationFor: (body) => (isPayCancel(body) ? cancelPay : pay) },
	event: { name: 'event', path: '/event', operationFor: () => event },
};

export function callAtPath(path: string): Call | undefined {
	return callNames.map((name) => calls[name]).find((call) => call.path === path);
}
