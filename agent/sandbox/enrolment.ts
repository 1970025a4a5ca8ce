/** `/member/register` and `/member/update`. */
import { Profile } from '../../shared/loyalty-objects.ts';
import { type Parsed, parserFor } from '../../shared/validate.ts';
import { at, isJsonObject } from '../core/json.ts';
import { type Refusal, success } from './answer.ts';
import { invalidInput, memberExists, memberNotFound, missingField } from './refusals.ts';
import type { Handler } from './world.ts';

const profileFields = Object.keys(Profile.properties);
const parseProfile = parserFor(Profile);
const calendarDay = /^\d{4}-\d{2}-\d{2}$/;

/** Takes the new data wrapped or flat (K1); a `member` object beside it is ignored (K24). */
export const register: Handler = ({ body, effect }, { settings, members, effects }) => {
	const wrapped = at(body, 'newMemberData');
	const [data, prefix] = isJsonObject(wrapped) ? [wrapped, 'newMemberData.'] : [body, ''];
	const missing = profileFields.find((field) => !Object.hasOwn(data, field));
	if (settings.strict && missing !== undefined) return missingField(`${prefix}${missing}`);
	const profile = readProfile(data);
	if (!profile.ok) return refuseProfile(profile, prefix);
	if (members.isTaken(profile.value)) return memberExists();
	const member = members.enrol(profile.value);
	effects.applied(effect);
	return success(settings.registerAnswer, { member: member.profile });
};

export const update: Handler = ({ body, identifiers, effect }, { settings, members, effects }) => {
	const changes = readProfile(at(body, 'newMemberData'));
	if (!changes.ok) return refuseProfile(changes, 'newMemberData.');
	const member = members.find(identifiers);
	if (member === undefined) return memberNotFound(settings.memberNotFoundCode, identifiers);
	if (members.isTaken(changes.value, member)) return memberExists();
	members.change(member, changes.value);
	effects.applied(effect);
	return success('data', { memberId: member.memberId }, 'Member updated successfully');
};

/** The nine fields; whatever else is there is left alone. */
function readProfile(data: unknown): Parsed<Profile> {
	const known = profileFields.flatMap((field) => {
		const value = at(data, field);
		return value === undefined ? [] : [[field, value] as const];
	});
	const parsed = parseProfile(Object.fromEntries(known));
	if (!parsed.ok) return parsed;
	const { birthday } = parsed.value;
	if (birthday === undefined || calendarDay.test(birthday)) return parsed;
	return { ok: false, problems: [{ path: 'birthday', problem: 'must be a date, yyyy-MM-dd' }] };
}

function refuseProfile({ problems }: Extract<Parsed<Profile>, { ok: false }>, prefix: string): Refusal {
	const [first] = problems;
	return invalidInput(`${prefix}${first?.path ?? ''}`, first?.problem ?? 'cannot be understood');
}
