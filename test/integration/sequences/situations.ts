/** The situations at a till, each as what the register does one after the other. */
import type { OperationName } from '../../../agent/core/calls/operation.ts';
import type { Register } from './register.ts';

/** Trouble that belongs to the situation itself. */
export interface Fate {
	/** Nobody is reached any more. */
	lineDrops(): Promise<void>;
	/** The next call of this operation arrives and takes effect; its answer is lost. */
	answerIsLost(operation: OperationName): Promise<void>;
}

export interface Situation {
	readonly name: string;
	/** Who stands at the till: a member with points, somebody the service does not know, or that and about to join. */
	readonly customer: 'member' | 'stranger' | 'newcomer';
	/** What the register calls when nothing else goes wrong. */
	readonly steps: readonly OperationName[];
	/** How the deliveries end then, in the order they were made. */
	readonly ends: readonly string[];
	/** `id`: a number for transactionIds. */
	readonly play: (register: Register, fate: Fate, id: string) => Promise<void>;
}

const cash = (amount: number) => [{ type: 'CASH', amount }] as const;

export const situations: readonly Situation[] = [
	{
		name: 'a member buys and pays in part with points',
		customer: 'member',
		steps: ['details', 'pay', 'sale'],
		ends: ['confirmed', 'confirmed'],
		play: async (register, _fate, id) => {
			await register.details();
			await register.sell(id, await register.pay(id, 1_500, 300));
		},
	},
	{
		name: 'a customer joins, buys, and buys again with the points of the first time',
		customer: 'newcomer',
		steps: ['details', 'register', 'sale', 'pay', 'sale'],
		ends: ['confirmed', 'confirmed', 'confirmed', 'confirmed'],
		play: async (register, _fate, id) => {
			await register.details();
			await register.enrol();
			await register.sell(`${id}-first`, cash(5_000));
			await register.sell(id, await register.pay(id, 1_500, 300));
		},
	},
	{
		name: 'the link drops after a successful pay',
		customer: 'member',
		steps: ['pay', 'sale'],
		ends: ['confirmed', 'confirmed'],
		play: async (register, fate, id) => {
			const tenders = await register.pay(id, 1_500, 300);
			await fate.lineDrops();
			await register.sell(id, tenders);
		},
	},
	{
		name: 'a pay is unclear',
		customer: 'member',
		steps: ['pay', 'details', 'sale'],
		ends: ['doubtful', 'confirmed'],
		play: async (register, fate, id) => {
			await fate.answerIsLost('pay');
			const tenders = await register.pay(id, 1_500, 300);
			await register.details();
			await register.sell(id, tenders);
		},
	},
	{
		name: 'a sale is abandoned after the pay',
		customer: 'member',
		steps: ['pay', 'cancelPay'],
		ends: ['confirmed', 'confirmed'],
		play: async (register, _fate, id) => {
			await register.pay(id, 1_500, 300);
			await register.givePointsBack(id);
		},
	},
	{
		name: 'a sale is returned later',
		customer: 'member',
		steps: ['pay', 'sale', 'cancelPay', 'cancelSale'],
		ends: ['confirmed', 'confirmed', 'confirmed', 'confirmed'],
		play: async (register, _fate, id) => {
			await register.sell(id, await register.pay(id, 1_500, 300));
			await register.givePointsBack(id);
			await register.cancelSale(id);
		},
	},
	{
		name: 'a sale is offline as a whole, and cancelled at once',
		customer: 'member',
		steps: ['sale', 'cancelSale'],
		ends: ['withdrawn', 'withdrawn'],
		play: async (register, fate, id) => {
			await fate.lineDrops();
			await register.sell(id, cash(1_500));
			await register.cancelSale(id);
		},
	},
	{
		name: 'a sale is offline as a whole, to a member',
		customer: 'member',
		steps: ['details', 'pay', 'sale'],
		ends: ['withdrawn', 'confirmed'],
		play: async (register, fate, id) => {
			await fate.lineDrops();
			await register.details();
			await register.sell(id, await register.pay(id, 1_500, 300));
		},
	},
	{
		name: 'a sale is offline as a whole, to a number that is nobody',
		customer: 'stranger',
		steps: ['details', 'sale'],
		ends: ['refused'],
		play: async (register, fate, id) => {
			await fate.lineDrops();
			await register.details();
			await register.sell(id, cash(1_500));
		},
	},
	{
		name: 'a new customer joins and buys offline',
		customer: 'newcomer',
		steps: ['register', 'sale'],
		ends: ['confirmed', 'confirmed'],
		play: async (register, fate, id) => {
			await fate.lineDrops();
			await register.enrol();
			await register.sell(id, cash(1_500));
		},
	},
	{
		name: 'a part of a sale is returned',
		customer: 'member',
		steps: ['sale', 'sale'],
		ends: ['confirmed', 'confirmed'],
		play: async (register, _fate, id) => {
			await register.sell(id, cash(1_500));
			await register.sell(`${id}-return`, cash(-500));
		},
	},
];
