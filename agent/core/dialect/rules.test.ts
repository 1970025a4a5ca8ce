/** Each rule on bodies as registers write them: the exact text that goes out. */
import { describe, expect, test } from 'vitest';
import { type Dialect, inDialect } from './dialect.ts';
import { payAmountSource } from './pay-cancel-amount.ts';

const asSent: Dialect = { registerBody: 'as-sent', saleCancelBody: 'as-sent', payCancelAmount: 'as-sent', saleFields: 'as-sent', discountSign: 'as-sent' };

describe('registerBody', () => {
	const sent = (text: string, registerBody: Dialect['registerBody']) => inDialect('register', text, { ...asSent, registerBody });
	const flat = '{ "phoneNumber": "00123", "gdpr":true, "member": {"a":1.0}, "big":12345678901234567890 }';
	const wrapped = '{"newMemberData":{ "phoneNumber": "00123", "gdpr":true}, "member": {"a":1.0}, "big":12345678901234567890 }';

	test('wrapped puts the profile fields inside, and nothing else', () => {
		expect(sent(flat, 'wrapped')).toBe(wrapped);
		expect(sent(wrapped, 'wrapped')).toBe(wrapped);
	});

	test('flat moves all that is inside up', () => {
		expect(sent(wrapped, 'flat')).toBe(flat);
		expect(sent('{"newMemberData":{"email":"a@b.c","shoeSize":42.0},"x":1}', 'flat')).toBe('{"email":"a@b.c","shoeSize":42.0,"x":1}');
		expect(sent(' {"newMemberData": { } } ', 'flat')).toBe(' {} ');
	});

	test('a field that is in both places keeps the value of the place it belongs to', () => {
		const both = '{"phoneNumber":"1","newMemberData":{"phoneNumber":"2","email":"a@b.c"}}';
		expect(sent(both, 'flat')).toBe('{"phoneNumber":"1","email":"a@b.c"}');
		expect(sent(both, 'wrapped')).toBe('{"newMemberData":{"phoneNumber":"2","email":"a@b.c"}}');
	});

	test('but an empty value there gives way', () => {
		for (const empty of ['""', '" "', 'null']) {
			expect(sent(`{"phoneNumber": ${empty},"newMemberData":{"phoneNumber":"2","gdpr":true}}`, 'flat')).toBe('{"phoneNumber": "2","gdpr":true}');
			expect(sent(`{"phoneNumber":"1","newMemberData":{"phoneNumber": ${empty}}}`, 'wrapped')).toBe('{"newMemberData":{"phoneNumber": "1"}}');
		}
	});

	test('half a profile in each place is joined', () => {
		expect(sent('{"phoneNumber":"1", "newMemberData" : {"gdpr":true} }', 'wrapped')).toBe('{ "newMemberData" : {"gdpr":true,"phoneNumber":"1"} }');
	});

	test('of a name that comes twice the last one moves', () => {
		expect(sent('{"email":"old","email":"new","x":1}', 'wrapped')).toBe('{"newMemberData":{"email":"new"},"x":1}');
		expect(sent('{"newMemberData":{"email":"old"},"newMemberData":{"email":"new","email":"newest"}}', 'flat')).toBe('{"email":"newest"}');
	});

	test.each([
		['{"phoneNumber":"1","newMemberData":null}', 'wrapped'],
		['{"phoneNumber":"1","newMemberData":"x"}', 'flat'],
		['{"newMemberData":{"newMemberData":{"phoneNumber":"1"}}}', 'flat'],
		['{"externalId":"1"}', 'wrapped'],
		['{"phoneNumber":"1"}', 'flat'],
		['{}', 'wrapped'],
	] as const)('leaves %s as it is for %s', (text, registerBody) => {
		expect(sent(text, registerBody)).toBe(text);
	});
});

describe('saleCancelBody', () => {
	const sent = (text: string, saleCancelBody: Dialect['saleCancelBody']) => inDialect('cancelSale', text, { ...asSent, saleCancelBody });
	const nested = '{"member": {"phoneNumber":"1"},"transaction":{"action":"cancel","confirmationCode":"A\\u0042"}}';
	const topLevel = '{"member": {"phoneNumber":"1"},"action":"cancel","confirmationCode":"A\\u0042"}';

	test('puts both fields where they are wanted, and nowhere else', () => {
		expect(sent(topLevel, 'nested')).toBe(nested);
		expect(sent(nested, 'topLevel')).toBe(topLevel);
		expect(sent(nested, 'nested')).toBe(nested);
		expect(sent(topLevel, 'topLevel')).toBe(topLevel);
	});

	test('leaves what else is in the transaction', () => {
		expect(sent('{"transaction":{"transactionId":"T","confirmationCode":"A"}}', 'topLevel')).toBe(
			'{"transaction":{"transactionId":"T"},"action":"cancel","confirmationCode":"A"}',
		);
		expect(sent('{"confirmationCode":"A", "transaction": {"n":1.0}}', 'nested')).toBe('{ "transaction": {"n":1.0,"action":"cancel","confirmationCode":"A"}}');
	});

	test('says "cancel" where the register left it to the code', () => {
		expect(sent('{"confirmationCode":"A"}', 'nested')).toBe('{"transaction":{"action":"cancel","confirmationCode":"A"}}');
		expect(sent('{"transaction":{"confirmationCode":"A"}}', 'nested')).toBe('{"transaction":{"confirmationCode":"A","action":"cancel"}}');
	});

	test('sends the code that the agent reads, once', () => {
		const both = '{"action":"cancel","confirmationCode":"OUT","transaction":{"action":"void","confirmationCode":"IN"}}';
		expect(sent(both, 'nested')).toBe('{"transaction":{"action":"cancel","confirmationCode":"IN"}}');
		expect(sent(both, 'topLevel')).toBe('{"action":"cancel","confirmationCode":"IN"}');
		expect(sent('{"confirmationCode":"OUT","transaction":{"confirmationCode":""}}', 'nested')).toBe(
			'{"transaction":{"confirmationCode":"OUT","action":"cancel"}}',
		);
	});

	test.each(['{"action":"cancel"}', '{"confirmationCode":"A","transaction":"x"}', '{"confirmationCode":"A","transaction":[]}'])(
		'leaves %s as it is',
		(text) => {
			expect(sent(text, 'nested')).toBe(text);
			expect(sent(text, 'topLevel')).toBe(text);
		},
	);
});

describe('payCancelAmount', () => {
	const sent = (text: string, payCancelAmount: Dialect['payCancelAmount'], original?: string) =>
		inDialect('cancelPay', text, { ...asSent, payCancelAmount }, original);
	const withAmount = (amount: string) => `{"payment": {"action":"cancel", "amount": ${amount}, "confirmationCode":"A"} }`;
	const without = '{"payment": {"action":"cancel", "confirmationCode":"A"} }';

	test('omit takes the amount out', () => {
		for (const amount of ['300', '-300', '"x"']) expect(sent(withAmount(amount), 'omit', '300')).toBe(without);
		expect(sent('{"payment":{"amount":1,"confirmationCode":"A","amount":2}}', 'omit')).toBe('{"payment":{"confirmationCode":"A"}}');
	});

	test("negative is the original's amount where it is known, digit for digit", () => {
		expect(sent(withAmount('5'), 'negative', '300.0')).toBe(withAmount('-300.0'));
		expect(sent(without, 'negative', '12345678901234567890')).toBe('{"payment": {"action":"cancel", "confirmationCode":"A","amount":-12345678901234567890} }');
	});

	test.each([
		['300', '-300'],
		['1.50', '-1.50'],
		['-300', '-300'],
		['0', '0'],
		['"300"', '"300"'],
		['null', 'null'],
	])('negative makes %s of an unknown original %s', (amount, expected) => {
		expect(sent(withAmount(amount), 'negative')).toBe(withAmount(expected));
	});

	test('negative makes up no amount', () => {
		expect(sent(without, 'negative')).toBe(without);
	});

	test('a cancel without a payment object stays as it is', () => {
		for (const rule of ['negative', 'omit'] as const)
			expect(sent('{"confirmationCode":"A","amount":300}', rule, '300')).toBe('{"confirmationCode":"A","amount":300}');
	});

	test.each([
		['{"payment":{"amount":300.0}}', '300.0'],
		['{"payment":{"amount":1,"amount":2}}', '2'],
		['{"payment":{"amount":-1}}', undefined],
		['{"payment":{"amount":"300"}}', undefined],
		['{"payment":{}}', undefined],
		['{"amount":300}', undefined],
	])('the amount of the pay %s is %s', (text, amount) => {
		expect(payAmountSource(text)).toBe(amount);
	});
});

describe('saleFields', () => {
	const sent = (text: string, saleFields: Dialect['saleFields']) => inDialect('sale', text, { ...asSent, saleFields });
	const older =
		'{"transaction":{"openTime" : "2025-07-01T13:30:00Z","meansOfPayment":[{"type":"CASH"}],"total":9,"items":[ {"grossAmount":1.0,"netAmount":12345678901234567890}, 5 ]}}';
	const newer =
		'{"transaction":{"dateTime" : "2025-07-01T13:30:00Z","payments":[{"type":"CASH"}],"total":9,"items":[ {"subtotal":1.0,"total":12345678901234567890}, 5 ]}}';

	test('takes the names of one side, in the sale and in its lines', () => {
		expect(sent(older, 'newer')).toBe(newer);
		expect(sent(newer, 'older')).toBe(older);
		expect(sent(older, 'older')).toBe(older);
	});

	test('leaves both where both are there', () => {
		const both = '{"transaction":{"openTime":"a","dateTime":"b","payments":[],"meansOfPayment":[],"items":[{"subtotal":1,"grossAmount":2,"total":3}]}}';
		expect(sent(both, 'newer')).toBe(both);
		expect(sent(both, 'older')).toBe(both.replace('"total"', '"netAmount"'));
	});

	test('leaves what looks like it elsewhere', () => {
		const elsewhere =
			'{"openTime":"a","payments":[],"items":[{"total":1}],"member":{"transaction":{"openTime":"a"}},"transaction":{"x":{"items":[{"total":1}]}}}';
		for (const side of ['newer', 'older'] as const) expect(sent(elsewhere, side)).toBe(elsewhere);
	});
});

describe('discountSign', () => {
	const sent = (text: string, discountSign: Dialect['discountSign']) => inDialect('sale', text, { ...asSent, discountSign });
	const deals = (amounts: readonly string[]) => `[${amounts.map((amount) => `{"type":"X", "amount": ${amount}}`).join(', ')}, "amount"]`;
	const body = (amounts: readonly string[]) =>
		`{"appliedDeals":${deals(amounts)},"transaction":{"totalGeneralDiscount":-7,"amount":-7,"appliedDeals": ${deals(amounts)}}}`;

	test('is that of every deal, beside the transaction and inside it', () => {
		const mixed = ['150', '-150', '1.50', '-1e-2', '0', '-0', '"150"', '-12345678901234567890'];
		expect(sent(body(mixed), 'positive')).toBe(body(['150', '150', '1.50', '1e-2', '0', '-0', '"150"', '12345678901234567890']));
		expect(sent(body(mixed), 'negative')).toBe(body(['-150', '-150', '-1.50', '-1e-2', '0', '-0', '"150"', '-12345678901234567890']));
	});
});

test('rules of a transaction go for sale, pay, details and event, and for no other operation', () => {
	const text = '{"transaction":{"openTime":"a","appliedDeals":[{"amount":-1}]}}';
	const all: Dialect = { ...asSent, saleFields: 'newer', discountSign: 'positive' };
	for (const name of ['sale', 'pay', 'details', 'event'] as const)
		expect(inDialect(name, text, all), name).toBe('{"transaction":{"dateTime":"a","appliedDeals":[{"amount":1}]}}');
	for (const name of ['register', 'update', 'shortCode', 'cancelSale', 'cancelPay'] as const) expect(inDialect(name, text, all), name).toBe(text);
});
