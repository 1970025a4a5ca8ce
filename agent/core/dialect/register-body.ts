import { Profile } from '../../../shared/loyalty-objects.ts';
import { editObject, newMember, readMembers, type SourceMember, sourceOf, without, withValue, writeObject } from '../json-members.ts';

const wrapper = 'newMemberData';
const profileFields = Object.keys(Profile.properties);

/**
 * The body of a register, its profile inside `newMemberData` or at top level (K1).
 *
 * `wrapped`: the nine profile fields move inside; everything else at top level stays there. `flat`: all that is inside
 * moves up. A field that is in both places already keeps the value of the place it belongs to. What is neither of the two
 * documented shapes (a `newMemberData` that is no object, or that holds another one) stays as it came.
 */
export function inRegisterShape(text: string, shape: 'wrapped' | 'flat'): string {
	return editObject(text, shape === 'wrapped' ? wrap : flatten);
}

function wrap(body: readonly SourceMember[]): readonly SourceMember[] {
	const moving = lastOfEach(body.filter(({ name }) => profileFields.includes(name)));
	const wrapped = sourceOf(body, wrapper);
	const inside = wrapped === undefined ? [] : readMembers(wrapped);
	if (moving.length === 0 || inside === undefined) return body;
	const value = writeObject([...inside, ...notIn(inside, moving)]);
	if (wrapped !== undefined) return withValue(without(body, profileFields), wrapper, value);
	const placed = body.map((member) => (member === moving[0] ? newMember(wrapper, value) : member));
	return without(placed, profileFields);
}

function flatten(body: readonly SourceMember[]): readonly SourceMember[] {
	const inside = readMembers(sourceOf(body, wrapper) ?? '');
	if (inside === undefined || sourceOf(inside, wrapper) !== undefined) return body;
	const place = body.findLastIndex(({ name }) => name === wrapper);
	return [...without(body.slice(0, place), [wrapper]), ...notIn(body, lastOfEach(inside)), ...body.slice(place + 1)];
}

function notIn(others: readonly SourceMember[], members: readonly SourceMember[]): readonly SourceMember[] {
	return without(
		members,
		others.map(({ name }) => name),
	);
}

/** One member for each name: the one that readers take. */
function lastOfEach(members: readonly SourceMember[]): readonly SourceMember[] {
	return members.filter(({ name }, index) => members.findLastIndex((member) => member.name === name) === index);
}
