/**
 * What a register must send with each call. Only the fields named here are a reason to refuse a call; everything else
 * passes through as it came, whatever its type, because the Loyalty API is the judge of it.
 */
import Type from 'typebox';
import { LoyaltyEvent, Transaction } from './loyalty-objects.ts';

const identified = { member: Type.Object({}, { description: 'A Member: at least one identifier.' }) };
const code = Type.String({ minLength: 1, description: 'The code of the sale or payment to cancel; a provisional code is accepted.' });
const reach = Type.String({ minLength: 1 });
const contact = [Type.Object({ phoneNumber: reach }), Type.Object({ email: reach })];

export const SaleRequest = Type.Object(
	{ transaction: Type.Object({ transactionId: Transaction.properties.transactionId }) },
	{ title: 'SaleRequest', description: 'Report a finished sale, with or without a member.' },
);

export const CancelSaleRequest = Type.Union([Type.Object({ transaction: Type.Object({ confirmationCode: code }) }), Type.Object({ confirmationCode: code })], {
	title: 'CancelSaleRequest',
	description: 'Cancel a reported sale.',
});

export const PayRequest = Type.Object(
	{ ...identified, payment: Type.Object({ amount: Type.Number({ exclusiveMinimum: 0, description: 'money to pay, minor units' }) }) },
	{ title: 'PayRequest', description: 'Spend points or credit. Needs the line.' },
);

export const CancelPaymentRequest = Type.Union([Type.Object({ payment: Type.Object({ confirmationCode: code }) }), Type.Object({ confirmationCode: code })], {
	title: 'CancelPaymentRequest',
	description: 'Give a payment back.',
});

export const RegisterRequest = Type.Union([...contact, Type.Object({ newMemberData: Type.Union(contact) })], {
	title: 'RegisterRequest',
	description: 'Enrol a member; phone or e-mail, at top level or in newMemberData.',
});

export const UpdateRequest = Type.Object(
	{ ...identified, newMemberData: Type.Object({}, { description: 'The Profile fields that change.' }) },
	{ title: 'UpdateRequest' },
);

export const IdentifiedRequest = Type.Object(identified, { title: 'IdentifiedRequest', description: 'Ask about a member.' });

const words = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S', description: 'Why, in your own words. Kept encrypted beside the body.' });

/** What a manager sends with a decision about a delivery. */
export const DecisionBody = Type.Object({ reason: words }, { title: 'DecisionBody' });
export const ConfirmBody = Type.Object(
	{
		reason: words,
		confirmationCode: Type.Optional(Type.String({ maxLength: 200, pattern: '^\\S(.*\\S)?$', description: 'The code the loyalty provider names.' })),
	},
	{ title: 'ConfirmBody' },
);
export const CorrectBody = Type.Object({ reason: words, body: Type.Object({}, { description: 'The whole corrected call.' }) }, { title: 'CorrectBody' });

export const EventRequest = Type.Object({ event: Type.Object({ type: LoyaltyEvent.properties.type }) }, { title: 'EventRequest' });
