/** Money is a whole number in the smallest unit of the currency (cents, kuruş), as the Loyalty API sends it. */
export type AmountMinor = number;

/**
 * Reads an amount out of a body that is only peeked at. Anything that is not a finite number inside the safe range
 * counts as unknown; a fraction is rounded, because it can only be shown, never sent.
 */
export function readAmountMinor(value: unknown): AmountMinor | undefined {
	if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
	const rounded = Math.round(value);
	return Number.isSafeInteger(rounded) ? rounded : undefined;
}
