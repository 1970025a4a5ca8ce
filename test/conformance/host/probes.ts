/** Questions to a host about what the documentation disputes, each asked directly with data of its own. */
import type { Asked, Asker, MemberData, Names, Verdict } from './asker.ts';
import { confirmationCodeIn, verdictOf } from './asker.ts';
import { identified, payBody, payCancelBody, profile, registerBody, type Shapes, saleCancelBody, saleOf } from './bodies.ts';

export interface Probed {
	readonly wrapped: Verdict;
	readonly flat: Verdict;
	/** Left out when the test member is given: they need members of their own. */
	readonly fewFields: Readonly<Record<string, Verdict>>;
	readonly sales: Readonly<Record<'both' | 'newer' | 'older' | 'least', Verdict>>;
	/** The very same sale again: its code, compared with the first. */
	readonly sameSaleAgain: 'same code' | 'another code' | 'no code' | Verdict;
	readonly otherSaleSameId: 'same code' | 'another code' | 'no code' | Verdict;
	readonly saleCancels: Readonly<Record<Shapes['saleCancel'], Verdict | undefined>>;
	readonly secondCancel: Verdict | undefined;
	readonly payCancels: Readonly<Record<Shapes['payCancelAmount'], Verdict | undefined>>;
	readonly wrongKeyStatus: number;
}

export interface Who {
	readonly names: Names;
	/** Of the integrator; otherwise each probe makes up its own. */
	readonly given: MemberData | undefined;
}

export async function probe(asker: Asker, strangerAsker: Asker, { names, given }: Who): Promise<Probed> {
	const someone = () => given ?? names.nextMember();
	const member = someone();
	const ask = async (path: string, body: object) => verdictOf(await asker.ask(path, body));
	const register = (shape: Shapes['register'], who: MemberData) => ask('member/register', registerBody(who, shape));
	const wrapped = await register('wrapped', member);
	const flat = await register('flat', someone());
	const known = understood(wrapped) || !understood(flat) ? member : undefined;
	const who = known ?? member;

	return {
		wrapped,
		flat,
		fewFields: given === undefined ? await probeFewFields(ask, names, understood(wrapped)) : {},
		...(await probeSales(asker, names)),
		...(await probeCancels(asker, names)),
		payCancels: await probePays(asker, names, who),
		wrongKeyStatus: (await strangerAsker.ask('member/details', { member: identified(who) })).status,
	};
}

/** Accepted, or known already: the body was understood. */
export function understood(verdict: Verdict): boolean {
	return verdict.kind === 'yes' || (verdict.kind === 'no' && verdict.code === '204');
}

async function probeFewFields(ask: (path: string, body: object) => Promise<Verdict>, names: Names, isWrapped: boolean): Promise<Record<string, Verdict>> {
	const verdicts: Record<string, Verdict> = {};
	for (const fields of [['phoneNumber'], ['email'], ['phoneNumber', 'gdpr', 'termsOfUse']]) {
		const few = Object.fromEntries(Object.entries(profile(names.nextMember())).filter(([name]) => fields.includes(name)));
		verdicts[fields.join(' + ')] = await ask('member/register', isWrapped ? { newMemberData: few } : few);
	}
	return verdicts;
}

async function probeSales(asker: Asker, names: Names): Promise<Pick<Probed, 'sales' | 'sameSaleAgain' | 'otherSaleSameId'>> {
	const sell = (transaction: object) => asker.ask('transaction', { transaction });
	const sale = saleOf(names.next(), 'both');
	const first = await sell(sale);
	const again = await sell(sale);
	const other = await sell({ ...sale, totalAmount: 999 });
	return {
		sales: {
			both: verdictOf(first),
			newer: verdictOf(await sell(saleOf(names.next(), 'newer'))),
			older: verdictOf(await sell(saleOf(names.next(), 'older'))),
			least: verdictOf(await sell({ transactionId: names.next(), totalAmount: 1_000 })),
		},
		sameSaleAgain: compareCodes(first, again),
		otherSaleSameId: compareCodes(first, other),
	};
}

function compareCodes(first: Asked, second: Asked): Probed['sameSaleAgain'] {
	const verdict = verdictOf(second);
	if (verdict.kind !== 'yes') return verdict;
	const code = confirmationCodeIn(second);
	if (code === undefined) return 'no code';
	return code === confirmationCodeIn(first) ? 'same code' : 'another code';
}

async function probeCancels(asker: Asker, names: Names): Promise<Pick<Probed, 'saleCancels' | 'secondCancel'>> {
	const cancel = async (shape: Shapes['saleCancel']) => {
		const code = confirmationCodeIn(await asker.ask('transaction', { transaction: saleOf(names.next(), 'both') }));
		if (code === undefined) return undefined;
		const send = async () => verdictOf(await asker.ask('transaction', saleCancelBody(code, shape)));
		return { verdict: await send(), second: send };
	};
	const nested = await cancel('nested');
	const topLevel = await cancel('topLevel');
	const worked = [nested, topLevel].find((one) => one?.verdict.kind === 'yes');
	return { saleCancels: { nested: nested?.verdict, topLevel: topLevel?.verdict }, secondCancel: await worked?.second() };
}

/** A pay of the smallest amount needs a balance: a sale may have brought one. */
async function probePays(asker: Asker, names: Names, member: MemberData): Promise<Probed['payCancels']> {
	await asker.ask('transaction', { member: identified(member), transaction: saleOf(names.next(), 'both') });
	const cancel = async (shape: Shapes['payCancelAmount']) => {
		const code = confirmationCodeIn(await asker.ask('payment', payBody(member, saleOf(names.next(), 'both'))));
		return code === undefined ? undefined : verdictOf(await asker.ask('payment', payCancelBody(member, code, shape)));
	};
	return { absent: await cancel('absent'), negative: await cancel('negative') };
}

/** What to speak with this host: the documented usual where it takes both sides. */
export function shapesFor({ wrapped, flat, sales, saleCancels, payCancels }: Probed): Shapes {
	return {
		register: understood(flat) && !understood(wrapped) ? 'flat' : 'wrapped',
		sale: sales.both.kind === 'yes' ? 'both' : sales.older.kind === 'yes' ? 'older' : 'newer',
		saleCancel: saleCancels.topLevel?.kind === 'yes' && saleCancels.nested?.kind !== 'yes' ? 'topLevel' : 'nested',
		payCancelAmount: payCancels.negative?.kind === 'yes' && payCancels.absent?.kind !== 'yes' ? 'negative' : 'absent',
	};
}
