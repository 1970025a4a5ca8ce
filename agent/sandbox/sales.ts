/** `/transaction`: reporting a sale and cancelling one. */
import { randomUUID } from 'node:crypto';
import { readAmountMinor } from '../../shared/money.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { at } from '../core/json.ts';
import { type Answer, success } from './answer.ts';
import { sha256Hex } from './arrival.ts';
import { alreadyCancelled, assetNotRedeemable, confirmationNotFound, memberNotFound, transactionMismatch } from './refusals.ts';
import { refuseSaleFields } from './sale-fields.ts';
import { readUsedGifts } from './used-gifts.ts';
import type { CallRequest, Handler, Sale, World } from './world.ts';

/** The same branch, terminal and transactionId is the same sale: it is awarded once and always answers the same code. */
export const sale: Handler = (request, world) => {
	const { text, key, body, identifiers } = request;
	const { settings, members } = world;
	const fingerprint = sha256Hex(canonicalJson(text));
	const known = world.salesByKey.get(key);
	if (known !== undefined) {
		return settings.strict && known.fingerprint !== fingerprint ? transactionMismatch() : saleAnswer(known, world);
	}
	const refusal = refuseSaleFields(body, settings.strict);
	if (refusal !== undefined) return refusal;
	const member = members.find(identifiers);
	if (member === undefined && identifiers.length > 0) return memberNotFound(settings.memberNotFoundCode, identifiers);
	return accept({ request, member, fingerprint }, world);
};

function accept({ request, member, fingerprint }: { request: CallRequest; member: Sale['member']; fingerprint: string }, world: World): Answer {
	const used = readUsedGifts(request.body);
	if (!used.ok) return used.refusal;
	const gifts = used.keys.map((key) => member?.gifts.find((gift) => gift.key === key && gift.status === 'active'));
	// What the real service answers to a gift used elsewhere is unknown; by default the finished sale goes through.
	if (world.settings.strict && gifts.includes(undefined)) return assetNotRedeemable('usedAssets');
	const total = readAmountMinor(at(request.body, 'transaction', 'totalAmount')) ?? 0;
	const points = member === undefined ? 0 : Math.trunc(total / world.settings.minorUnitsPerPoint);
	const accepted: Sale = { effect: request.effect, fingerprint, code: randomUUID(), member, points, total, isCancelled: false };
	for (const gift of gifts) if (gift !== undefined) gift.status = 'redeemed';
	settle(accepted, 1);
	world.salesByKey.set(request.key, accepted);
	world.salesByCode.set(accepted.code, accepted);
	world.effects.applied(request.effect, accepted.code);
	return saleAnswer(accepted, world);
}

/** Takes the awarded points back; gives no gift back and touches no payment. */
export const cancelSale: Handler = ({ peek, effect }, { settings, salesByCode, effects }) => {
	const found = salesByCode.get(peek.confirmationCode ?? '');
	if (found === undefined) return confirmationNotFound();
	if (found.isCancelled) return settings.cancelAgainSucceeds ? success('flat', {}) : alreadyCancelled();
	found.isCancelled = true;
	settle(found, -1);
	effects.applied(effect);
	effects.cancelled(found.effect);
	return success('flat', {});
};

function settle({ member, points, total }: Sale, direction: 1 | -1): void {
	if (member === undefined) return;
	member.points += direction * points;
	member.spent += direction * total;
	member.visits += direction;
}

function saleAnswer({ code }: Sale, { settings }: World): Answer {
	const place = settings.confirmationCodePlace === 'data' ? 'data' : 'flat';
	return success(place, { confirmationCode: code });
}
