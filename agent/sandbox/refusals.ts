/**
 * The refusals of the Loyalty API and the few the sandbox had to invent because the real
 * code is not documented: ALREADY_CANCELLED, CONFIRMATION_NOT_FOUND, TRANSACTION_MISMATCH, ASSET_NOT_REDEEMABLE,
 * SHORT_CODE_INVALID, UNAUTHORIZED.
 */
import type { SandboxSettings } from '../../shared/sandbox-schema.ts';
import type { Peek } from '../core/calls/operation.ts';
import { type Refusal, refused } from './answer.ts';

/** One situation, three documented codes (K10). */
export function memberNotFound(code: SandboxSettings['memberNotFoundCode'], identifiers: Peek['identifiers']): Refusal {
	switch (code) {
		case '203':
			return refused(code, 'Cannot find any member with the given identifier!');
		case '4001012':
			return refused(code, 'Member not found', { path: `member.${identifiers[0]?.[0] ?? 'phoneNumber'}` });
		case 'MEMBER_NOT_FOUND':
			return refused(code, 'Member not found with the given identifier', { details: Object.fromEntries(identifiers) });
		default:
			return code satisfies never;
	}
}

export function memberExists(): Refusal {
	return refused('204', 'Member already exists with the same phone number!');
}

export function balanceTooLow(): Refusal {
	return refused('407', 'creditBalance balance for members is insufficient to process the payment!');
}

export function missingField(path: string): Refusal {
	return refused('BAD_REQUEST', `Missing required field: ${path}`, { path });
}

/** `problem` is a clause about the field, such as "must be a whole number". */
export function invalidInput(path: string, problem: string): Refusal {
	return refused('1001', `"${path}" ${problem}`, { path });
}

/** Outside the documentation: HTTP 400, whatever the status of business refusals is. */
export function badRequest(message: string): Refusal {
	return { ...refused('BAD_REQUEST', message), status: 400 };
}

/** Outside the documentation: HTTP 401 with an error envelope. */
export function unauthorized(): Refusal {
	return { ...refused('UNAUTHORIZED', 'The header x-api-key is missing.'), status: 401 };
}

export function alreadyCancelled(): Refusal {
	return refused('ALREADY_CANCELLED', 'This confirmation code was cancelled before.');
}

export function confirmationNotFound(): Refusal {
	return refused('CONFIRMATION_NOT_FOUND', 'There is nothing with this confirmation code.');
}

export function transactionMismatch(): Refusal {
	return refused('TRANSACTION_MISMATCH', 'This transactionId was used before for another sale.', { path: 'transaction.transactionId' });
}

export function assetNotRedeemable(path: string): Refusal {
	return refused('ASSET_NOT_REDEEMABLE', 'This gift is unknown, used or expired.', { path });
}

export function shortCodeInvalid(): Refusal {
	return refused('SHORT_CODE_INVALID', 'The short code is wrong, used or expired.');
}
