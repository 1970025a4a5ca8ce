/** What a shop decides for itself about deliveries; everything else is the same in every shop. */
import type { Settings } from '../../shared/settings-schema.ts';

export interface ShopRules {
	/** A pay that was sent without a usable answer: `repeat` it while its register waits only if the provider has confirmed that a repeat is recognised. */
	readonly unclearPay: 'hold' | 'repeat';
	readonly unclearEvent: 'repeat' | 'hold';
	/** A cancel meets its sale before that ever left: neither is sent, or both are. */
	readonly cancelOfUnsentSale: 'withdraw' | 'send';
}

export const usualRules: ShopRules = { unclearPay: 'hold', unclearEvent: 'repeat', cancelOfUnsentSale: 'withdraw' };

/** The rules as the configuration has them. */
export function shopRulesOf({ payments, events, transactions }: Pick<Settings, 'payments' | 'events' | 'transactions'>): ShopRules {
	return { unclearPay: payments.onUnknownOutcome, unclearEvent: events.onUnknownOutcome, cancelOfUnsentSale: transactions.cancelBeforeSending };
}
