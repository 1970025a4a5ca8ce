/** Every call of the suite, as a register writes it, with what has to be there before. All data is made up. */
import type { OperationName } from '../../agent/core/calls/operation.ts';
import type { Reply } from '../support/till.ts';

/** Where one call is prepared: the loyalty service, asked directly, and names nobody else uses. */
export interface Scene {
	readonly id: string;
	readonly phone: string;
	post(path: string, body: unknown): Promise<Reply>;
}

export interface MadeCall {
	readonly path: string;
	readonly body: object;
	readonly headers?: Readonly<Record<string, string>>;
}

interface Kind {
	readonly operation: OperationName;
	readonly make: (scene: Scene) => MadeCall | Promise<MadeCall>;
}

const path = {
	register: '/v1/member/register',
	update: '/v1/member/update',
	details: '/v1/member/details',
	shortCode: '/v1/member/shortCode',
	transaction: '/v1/transaction',
	payment: '/v1/payment',
	event: '/v1/event',
} as const;

const profile = ({ phone, id }: Scene) => ({
	phoneNumber: phone,
	email: `${id.toLowerCase()}@example.com`,
	firstName: 'Test',
	lastName: 'Member',
	allowedSMS: false,
	allowedEmail: false,
	termsOfUse: true,
	gdpr: true,
	birthday: '1990-01-31',
});
const memberOf = ({ phone }: Scene) => ({ phoneNumber: phone });
const ana = { phoneNumber: '600100200' } as const;
const deniz = { phoneNumber: '600100203' } as const;

const line = { lineId: '1', code: 'PLU123', name: 'Burger', departmentCode: 'FOOD', departmentName: 'Main', quantity: 1 } as const;
const newer = { dateTime: '2026-07-01T13:45:00Z', payments: [{ type: 'CASH', amount: 5_000 }], items: [{ ...line, subtotal: 5_000, total: 5_000 }] } as const;
const older = {
	openTime: '2026-07-01T13:30:00Z',
	meansOfPayment: [{ type: 'CASH', amount: 5_000 }],
	items: [{ ...line, grossAmount: 5_000, netAmount: 5_000 }],
} as const;
const sums = { totalAmount: 5_000, totalTaxAmount: 800, totalGeneralDiscount: 0 } as const;
/** Everything any page asks for. */
const fullSale = (id: string) => ({ transactionId: id, ...sums, ...older, ...newer, items: [{ ...line, ...newer.items[0], ...older.items[0] }] });

/** The member of this scene, known to the service; with 10,000 points, for paying. */
async function enrol(scene: Scene): Promise<void> {
	await scene.post(path.register, { newMemberData: profile(scene) });
}

async function enrolRich(scene: Scene): Promise<void> {
	await enrol(scene);
	await scene.post(path.transaction, { member: memberOf(scene), transaction: { ...fullSale(`${scene.id}-rich`), totalAmount: 100_000 } });
}

function codeIn({ json }: Reply): string {
	return json.confirmationCode ?? String(json.data?.['confirmationCode']);
}

async function soldCode(scene: Scene): Promise<string> {
	await enrol(scene);
	return codeIn(await scene.post(path.transaction, { member: memberOf(scene), transaction: fullSale(scene.id) }));
}

const payBody = (scene: Scene, amount = 300) => ({
	member: memberOf(scene),
	payment: { action: 'pay', amount },
	transaction: { ...fullSale(scene.id), payments: [{ type: 'POINTS', amount }] },
});

async function paidCode(scene: Scene): Promise<string> {
	await enrolRich(scene);
	return codeIn(await scene.post(path.payment, payBody(scene)));
}

async function shortCodeOf(scene: Scene): Promise<string> {
	await enrol(scene);
	const { json } = await scene.post(path.shortCode, { member: memberOf(scene), action: 'get' });
	return String(json.data?.['code']);
}

/** A call of this operation; `before` brings about what it needs, and what it answers is handed to `body`. */
function kind<Given>(
	operation: OperationName,
	where: keyof typeof path,
	before: (scene: Scene) => Promise<Given>,
	body: (scene: Scene, given: Given) => object,
): Kind {
	return { operation, make: async (scene) => ({ path: path[where], body: body(scene, await before(scene)) }) };
}

const nothing = () => Promise.resolve();
const sale = (body: (scene: Scene) => object) => kind('sale', 'transaction', enrol, body);
const cancelSale = (body: (code: string, scene: Scene) => object) => kind('cancelSale', 'transaction', soldCode, (scene, code) => body(code, scene));
const cancelPay = (body: (code: string, scene: Scene) => object) => kind('cancelPay', 'payment', paidCode, (scene, code) => body(code, scene));
const pay = (body: (scene: Scene) => object) => kind('pay', 'payment', enrolRich, body);
const shortCode = (action: 'send' | 'get') => kind('shortCode', 'shortCode', enrol, (scene) => ({ member: memberOf(scene), action }));
const event = { type: 'signup', subType: 'web', dateTime: '2026-07-01T13:45:00.000Z', payload: { campaign: 'summer' }, tags: [] } as const;
const giftSale = (place: 'beside' | 'inside', gift: unknown = 'GIFT-1') =>
	kind('sale', 'transaction', nothing, ({ id }) => {
		const used = { usedAssets: [gift] };
		return place === 'beside' ? { member: ana, transaction: fullSale(id), ...used } : { member: ana, transaction: { ...fullSale(id), ...used } };
	});

const kinds = {
	register: kind('register', 'register', nothing, (scene) => ({ newMemberData: profile(scene) })),
	update: kind('update', 'update', enrol, (scene) => ({ member: memberOf(scene), newMemberData: { firstName: 'Other', allowedSMS: true } })),
	details: kind('details', 'details', enrol, (scene) => ({ member: memberOf(scene) })),
	sendCode: shortCode('send'),
	getCode: shortCode('get'),
	verifyCode: kind('shortCode', 'shortCode', shortCodeOf, (scene, code) => ({ member: memberOf(scene), action: 'verify', code })),
	sale: sale((scene) => ({ member: memberOf(scene), transaction: fullSale(scene.id) })),
	cancelSale: cancelSale((code, scene) => ({ member: memberOf(scene), transaction: { action: 'cancel', confirmationCode: code } })),
	pay: pay((scene) => payBody(scene)),
	cancelPay: cancelPay((code, scene) => ({ member: memberOf(scene), payment: { action: 'cancel', confirmationCode: code } })),
	event: kind('event', 'event', enrol, (scene) => ({ member: memberOf(scene), event })),

	// Where the documentation disputes itself.
	registerFlat: kind('register', 'register', nothing, profile),
	registerPhoneOnly: kind('register', 'register', nothing, ({ phone }) => ({ newMemberData: { phoneNumber: phone } })),
	registerEmailOnly: kind('register', 'register', nothing, ({ id }) => ({ newMemberData: { email: `${id.toLowerCase()}@example.com` } })),
	registerWithMember: kind('register', 'register', nothing, (scene) => ({ member: ana, newMemberData: profile(scene) })),
	detailsWithBasket: {
		operation: 'details',
		make: async (scene) => {
			await enrol(scene);
			return {
				path: path.details,
				body: { member: memberOf(scene), transaction: fullSale(scene.id) },
				headers: { 'x-return-benefits': 'true', 'x-return-assets': 'all' },
			};
		},
	},
	sendCodeTwoIdentifiers: kind('shortCode', 'shortCode', enrol, (scene) => ({ member: { ...memberOf(scene), email: profile(scene).email }, action: 'send' })),
	saleOfNobody: kind('sale', 'transaction', nothing, ({ id }) => ({ transaction: fullSale(id) })),
	saleNewer: sale((scene) => ({ member: memberOf(scene), transaction: { transactionId: scene.id, ...sums, ...newer } })),
	saleOlder: sale((scene) => ({ member: memberOf(scene), transaction: { transactionId: scene.id, ...sums, ...older } })),
	saleLeast: sale(({ id }) => ({ transaction: { transactionId: id, totalAmount: 5_000 } })),
	saleEmptyLists: sale(({ id }) => ({ transaction: { ...fullSale(id), items: [], tags: [] }, usedAssets: [], appliedDeals: [] })),
	saleEmptyText: sale(({ id }) => ({ transaction: { ...fullSale(id), employee: '' } })),
	saleNull: sale(({ id }) => ({ transaction: { ...fullSale(id), employee: null } })),
	saleGiftBeside: giftSale('beside'),
	saleGiftInside: giftSale('inside'),
	saleGiftAsObject: giftSale('beside', { key: 'GIFT-1' }),
	saleGiftUnknown: giftSale('beside', 'GIFT-99'),
	saleDeals: sale((scene) => ({ member: memberOf(scene), transaction: fullSale(scene.id), appliedDeals: [{ type: 'PROMOTION', amount: 150 }] })),
	cancelSaleTopLevel: cancelSale((code, scene) => ({ member: memberOf(scene), action: 'cancel', confirmationCode: code })),
	cancelSaleByCode: cancelSale((code) => ({ transaction: { confirmationCode: code } })),
	payWithoutSale: pay((scene) => ({ member: memberOf(scene), payment: { action: 'pay', amount: 300 } })),
	payWithoutAction: pay((scene) => ({ member: memberOf(scene), payment: { amount: 300 }, transaction: { transactionId: scene.id } })),
	payCredit: kind('pay', 'payment', nothing, (scene) => ({ ...payBody(scene), member: deniz })),
	cancelPayNegative: cancelPay((code, scene) => ({ member: memberOf(scene), payment: { action: 'cancel', amount: -300, confirmationCode: code } })),
	cancelPayOtherAmount: cancelPay((code, scene) => ({ member: memberOf(scene), payment: { action: 'cancel', amount: -299, confirmationCode: code } })),
	cancelPayTopLevel: cancelPay((code, scene) => ({ member: memberOf(scene), action: 'cancel', confirmationCode: code })),
	eventOfNobody: kind('event', 'event', nothing, () => ({ event })),
	eventWithSale: kind('event', 'event', enrol, (scene) => ({ member: memberOf(scene), event, transaction: fullSale(scene.id) })),
	eventWithoutTime: kind('event', 'event', enrol, (scene) => ({ member: memberOf(scene), event: { type: 'signup' } })),

	// What the service refuses.
	registerTwice: kind('register', 'register', enrol, (scene) => ({ newMemberData: profile(scene) })),
	registerBadBirthday: kind('register', 'register', nothing, (scene) => ({ newMemberData: { ...profile(scene), birthday: 'in May' } })),
	updateStranger: kind('update', 'update', nothing, (scene) => ({ member: memberOf(scene), newMemberData: { firstName: 'Other' } })),
	updateEmptyText: kind('update', 'update', enrol, (scene) => ({ member: memberOf(scene), newMemberData: { firstName: '' } })),
	detailsStranger: kind('details', 'details', nothing, (scene) => ({ member: memberOf(scene) })),
	getCodeStranger: kind('shortCode', 'shortCode', nothing, (scene) => ({ member: memberOf(scene), action: 'get' })),
	verifyWrongCode: kind('shortCode', 'shortCode', enrol, (scene) => ({ member: memberOf(scene), action: 'verify', code: 'wrong' })),
	saleStranger: kind('sale', 'transaction', nothing, (scene) => ({ member: memberOf(scene), transaction: fullSale(scene.id) })),
	saleOtherTwin: kind('sale', 'transaction', soldCode, (scene) => ({ member: memberOf(scene), transaction: { ...fullSale(scene.id), totalAmount: 1 } })),
	payStranger: kind('pay', 'payment', nothing, (scene) => payBody(scene)),
	payTooMuch: pay((scene) => payBody(scene, 1_000_000)),
	eventStranger: kind('event', 'event', nothing, (scene) => ({ member: memberOf(scene), event })),
	cancelSaleUnknown: kind('cancelSale', 'transaction', nothing, ({ id }) => ({ transaction: { action: 'cancel', confirmationCode: `unknown-${id}` } })),
	cancelSaleTwice: kind(
		'cancelSale',
		'transaction',
		async (scene) => {
			const code = await soldCode(scene);
			await scene.post(path.transaction, { transaction: { action: 'cancel', confirmationCode: code, transactionId: scene.id } });
			return code;
		},
		(_scene, code) => ({ transaction: { action: 'cancel', confirmationCode: code } }),
	),
	cancelPayUnknown: kind('cancelPay', 'payment', nothing, ({ id }) => ({ payment: { action: 'cancel', confirmationCode: `unknown-${id}` } })),
	cancelPayTwice: kind(
		'cancelPay',
		'payment',
		async (scene) => {
			const code = await paidCode(scene);
			await scene.post(path.payment, { payment: { action: 'cancel', confirmationCode: code } });
			return code;
		},
		(_scene, code) => ({ payment: { action: 'cancel', confirmationCode: code } }),
	),
} as const satisfies Readonly<Record<string, Kind>>;

export type CallKind = keyof typeof kinds;
export const calls: Readonly<Record<CallKind, Kind>> = kinds;

/** The nine operations once each; short codes by their three actions. */
export const everyCall = ['register', 'update', 'details', 'sendCode', 'getCode', 'verifyCode', 'sale', 'cancelSale', 'pay', 'cancelPay', 'event'] as const;
export type EveryCall = (typeof everyCall)[number];
