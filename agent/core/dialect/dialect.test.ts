/** What holds for every body, every call and every setting. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallName, callNames, type Operation } from '../calls/operation.ts';
import { calls } from '../calls/table.ts';
import { canonicalJson } from '../canonical-json.ts';
import { at, isJsonObject, type JsonObject } from '../json.ts';
import { type Dialect, inDialect } from './dialect.ts';

const asSent: Dialect = { registerBody: 'as-sent', saleCancelBody: 'as-sent', payCancelAmount: 'as-sent', saleFields: 'as-sent', discountSign: 'as-sent' };

const dialects = fc.record<Dialect>({
	registerBody: fc.constantFrom('as-sent', 'wrapped', 'flat'),
	saleCancelBody: fc.constantFrom('as-sent', 'nested', 'topLevel'),
	payCancelAmount: fc.constantFrom('as-sent', 'negative', 'omit'),
	saleFields: fc.constantFrom('as-sent', 'newer', 'older'),
	discountSign: fc.constantFrom('as-sent', 'positive', 'negative'),
});

/** Names that mean something at some place, in every place; strange ones; each perhaps written with escapes, each perhaps twice. */
const profileFields = ['phoneNumber', 'email', 'firstName', 'gdpr'];
const shared = ['action', 'confirmationCode', 'amount', 'note', '__proto__', 'a b'];
const inTransaction = ['transactionId', 'openTime', 'dateTime', 'payments', 'meansOfPayment', 'items', 'appliedDeals'];
const inLine = ['grossAmount', 'netAmount', 'subtotal', 'total'];
const blank = fc.constantFrom('', '', ' ', '\n\t');

function written(text: string, isEscaped: boolean): string {
	if (!isEscaped) return JSON.stringify(text);
	return `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;
}

const text = fc.tuple(fc.oneof(fc.constantFrom('', 'cancel', 'pay', 'A', 'T', '00123', '}"{'), fc.string({ maxLength: 4 })), fc.boolean());
const scalar = fc.oneof(
	fc.constantFrom('300', '-300', '1.0', '-0', '0', '1e2', '-1E-2', '12345678901234567890', '-9007199254740993.10', 'true', 'null'),
	text.map(([content, isEscaped]) => written(content, isEscaped)),
);
const listOf = (element: fc.Arbitrary<string>) =>
	fc.tuple(fc.array(element, { maxLength: 3 }), blank).map(([elements, gap]) => `[${gap}${elements.join(`${gap},`)}]`);

/** An object whose members have the values that belong to them, or sometimes another. */
function objectOf(values: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
	const members = Object.entries(values).map(([name, value]) =>
		fc
			.tuple(fc.boolean(), blank, blank, fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: scalar }), blank)
			.map(([isEscaped, before, colon, source, after]) => `${before}${written(name, isEscaped)}${colon}:${colon}${source}${after}`),
	);
	return fc.array(fc.oneof(...members), { maxLength: 7 }).map((all) => `{${all.join(',')}}`);
}

const scalars = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, scalar]));
const line = objectOf(scalars([...inLine, ...shared]));
const deals = listOf(objectOf(scalars(shared)));
const transaction = objectOf({ ...scalars([...inTransaction, ...shared]), items: listOf(line), appliedDeals: deals });
const member = objectOf(scalars([...profileFields, ...shared]));
const profile = objectOf({ ...scalars([...profileFields, ...shared, 'externalId']), newMemberData: member });
const strangers = scalars([...shared, ...inTransaction, ...inLine]);
const membersOfCall: Readonly<Record<CallName, Readonly<Record<string, fc.Arbitrary<string>>>>> = {
	'member.register': { ...scalars(profileFields), newMemberData: profile },
	'member.update': { member, newMemberData: profile },
	'member.details': { member, transaction, appliedDeals: deals },
	'member.shortCode': { member, ...scalars(['action']) },
	transaction: { member, transaction, appliedDeals: deals, ...scalars(['action', 'confirmationCode']) },
	payment: { member, transaction, payment: objectOf(scalars(shared)), ...scalars(['action', 'confirmationCode', 'amount']) },
	event: { member, transaction, appliedDeals: deals, event: objectOf({ type: scalar, transaction }) },
};
/** A call and a body that it may have, or sometimes something else. */
const called = fc.constantFrom(...callNames).chain((name) => {
	const own = objectOf(membersOfCall[name]);
	const any = objectOf({ ...strangers, ...Object.assign({}, ...Object.values(membersOfCall)) });
	const source = fc.tuple(blank, fc.oneof({ weight: 4, arbitrary: own }, { weight: 1, arbitrary: any }), blank).map((parts) => parts.join(''));
	return source.map((body) => ({ to: calls[name], source: body }));
});
const original = fc.constantFrom(undefined, '300', '1.0', '12345678901234567890', '-5');

function parsed(source: string): JsonObject {
	const value: unknown = JSON.parse(source);
	if (!isJsonObject(value)) throw new Error('not an object');
	return value;
}

const rounds = { numRuns: 2_000 };

describe('a body', () => {
	test('goes out as it came while every rule says so', () => {
		fc.assert(
			fc.property(called, original, ({ to, source }, amount) => {
				expect(inDialect(to.operationFor(parsed(source)).name, source, asSent, amount)).toBe(source);
			}),
		);
	});

	test('in the dialect stays as it is', () => {
		fc.assert(
			fc.property(called, dialects, original, ({ to, source }, dialect, amount) => {
				const { name } = to.operationFor(parsed(source));
				const once = inDialect(name, source, dialect, amount);
				expect(inDialect(name, once, dialect, amount)).toBe(once);
			}),
			rounds,
		);
	});

	test('is the same operation about the same member, sale and code', () => {
		fc.assert(
			fc.property(called, dialects, original, ({ to, source }, dialect, amount) => {
				const before = parsed(source);
				const operation = to.operationFor(before);
				const after = parsed(inDialect(operation.name, source, dialect, amount));
				expect(to.operationFor(after).name).toBe(operation.name);
				expect({ ...operation.peek(after), identifiers: identifiersOf(operation, after) }).toEqual({
					...operation.peek(before),
					identifiers: identifiersOf(operation, before, dialect),
				});
			}),
			rounds,
		);
	});

	test('means what it meant, but for the rule, and keeps every number as it was written', () => {
		fc.assert(
			fc.property(called, dialects, original, ({ to, source }, dialect, amount) => {
				const { name } = to.operationFor(parsed(source));
				const expected = expectedOf(name, withTaggedNumbers(source), dialect, amount);
				expect(withTaggedNumbers(inDialect(name, source, dialect, amount))).toEqual(expected);
			}),
			rounds,
		);
	});

	test('means the same in the dialect however it was written', () => {
		fc.assert(
			fc.property(called, dialects, original, ({ to, source }, dialect, amount) => {
				const { name } = to.operationFor(parsed(source));
				expect(canonicalJson(inDialect(name, canonicalJson(source), dialect, amount))).toBe(canonicalJson(inDialect(name, source, dialect, amount)));
			}),
			rounds,
		);
	});
});

/** Of a register that says two things, those of the place its provider looks at. */
function identifiersOf(operation: Operation, body: JsonObject, { registerBody } = asSent): readonly string[] {
	const inner = at(body, 'newMemberData');
	const isMoved = operation.name === 'register' && isJsonObject(inner) && (registerBody === 'wrapped' || !Object.hasOwn(inner, 'newMemberData'));
	const joined = isMoved && registerBody !== 'as-sent' ? dropped(registerBody === 'wrapped' ? over(body, inner) : over(inner, body), 'newMemberData') : body;
	return [...new Set(operation.peek(joined).identifiers.map(([field, value]) => `${field}:${value}`))].sort();
}

/** Stands for a number, and keeps its text; no body of ours has such a list. */
const tagged = (source: string) => ['number', source];

/** Every number tagged. `__proto__` comes back under another name, for the sake of comparing. */
function withTaggedNumbers(source: string): Record<string, unknown> {
	const named = source.replaceAll(/"__proto__"|"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f"/g, '"proto"');
	const value: unknown = JSON.parse(named, (_key, found: unknown, context) => (typeof found === 'number' ? tagged(context.source ?? '') : found));
	if (!isJsonObject(value)) throw new Error('not an object');
	return { ...value };
}

/** An empty value is none. */
function over(below: Fields, above: Fields): Fields {
	const isEmpty = (value: unknown) => value === null || (typeof value === 'string' && value.trim() === '');
	return { ...above, ...below, ...Object.fromEntries(Object.entries(above).filter(([name, value]) => !isEmpty(value) || !Object.hasOwn(below, name))) };
}

type Fields = Readonly<Record<string, unknown>>;

const dropped = (fields: Fields, ...names: readonly string[]) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
const picked = (fields: Fields, names: readonly string[]) => Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));

/** The rules once more, on values. */
function expectedOf(name: string, fields: Fields, dialect: Dialect, amount: string | undefined): Fields {
	if (name === 'register' && dialect.registerBody !== 'as-sent') return expectedRegister(fields, dialect.registerBody);
	if (name === 'cancelSale' && dialect.saleCancelBody !== 'as-sent') return expectedSaleCancel(fields, dialect.saleCancelBody);
	if (name === 'cancelPay' && dialect.payCancelAmount !== 'as-sent') return expectedPayCancel(fields, dialect.payCancelAmount, amount);
	if (!['sale', 'pay', 'details', 'event'].includes(name)) return fields;
	const withDeals = expectedDeals(fields, dialect);
	const sale = withDeals['transaction'];
	return isJsonObject(sale) ? { ...withDeals, transaction: expectedDeals(expectedSale(sale, dialect), dialect) } : withDeals;
}

function expectedRegister(fields: Fields, shape: 'wrapped' | 'flat'): Fields {
	const inner = fields['newMemberData'];
	if (shape === 'flat') return isJsonObject(inner) && !Object.hasOwn(inner, 'newMemberData') ? over(inner, dropped(fields, 'newMemberData')) : fields;
	const moving = picked(fields, profileFields);
	if (Object.keys(moving).length === 0 || (inner !== undefined && !isJsonObject(inner))) return fields;
	return { ...dropped(fields, ...profileFields), newMemberData: over(moving, inner ?? {}) };
}

function expectedSaleCancel(fields: Fields, shape: 'nested' | 'topLevel'): Fields {
	const inner = fields['transaction'] ?? (Object.hasOwn(fields, 'transaction') ? null : {});
	if (!isJsonObject(inner)) return fields;
	const code = [inner['confirmationCode'], fields['confirmationCode']].find((found) => typeof found === 'string' && found !== '');
	if (code === undefined) return fields;
	const said = { action: 'cancel', confirmationCode: code };
	if (shape === 'nested') return { ...dropped(fields, ...Object.keys(said)), transaction: { ...inner, ...said } };
	const rest = dropped(inner, ...Object.keys(said));
	const isEmptied = Object.keys(rest).length === 0 && (Object.keys(inner).length > 0 || !Object.hasOwn(fields, 'transaction'));
	return { ...dropped(fields, 'transaction'), ...said, ...(isEmptied ? {} : { transaction: rest }) };
}

function expectedPayCancel(fields: Fields, rule: 'negative' | 'omit', original: string | undefined): Fields {
	const payment = fields['payment'];
	if (!isJsonObject(payment)) return fields;
	if (rule === 'omit') return { ...fields, payment: dropped(payment, 'amount') };
	const sent = numberOf(payment['amount']);
	const known = original === undefined || Number(original) <= 0 ? undefined : original;
	const positive = known ?? (sent !== undefined && Number(sent) > 0 ? sent : undefined);
	return positive === undefined ? fields : { ...fields, payment: { ...payment, amount: tagged(`-${positive}`) } };
}

function numberOf(value: unknown): string | undefined {
	if (!Array.isArray(value) || value[0] !== 'number') return undefined;
	const source: unknown = value[1];
	return typeof source === 'string' ? source : undefined;
}

function expectedSale(sale: Fields, { saleFields }: Dialect): Fields {
	if (saleFields === 'as-sent') return sale;
	const pairs = (names: readonly (readonly [string, string])[]) => names.map(([older, newer]) => (saleFields === 'newer' ? [older, newer] : [newer, older]));
	const inNames = (fields: Fields, names: readonly (readonly [string, string])[]) => {
		const to = new Map(pairs(names).flatMap(([from = '', wanted = '']) => (Object.hasOwn(fields, wanted) ? [] : [[from, wanted]])));
		return Object.fromEntries(Object.entries(fields).map(([name, value]) => [to.get(name) ?? name, value]));
	};
	const lineNames = [['grossAmount', 'subtotal'] as const, ['netAmount', 'total'] as const];
	const lines = sale['items'];
	const named = inNames(sale, [['openTime', 'dateTime'] as const, ['meansOfPayment', 'payments'] as const]);
	return Array.isArray(lines) ? { ...named, items: lines.map((found) => (isJsonObject(found) ? inNames(found, lineNames) : found)) } : named;
}

function expectedDeals(fields: Fields, { discountSign }: Dialect): Fields {
	const found = fields['appliedDeals'];
	if (discountSign === 'as-sent' || !Array.isArray(found)) return fields;
	const signed = found.map((deal) => {
		const amount = numberOf(at(deal, 'amount'));
		if (amount === undefined || Number(amount) === 0) return deal;
		const digits = amount.replace(/^-/, '');
		return { ...deal, amount: tagged(discountSign === 'negative' ? `-${digits}` : digits) };
	});
	return { ...fields, appliedDeals: signed };
}
