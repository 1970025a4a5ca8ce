/** Bodies of the calls in each disputed shape. */
import type { MemberData } from './asker.ts';

/** The shapes that a host takes. */
export interface Shapes {
	readonly register: 'wrapped' | 'flat';
	readonly sale: 'newer' | 'older' | 'both';
	readonly saleCancel: 'nested' | 'topLevel';
	readonly payCancelAmount: 'absent' | 'negative';
}

export function profile(member: MemberData): object {
	return {
		...member,
		firstName: 'Lanekeeper',
		lastName: 'Conformance',
		allowedSMS: false,
		allowedEmail: false,
		termsOfUse: true,
		gdpr: true,
		birthday: '1990-01-31',
	};
}

export function registerBody(member: MemberData, shape: Shapes['register']): object {
	return shape === 'wrapped' ? { newMemberData: profile(member) } : profile(member);
}

export const identified = ({ phoneNumber, email }: MemberData) => (phoneNumber === undefined ? { email } : { phoneNumber });

const totalAmount = 1_000;
const line = { lineId: '1', code: 'LK-TEST', name: 'Conformance test', departmentCode: 'TEST', departmentName: 'Test', quantity: 1 } as const;
const sides = {
	newer: { fields: { payments: [{ type: 'CASH', amount: totalAmount }] }, line: { subtotal: totalAmount, total: totalAmount }, time: 'dateTime' },
	older: { fields: { meansOfPayment: [{ type: 'CASH', amount: totalAmount }] }, line: { grossAmount: totalAmount, netAmount: totalAmount }, time: 'openTime' },
} as const;

/** One line for 10.00, sold now. */
export function saleOf(transactionId: string, shape: Shapes['sale']): object {
	const chosen = shape === 'both' ? [sides.older, sides.newer] : [sides[shape]];
	const soldAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
	return {
		transactionId,
		...Object.fromEntries(chosen.map(({ time }) => [time, soldAt])),
		totalAmount,
		totalTaxAmount: 0,
		totalGeneralDiscount: 0,
		items: [Object.assign({}, line, ...chosen.map((side) => side.line))],
		...Object.assign({}, ...chosen.map(({ fields }) => fields)),
	};
}

export function saleCancelBody(code: string, shape: Shapes['saleCancel']): object {
	const cancel = { action: 'cancel', confirmationCode: code };
	return shape === 'nested' ? { transaction: cancel } : cancel;
}

export function payBody(member: MemberData, transaction: object): object {
	return { member: identified(member), payment: { action: 'pay', amount: 1 }, transaction };
}

export function payCancelBody(member: MemberData, code: string, shape: Shapes['payCancelAmount']): object {
	return { member: identified(member), payment: { action: 'cancel', confirmationCode: code, ...(shape === 'negative' ? { amount: -1 } : {}) } };
}

export function eventBody(member: MemberData): object {
	return {
		member: identified(member),
		event: { type: 'lanekeeper_conformance', subType: 'test', dateTime: new Date().toISOString(), payload: { test: true } },
	};
}
