/**
 * Refusals of the Loyalty API in the agent's own words: safe to show and to keep, because the API's own text can repeat
 * personal data.
 */
interface RefusalText {
	readonly message: string;
	readonly advice: string;
}

const noSuchMember: RefusalText = {
	message: 'The loyalty service knows no such member.',
	advice: 'Correct the identifier, or send the sale without a member.',
};
const invalid: RefusalText = { message: 'The loyalty service does not accept a field of this call.', advice: 'Correct the field and send it again.' };

const byCode: Readonly<Record<string, RefusalText>> = {
	'203': noSuchMember,
	'4001012': noSuchMember,
	MEMBER_NOT_FOUND: noSuchMember,
	'204': { message: 'There is a member with this phone number already.', advice: 'Use the existing member; nothing else is needed.' },
	'407': { message: 'The balance is too low for this payment.', advice: 'Take another means of payment.' },
	'1001': invalid,
	BAD_REQUEST: invalid,
};

const unlisted: RefusalText = {
	message: 'The loyalty service refused this call.',
	advice: 'Ask the loyalty provider what this code means before you decide.',
};

/** Whether the code is one of those for "no such member" (K10). */
export function isMemberUnknown(code: string): boolean {
	return Object.hasOwn(byCode, code) && byCode[code] === noSuchMember;
}

/** `code` as the Loyalty API gave it. */
export function refusalText(code: string): RefusalText {
	// The code is the other side's word: it could be the name of something every object has.
	return (Object.hasOwn(byCode, code) ? byCode[code] : undefined) ?? unlisted;
}
