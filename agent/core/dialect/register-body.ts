import { Profile } from '../../../shared/loyalty-objects.ts';
import { editObject, newMember, readMembers, type SourceMember, sourceOf, without, withValue, writeObject } from '../json-members.ts';

const wrapper = 'newMemberData';
const profileFields = Object.keys(Profile.properties);

/**
 * The body of a register, its profile inside `newMemberData` or at top level (K1).
 *
 * `wrapped`: the nine profile fields move inside; everything else at top level stays there. `flat`: all that is inside
 * moves up. A field that is in both places already keeps the value of the place it belongs to, unless that one is empty.
 * What is neither of the two documented shapes (a `newMemberData` that is no object, or that holds another one) stays as
 * it came.
 */
export function inRegisterShape(text: string, shape: 'wrapped' | 'flat'): string {
	return editObject(text, shape === 'wrapped' ? wrap : flatten);
}

function wrap(body: readonly SourceMember[]): readonly SourceMember[] {
	const moving = oneOfEach(body.filter(({ name }) => profileFields.includes(name)));
	const wrapped = sourceOf(body, wrapper);
	const inside = wrapped === undefined ? [] : readMembers(wrapped);
	const [first] = moving;
	if (first === undefined || inside === undefined) return body;
	const { own, added } = completed(inside, moving);
	const value = writeObject([...own, ...added]);
	if (wrapped !== undefined) return withValue(without(body, profileFields), wrapper, value);
	const place = body.findIndex(({ name }) => name === first.name);
	return without(body.with(place, newMember(wrapper, value)), profileFields);
}

function flatten(body: readonly SourceMember[]): readonly SourceMember[] {
	const inside = readMembers(sourceOf(body, wrapper) ?? '');
	if (inside === undefined || sourceOf(inside, wrapper) !== undefined) return body;
	const place = body.findLastIndex(({ name }) => name === wrapper);
	const { own, added } = completed(body, oneOfEach(inside));
	return [...without(own.slice(0, place), [wrapper]), ...added, ...own.slice(place + 1)];
}

/** An object's own members, empty ones filled from `others`, in their order; and the others it lacks. */
function completed(own: readonly SourceMember[], others: readonly SourceMember[]) {
	const owned = new Map(own.map(({ name, value }) => [name, value]));
	const filling = new Map(others.filter(({ name }) => isEmpty(owned.get(name))).map(({ name, value }) => [name, value]));
	return {
		own: own.map((member) => ({ ...member, value: filling.get(member.name) ?? member.value })),
		added: others.filter(({ name }) => !owned.has(name)),
	};
}

/** A placeholder for a value that is not known (K19). */
function isEmpty(source: string | undefined): boolean {
	if (source === undefined) return false;
	const value: unknown = source === 'null' || source.startsWith('"') ? JSON.parse(source) : source;
	return value === null || (typeof value === 'string' && value.trim() === '');
}

/** One member for each name, with the value that readers take. */
function oneOfEach(members: readonly SourceMember[]): readonly SourceMember[] {
	return [...new Map(members.map((member) => [member.name, member])).values()];
}
