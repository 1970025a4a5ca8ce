/**
 * The objects of the Loyalty API, each described once. Fields the Loyalty API does not know pass through untouched, so
 * no object here is closed. Amounts are whole numbers in minor units; dates are ISO 8601.
 */
import Type, { type Static } from 'typebox';

const text = (description: string) => Type.String({ minLength: 1, description });
const amount = (description: string) => Type.Number({ description: `${description} (minor units)` });

/** Who: at least one identifier. */
export const Member = Type.Object(
	{
		phoneNumber: Type.Optional(text('phone number as the shop writes it')),
		email: Type.Optional(text('e-mail address')),
		membershipKey: Type.Optional(text('key issued by the Loyalty API')),
		externalId: Type.Optional(text('barcode, card number or another outside reference')),
	},
	{ title: 'Member', description: 'Identifies one member; several identifiers make the match surer.' },
);

export const identifierFields = ['phoneNumber', 'email', 'membershipKey', 'externalId'] as const satisfies readonly (keyof Static<typeof Member>)[];

export const Profile = Type.Object(
	{
		phoneNumber: Type.Optional(text('phone number')),
		email: Type.Optional(text('e-mail address')),
		firstName: Type.Optional(text('first name')),
		lastName: Type.Optional(text('last name')),
		allowedSMS: Type.Optional(Type.Boolean({ description: 'consent to messages by SMS' })),
		allowedEmail: Type.Optional(Type.Boolean({ description: 'consent to messages by e-mail' })),
		termsOfUse: Type.Optional(Type.Boolean({ description: 'terms accepted' })),
		gdpr: Type.Optional(Type.Boolean({ description: 'data protection consent' })),
		birthday: Type.Optional(text('date of birth, yyyy-MM-dd')),
	},
	{ title: 'Profile', description: 'The nine profile fields of a member.' },
);
export type Profile = Static<typeof Profile>;

export const Item = Type.Object(
	{
		lineId: Type.Optional(text('unique within the sale')),
		code: Type.Optional(text('article number')),
		name: Type.Optional(text('article name')),
		departmentCode: Type.Optional(text('category code')),
		departmentName: Type.Optional(text('category name')),
		quantity: Type.Optional(Type.Number({ description: 'units' })),
		grossAmount: Type.Optional(amount('line before discounts')),
		netAmount: Type.Optional(amount('line after discounts')),
		subtotal: Type.Optional(amount('line before discounts, other dialect')),
		total: Type.Optional(amount('line after discounts, other dialect')),
		action: Type.Optional(text('sale or return')),
		tags: Type.Optional(Type.Array(Type.String())),
	},
	{ title: 'Item' },
);

export const Tender = Type.Object({ type: text('CASH, CARD, POINTS, CREDIT, …'), amount: amount('amount tendered') }, { title: 'Tender' });

export const Transaction = Type.Object(
	{
		transactionId: text('unique id of the sale: receipt or order number'),
		openTime: Type.Optional(text('when the sale was opened')),
		dateTime: Type.Optional(text('when the sale was finished')),
		totalAmount: Type.Optional(amount('total before discounts and taxes')),
		totalTaxAmount: Type.Optional(amount('tax total')),
		totalGeneralDiscount: Type.Optional(amount('discount not tied to a line')),
		orderType: Type.Optional(text('dineIn, delivery, …')),
		items: Type.Optional(Type.Array(Item)),
		payments: Type.Optional(Type.Array(Tender)),
		meansOfPayment: Type.Optional(Type.Array(Tender)),
		tags: Type.Optional(Type.Array(Type.String())),
		employee: Type.Optional(text('who sold')),
	},
	{ title: 'Transaction', description: 'A finished sale.' },
);

export const Discount = Type.Object(
	{
		type: text('LOYALTY, PROMOTION, MANUAL, …'),
		amount: amount('value'),
		reason: Type.Optional(text('name of the campaign')),
		sourceId: Type.Optional(text('campaign or gift id')),
	},
	{ title: 'Discount' },
);

export const Payment = Type.Object(
	{
		action: Type.Optional(Type.Union([Type.Literal('pay'), Type.Literal('cancel')])),
		amount: Type.Optional(amount('money to pay with points or credit')),
		confirmationCode: Type.Optional(text('code of the earlier pay, to cancel it')),
	},
	{ title: 'Payment' },
);

export const LoyaltyEvent = Type.Object(
	{
		type: text('signup, opened_app, …'),
		subType: Type.Optional(text('web, …')),
		dateTime: Type.Optional(text('when it happened')),
		payload: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'free fields' })),
		tags: Type.Optional(Type.Array(Type.String())),
	},
	{ title: 'Event' },
);

/** The error object inside an error envelope; the code may come as a number. */
export const ApiError = Type.Object(
	{
		code: Type.Optional(Type.Union([Type.String(), Type.Number()])),
		message: Type.Optional(Type.String()),
		path: Type.Optional(Type.String()),
	},
	{ title: 'ApiError' },
);
