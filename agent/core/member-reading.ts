/** What an answer about a member says of them, in every shape the Loyalty API's pages show. */
import type { Balance, MemberMemo } from '../../shared/member-memo.ts';
import { at, isJsonObject, type JsonObject, readJsonObject, textAt } from './json.ts';

/** `text` is an answer of the Loyalty API that was a success. First and last name, and the balance, where it has them. Undefined when it holds no member. */
export function readMember(text: string): MemberMemo | undefined {
	const reading = readJsonObject(text);
	const member = reading.ok ? memberIn(reading.value) : undefined;
	if (member === undefined) return undefined;
	const name = [textAt(member, 'firstName'), textAt(member, 'lastName')]
		.filter((part) => part !== undefined)
		.join(' ')
		.trim();
	const balance = balanceOf(at(member, 'points'), at(member, 'credit'));
	return { ...(name === '' ? {} : { name }), ...(balance === undefined ? {} : { balance }) };
}

function memberIn(answer: JsonObject): JsonObject | undefined {
	return [at(answer, 'data', 'member'), at(answer, 'member')].find(isJsonObject);
}

function balanceOf(points: unknown, credit: unknown): Balance | undefined {
	const [readPoints, readCredit] = [amountIn(points), amountIn(credit)];
	if (readPoints === undefined && readCredit === undefined) return undefined;
	return { ...(readPoints === undefined ? {} : { points: readPoints }), ...(readCredit === undefined ? {} : { credit: readCredit }) };
}

/** A number, the pair of `monetary` and `nonMonetary`, or that pair below `balance` (K11). */
function amountIn(value: unknown): number | undefined {
	return [value, at(value, 'nonMonetary'), at(value, 'balance', 'nonMonetary')].find(isFiniteNumber);
}

/** JSON can write numbers that are read as infinite, and those cannot be kept as JSON again. */
function isFiniteNumber(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value);
}
