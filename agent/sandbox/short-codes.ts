/** `/member/shortCode`. A code expires and works once; nothing is really sent to anybody. */
import { randomInt } from 'node:crypto';
import { at, type JsonObject, textAt } from '../core/json.ts';
import { type Answer, success } from './answer.ts';
import type { MemberRecord } from './members.ts';
import { invalidInput, memberNotFound, missingField, shortCodeInvalid } from './refusals.ts';
import type { CallRequest, Handler, World } from './world.ts';

export const shortCode: Handler = (request, world) => {
	const { body, identifiers } = request;
	// Exactly one identifier, phone or e-mail, say the notes of the page (K20).
	const [first, second] = identifiers;
	if (first === undefined) return missingField('member.phoneNumber');
	if (world.settings.strict && (second !== undefined || !['phoneNumber', 'email'].includes(first[0]))) {
		return invalidInput('member', 'must hold exactly one of phoneNumber and email');
	}
	const member = world.members.find(identifiers);
	if (member === undefined) return memberNotFound(world.settings.memberNotFoundCode, identifiers);
	return act(at(body, 'action'), member, request, world);
};

function act(action: unknown, member: MemberRecord, { body, effect }: CallRequest, world: World): Answer {
	switch (action) {
		case 'send':
			createCode(member, world);
			world.effects.applied(effect);
			return success('data', {});
		case 'get':
			return success('data', { code: validCode(member, world) ?? createCode(member, world) });
		case 'verify':
			if (givenCode(body) === undefined || givenCode(body) !== validCode(member, world)) return shortCodeInvalid();
			world.shortCodes.delete(member);
			return success('data', { verified: true });
		case undefined:
			return missingField('action');
		default:
			return invalidInput('action', 'must be one of send, get, verify');
	}
}

function validCode(member: MemberRecord, { shortCodes, clock }: World): string | undefined {
	const known = shortCodes.get(member);
	return known !== undefined && clock.elapsed() < known.validUntilMs ? known.code : undefined;
}

function createCode(member: MemberRecord, { shortCodes, clock, settings }: World): string {
	const code = String(randomInt(1_000_000)).padStart(6, '0');
	shortCodes.set(member, { code, validUntilMs: clock.elapsed() + settings.shortCodeSeconds * 1_000 });
	return code;
}

/** No page names the field, so each likely one is taken, at top level or beside the identifier. */
function givenCode(body: JsonObject): string | undefined {
	for (const field of ['code', 'shortCode', 'verificationCode']) {
		const code = textAt(body, field) ?? textAt(body, 'member', field);
		if (code !== undefined) return code;
	}
	return undefined;
}
