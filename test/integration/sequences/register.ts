/** A sensible register: it does in each state what docs/integrate.md tells it to, and keeps what it was told. */
import type { OperationName } from '../../../agent/core/calls/operation.ts';
import type { Answered, Till } from '../../support/till.ts';

export interface Told {
	readonly operation: OperationName;
	readonly body: Record<string, unknown>;
	readonly status: number;
	readonly answer: Answered;
}

/** What happens around each step; the first step is 1. */
export interface Around {
	before(step: number, operation: OperationName): Promise<void>;
	after(step: number): Promise<void>;
}

export interface Tender {
	readonly type: 'CASH' | 'POINTS';
	/** Minor units. */
	readonly amount: number;
}

const paths: Readonly<Record<OperationName, string>> = {
	register: '/v1/member/register',
	update: '/v1/member/update',
	details: '/v1/member/details',
	shortCode: '/v1/member/shortCode',
	sale: '/v1/transaction',
	cancelSale: '/v1/transaction',
	pay: '/v1/payment',
	cancelPay: '/v1/payment',
	event: '/v1/event',
};

export class Register {
	readonly told: Told[] = [];
	readonly #till: Till;
	readonly #around: Around;
	readonly #member: Record<string, string>;
	/** Codes of the payments that were confirmed, by sale. */
	readonly #payCodes = new Map<string, string>();
	/** Codes on the receipts: real or provisional, by sale. */
	readonly #saleCodes = new Map<string, string>();

	constructor(till: Till, around: Around, member: Record<string, string>) {
		this.#till = till;
		this.#around = around;
		this.#member = member;
	}

	async details(): Promise<void> {
		await this.#call('details', { member: this.#member });
	}

	async enrol(): Promise<void> {
		await this.#call('register', { newMemberData: { ...this.#member, firstName: 'Eva', gdpr: true, termsOfUse: true } });
	}

	/**
	 * Takes a part of the total in points, the rest in cash. What was not charged for certain is taken in cash as well; so
	 * is what is doubtful, which is never tried again: the manager settles that one later.
	 */
	async pay(transactionId: string, total: number, points: number): Promise<readonly Tender[]> {
		const answer = await this.#call('pay', {
			member: this.#member,
			payment: { action: 'pay', amount: points },
			transaction: { transactionId, totalAmount: total },
		});
		const code = answer.data?.['confirmationCode'];
		if (answer.agent?.state !== 'confirmed' || typeof code !== 'string') return [{ type: 'CASH', amount: total }];
		this.#payCodes.set(transactionId, code);
		return [
			{ type: 'POINTS', amount: points },
			{ type: 'CASH', amount: total - points },
		];
	}

	async sell(transactionId: string, payments: readonly Tender[]): Promise<void> {
		const totalAmount = payments.reduce((sum, { amount }) => sum + amount, 0);
		const items = [{ lineId: '1', code: 'PLU1', name: 'Lamp', quantity: 1, total: totalAmount, action: totalAmount < 0 ? 'return' : 'sale' }];
		const transaction = { transactionId, dateTime: '2026-11-23T10:00:00Z', totalAmount, items, payments };
		const answer = await this.#call('sale', { member: this.#member, transaction });
		if (answer.confirmationCode !== undefined) this.#saleCodes.set(transactionId, answer.confirmationCode);
	}

	/** Only what was confirmed can be given back through the API. */
	async givePointsBack(transactionId: string): Promise<void> {
		const confirmationCode = this.#payCodes.get(transactionId);
		if (confirmationCode !== undefined) await this.#call('cancelPay', { member: this.#member, payment: { action: 'cancel', confirmationCode } });
	}

	async cancelSale(transactionId: string): Promise<void> {
		const confirmationCode = this.#saleCodes.get(transactionId);
		if (confirmationCode !== undefined) await this.#call('cancelSale', { member: this.#member, transaction: { action: 'cancel', confirmationCode } });
	}

	async #call(operation: OperationName, body: Record<string, unknown>): Promise<Answered> {
		const step = this.told.length + 1;
		await this.#around.before(step, operation);
		const { status, json } = await this.#till.post(paths[operation], body);
		this.told.push({ operation, body, status, answer: json });
		await this.#around.after(step);
		return json;
	}
}
