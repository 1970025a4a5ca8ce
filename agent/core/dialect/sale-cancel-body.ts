import { editObject, newMember, readMembers, type SourceMember, sourceOf, without, withValue, writeObject } from '../json-members.ts';

const wrapper = 'transaction';
const moved = ['action', 'confirmationCode'];

/**
 * The body of a sale's cancel, `action` and `confirmationCode` inside `transaction` or at top level, never in both: the
 * pages do not show it, and a strict reader may refuse what it does not know. The code is the one the agent reads, the
 * inner before the outer; `action` is always "cancel", also where the register left it out. A `transaction` that is left
 * empty goes. A body without a code, or with a `transaction` that is no object, stays as it came.
 */
export function inSaleCancelShape(text: string, shape: 'nested' | 'topLevel'): string {
	return editObject(text, (body) => {
		const wrapped = sourceOf(body, wrapper);
		const inside = wrapped === undefined ? [] : readMembers(wrapped);
		const places = [inside ?? [], body];
		const code = firstOf(places, 'confirmationCode', (text) => text !== '');
		if (inside === undefined || code === undefined) return body;
		const action = firstOf(places, 'action', (text) => text === 'cancel') ?? '"cancel"';
		const filled = (members: readonly SourceMember[]) => withValue(withValue(members, 'action', action), 'confirmationCode', code);
		return shape === 'nested' ? nest(body, filled(inside)) : lift(filled(body), inside);
	});
}

/** Source text of the first that is a text of the kind asked for. */
function firstOf(places: readonly (readonly SourceMember[])[], name: string, isWanted: (text: string) => boolean): string | undefined {
	return places
		.map((members) => sourceOf(members, name))
		.find((source) => {
			const value: unknown = source === undefined ? undefined : JSON.parse(source);
			return typeof value === 'string' && isWanted(value);
		});
}

/** Where there is no `transaction` yet, it stands where the first of what it takes in stood. */
function nest(body: readonly SourceMember[], inside: readonly SourceMember[]): readonly SourceMember[] {
	const value = writeObject(inside);
	if (sourceOf(body, wrapper) !== undefined) return withValue(without(body, moved), wrapper, value);
	const place = body.findIndex(({ name }) => moved.includes(name));
	return without(body.with(place, newMember(wrapper, value)), moved);
}

function lift(body: readonly SourceMember[], inside: readonly SourceMember[]): readonly SourceMember[] {
	const rest = without(inside, moved);
	if (rest === inside) return body;
	return rest.length === 0 ? without(body, [wrapper]) : withValue(body, wrapper, writeObject(rest));
}
