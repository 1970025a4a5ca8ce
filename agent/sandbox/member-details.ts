/** `/member/details`. Reads only: a preview locks no gift. */
import { readAmountMinor } from '../../shared/money.ts';
import { at, isJsonObject, type JsonObject } from '../core/json.ts';
import { success } from './answer.ts';
import { demoDeal } from './demo-data.ts';
import type { Gift, MemberRecord } from './members.ts';
import { badRequest, memberNotFound } from './refusals.ts';
import type { Handler } from './world.ts';

const giftChoices = { active: ['active'], inactive: ['redeemed'], all: ['active', 'redeemed'] } as const satisfies Record<string, readonly Gift['status'][]>;

function isGiftChoice(text: string): text is keyof typeof giftChoices {
	return Object.hasOwn(giftChoices, text);
}

export const details: Handler = ({ body, identifiers, headers }, { settings, members }) => {
	const choice = headers.returnAssets ?? 'active';
	if (!isGiftChoice(choice)) return badRequest('The header x-return-assets must be active, inactive or all.');
	const benefits = headers.returnBenefits ?? 'false';
	if (benefits !== 'true' && benefits !== 'false') return badRequest('The header x-return-benefits must be true or false.');
	const member = members.find(identifiers);
	if (member === undefined) return memberNotFound(settings.memberNotFoundCode, identifiers);
	const wanted: readonly Gift['status'][] = giftChoices[choice];
	const shown = { ...memberView(member), assets: member.gifts.filter((gift) => wanted.includes(gift.status)).map(giftView) };
	return success('flat', { member: shown, ...(benefits === 'true' ? { appliedDeals: dealsFor(at(body, 'transaction')) } : {}) });
};

function memberView({ profile, membershipKey, memberId, visits, spent, points, credit }: MemberRecord): JsonObject {
	const { birthday } = profile;
	return {
		status: 'active',
		...profile,
		// Answered as a date-time, though it is sent as a date.
		...(birthday === undefined ? {} : { birthday: `${birthday}T00:00:00.000Z` }),
		visit: visits,
		totalSpent: spent,
		membershipKey,
		memberId,
		points,
		credit,
	};
}

function giftView({ key, name, status, validUntil }: Gift): JsonObject {
	return { key, name, status, redeemable: status === 'active', validUntil };
}

function dealsFor(transaction: unknown): JsonObject[] {
	if (!isJsonObject(transaction)) return [];
	const { percent, ...deal } = demoDeal;
	const amount = Math.floor(((readAmountMinor(at(transaction, 'totalAmount')) ?? 0) * percent) / 100);
	return amount > 0 ? [{ ...deal, amount }] : [];
}
