/** Each call once, in the shapes a host takes: directly, or through the agent. */
import type { Asked, Asker, MemberData, Names } from './asker.ts';
import { confirmationCodeIn } from './asker.ts';
import { eventBody, identified, payBody, payCancelBody, registerBody, type Shapes, saleCancelBody, saleOf } from './bodies.ts';

export type Day = ReadonlyMap<string, Asked>;

/** `nobody` is known to no host. Calls that an earlier answer makes impossible are left out. */
export async function spendDay(
	asker: Asker,
	{ member, nobody, names, shapes }: { member: MemberData; nobody: MemberData; names: Names; shapes: Shapes },
): Promise<Day> {
	const day = new Map<string, Asked>();
	const step = async (name: string, path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Asked> => {
		const asked = await asker.ask(path, body, headers);
		day.set(name, asked);
		return asked;
	};
	const who = identified(member);
	const sale = saleOf(names.next(), shapes.sale);

	await step('register', 'member/register', registerBody(member, shapes.register));
	await step('register again', 'member/register', registerBody(member, shapes.register));
	await step('update', 'member/update', { member: who, newMemberData: { firstName: 'Lanekeeper2' } });
	await step('details', 'member/details', { member: who });
	await step('details with a basket', 'member/details', { member: who, transaction: sale }, { 'x-return-benefits': 'true', 'x-return-assets': 'all' });
	await step('details of nobody', 'member/details', { member: identified(nobody) });
	await step('short code, send', 'member/shortCode', { member: who, action: 'send' });
	const got = await step('short code, get', 'member/shortCode', { member: who, action: 'get' });
	const shortCode = got.json?.data?.['code'];
	if (typeof shortCode === 'string') await step('short code, verify', 'member/shortCode', { member: who, action: 'verify', code: shortCode });

	const sold = await step('sale', 'transaction', { member: who, transaction: sale });
	await step('sale without a member', 'transaction', { transaction: saleOf(names.next(), shapes.sale) });
	await step('sale of nobody', 'transaction', { member: identified(nobody), transaction: saleOf(names.next(), shapes.sale) });
	const paid = await step('pay', 'payment', payBody(member, saleOf(names.next(), shapes.sale)));
	const payCode = confirmationCodeIn(paid);
	if (payCode !== undefined) await step('cancel of the pay', 'payment', payCancelBody(member, payCode, shapes.payCancelAmount));
	const saleCode = confirmationCodeIn(sold);
	if (saleCode !== undefined) await step('cancel of the sale', 'transaction', saleCancelBody(saleCode, shapes.saleCancel));
	await step('event', 'event', eventBody(member));
	return day;
}
