/** What a host's answers say about the disputed matters, in words, and the settings that follow from them. */
import type { Answered } from '../../support/till.ts';
import type { Asked, Verdict } from './asker.ts';
import { inWords, verdictOf } from './asker.ts';
import type { Day } from './day.ts';
import { type Probed, shapesFor, understood } from './probes.ts';

export interface Finding {
	readonly matter: string;
	readonly found: string;
}

const orNothing = (verdict: Verdict | undefined) => (verdict === undefined ? 'not known: no code to cancel' : inWords(verdict));
const repeated = (seen: Probed['sameSaleAgain']) => (typeof seen === 'string' ? seen : inWords(seen));

export function findingsOf(probed: Probed, day: Day): readonly Finding[] {
	const { sales, saleCancels, payCancels, fewFields } = probed;
	return [
		{ matter: 'K1 register body', found: `wrapped ${registerWords(probed.wrapped)}; flat ${registerWords(probed.flat)}` },
		...Object.entries(fewFields).map(([fields, verdict]) => ({ matter: `K2 register with ${fields}`, found: inWords(verdict) })),
		{ matter: 'K3 member in the answer to a register', found: memberPlace(day.get('register')?.json) },
		{ matter: 'K4 answer to an update', found: updateAnswer(day.get('update')?.json) },
		{ matter: 'K5 word for success', found: list([...day.values()].filter((asked) => verdictOf(asked).kind === 'yes').map(({ json }) => json?.status)) },
		{ matter: 'K7 cancel of a pay without an amount', found: orNothing(payCancels.absent) },
		{ matter: 'K7 cancel of a pay with the negative amount', found: orNothing(payCancels.negative) },
		{ matter: 'K10 code for an unknown member', found: code(day.get('details of nobody')) },
		{ matter: 'K11 balances', found: balances(day.get('details')?.json, day.get('pay')?.json) },
		{ matter: 'K12, K13, K15 sale in both dialects', found: inWords(sales.both) },
		{ matter: 'K12, K13, K15 sale in the newer dialect', found: inWords(sales.newer) },
		{ matter: 'K12, K13, K15 sale in the older dialect', found: inWords(sales.older) },
		{ matter: 'K16 sale with id and total only', found: inWords(sales.least) },
		{ matter: 'K22 envelope of refusals', found: list([...day.values()].map(({ json }) => errorEnvelope(json))) },
		{ matter: 'K23 confirmation code of a sale', found: codePlace(day.get('sale')?.json) },
		{ matter: 'K23 confirmation code of a pay', found: codePlace(day.get('pay')?.json) },
		{ matter: 'cancel of a sale, nested', found: orNothing(saleCancels.nested) },
		{ matter: 'cancel of a sale, top level', found: orNothing(saleCancels.topLevel) },
		{ matter: 'second cancel of a sale', found: orNothing(probed.secondCancel) },
		{ matter: 'register of a member who is known', found: code(day.get('register again')) },
		{ matter: 'the very same sale again', found: repeated(probed.sameSaleAgain) },
		{ matter: 'another sale with the same transactionId', found: repeated(probed.otherSaleSameId) },
		{ matter: 'HTTP status of refusals', found: list(refusals(day).map(({ status }) => String(status))) },
		{ matter: 'HTTP status for a wrong key', found: String(probed.wrongKeyStatus) },
		{ matter: 'Date header', found: clock(day) },
		{ matter: 'slowest answer', found: `${slowestMs(day)} ms` },
	];
}

function registerWords(verdict: Verdict): string {
	return verdict.kind === 'no' && understood(verdict) ? 'accepted (the member was known)' : inWords(verdict);
}

function list(values: readonly (string | undefined)[]): string {
	const found = [...new Set(values.filter((value) => value !== undefined))];
	return found.length === 0 ? 'not seen' : found.join(', ');
}

function refusals(day: Day): readonly Asked[] {
	return [...day.values()].filter((asked) => verdictOf(asked).kind === 'no');
}

function code(asked: Asked | undefined): string {
	return asked === undefined ? 'not seen' : inWords(verdictOf(asked));
}

function memberPlace(json: Answered | undefined): string {
	if (json?.data?.['member'] !== undefined) return 'in data';
	return json?.['member'] === undefined ? 'none' : 'flat';
}

function updateAnswer(json: Answered | undefined): string {
	return list([json?.['message'] === undefined ? undefined : 'message', ...Object.keys(json?.data ?? {}).map((name) => `data.${name}`)]);
}

function balances(details: Answered | undefined, pay: Answered | undefined): string {
	const member: unknown = details?.['member'] ?? details?.data?.['member'];
	const kinds = (where: string, holder: unknown) =>
		['points', 'credit'].map((name) => {
			const value: unknown = Reflect.get(Object(holder), name);
			return value === undefined ? undefined : `${where}.${name} a${typeof value === 'object' ? 'n object' : ` ${typeof value}`}`;
		});
	return list([...kinds('member', member), ...kinds('newBalance', pay?.data?.['newBalance'] ?? pay?.['newBalance'])]);
}

function errorEnvelope(json: Answered | undefined): string | undefined {
	if (Array.isArray(json?.['errors'])) return 'errors, a list';
	return json?.error === undefined ? undefined : 'error, an object';
}

function codePlace(json: Answered | undefined): string {
	if (json?.confirmationCode !== undefined) return 'flat';
	return json?.data?.['confirmationCode'] === undefined ? 'not seen' : 'in data';
}

function clock(day: Day): string {
	const offsets = [...day.values()].map(({ clockOffsetSeconds }) => clockOffsetSeconds).filter((offset) => offset !== undefined);
	const last = offsets.at(-1);
	return last === undefined ? 'none' : `there; this clock is ${last} s ahead`;
}

function slowestMs(day: Day): number {
	return Math.max(...[...day.values()].map(({ ms }) => ms));
}

export interface Suggestions {
	/** For the agent's configuration file. */
	readonly agent: object;
	/** That make the sandbox answer like this host. */
	readonly sandbox: object;
}

/** Only what follows from the answers; everything else stays at its default. */
export function suggestionsFor(
	probed: Probed,
	day: Day,
	loyalty: { readonly baseUrl: string; readonly branchId: string; readonly posId: string },
): Suggestions {
	const dialect = dialectFor(probed);
	const timeoutMs = slowestMs(day) > 4_000 ? { timeoutMs: Math.ceil((slowestMs(day) * 2) / 1_000) * 1_000 } : {};
	return {
		agent: { loyalty: { ...loyalty, ...timeoutMs }, ...(Object.keys(dialect).length === 0 ? {} : { dialect }) },
		sandbox: sandboxLike(probed, day),
	};
}

/** A dialect is worth setting where the host takes one side and refuses the other. */
function dialectFor(probed: Probed): object {
	const { wrapped, flat, sales, saleCancels, payCancels } = probed;
	const shapes = shapesFor(probed);
	const differ = (one: boolean | undefined, other: boolean | undefined) => one !== undefined && other !== undefined && one !== other;
	const yes = (verdict: Verdict | undefined) => verdict && verdict.kind === 'yes';
	return {
		...(differ(understood(wrapped), understood(flat)) ? { registerBody: shapes.register } : {}),
		...(differ(yes(saleCancels.nested), yes(saleCancels.topLevel)) ? { saleCancelBody: shapes.saleCancel } : {}),
		...(differ(yes(payCancels.absent), yes(payCancels.negative)) ? { payCancelAmount: shapes.payCancelAmount === 'negative' ? 'negative' : 'omit' } : {}),
		...(differ(yes(sales.newer), yes(sales.older)) ? { saleFields: yes(sales.newer) === true ? 'newer' : 'older' } : {}),
	};
}

function sandboxLike({ fewFields, secondCancel, sales }: Probed, day: Day): object {
	const statuses = refusals(day).map(({ status }) => status);
	const nobody = day.get('details of nobody');
	const verdict = nobody === undefined ? undefined : verdictOf(nobody);
	const sale = codePlace(day.get('sale')?.json);
	const pay = codePlace(day.get('pay')?.json);
	return {
		...(statuses.length > 0 && statuses.every((status) => status >= 400) ? { businessErrorStatus: 400 } : {}),
		...([...day.values()].some(({ json }) => Array.isArray(json?.['errors'])) ? { errorEnvelope: 'errors' } : {}),
		...(memberPlace(day.get('register')?.json) === 'flat' ? { registerAnswer: 'flat' } : {}),
		...(sale === 'in data' ? { confirmationCodePlace: 'data' } : pay === 'flat' ? { confirmationCodePlace: 'flat' } : {}),
		...(verdict?.kind === 'no' && (verdict.code === '4001012' || verdict.code === 'MEMBER_NOT_FOUND') ? { memberNotFoundCode: verdict.code } : {}),
		...(secondCancel?.kind === 'yes' ? { cancelAgainSucceeds: true } : {}),
		...(sales.least.kind !== 'yes' && Object.values(fewFields).every(({ kind }) => kind !== 'yes') ? { strict: true } : {}),
	};
}
