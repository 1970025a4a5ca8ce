/** The body as it will be sent: in the shop's dialect, with what only this agent's memory knows. */
import { readProvisionalCode } from '../../shared/ids.ts';
import type { Operation, Peek } from '../core/calls/operation.ts';
import { type Dialect, inDialect } from '../core/dialect/dialect.ts';
import { payAmountSource } from '../core/dialect/pay-cancel-amount.ts';
import { errorWords } from '../core/error-words.ts';
import { thaw } from '../core/frozen-request.ts';
import type { Log } from '../core/log.ts';
import type { DeliveryRecord } from '../core/records.ts';
import type { IntakePorts } from './ports.ts';

interface Memory {
	readonly store: Pick<IntakePorts['store'], 'find' | 'payByCode' | 'content'>;
	readonly vault: Pick<IntakePorts['vault'], 'open'>;
	readonly log: Pick<Log, 'error'>;
	readonly settings: { readonly dialect: Dialect };
}

/** `text` is the register's own body of this operation; given back as it is unless the dialect has a rule for it. */
export function sentText(memory: Memory, operation: Operation, text: string, peek: Peek): string {
	const { dialect } = memory.settings;
	const isAmountWanted = operation.name === 'cancelPay' && dialect.payCancelAmount === 'negative';
	const original = isAmountWanted && peek.confirmationCode !== undefined ? payWith(memory, peek.confirmationCode) : undefined;
	return inDialect(operation.name, text, dialect, original && amountOf(memory, original));
}

/** The pay that has this code, or that the provisional code stands for. */
function payWith({ store }: Memory, code: string): DeliveryRecord | undefined {
	const id = readProvisionalCode(code);
	if (id === undefined) return store.payByCode(code);
	const found = id === 'foreign' ? undefined : store.find(id);
	return found?.operation === 'pay' ? found : undefined;
}

/** As the pay wrote it. Unknown once its body was erased, or when it cannot be opened: a cancel is not refused for that. */
function amountOf({ store, vault, log }: Memory, { sequence, id }: DeliveryRecord): string | undefined {
	const sealed = store.content(sequence);
	if (sealed === undefined) return undefined;
	try {
		return payAmountSource(thaw(vault.open('content', id, sealed)).body);
	} catch (error) {
		log.error('delivery.unreadable', { deliveryId: id, error: errorWords(error) });
		return undefined;
	}
}
