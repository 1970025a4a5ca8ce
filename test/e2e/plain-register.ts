/**
 * A register as somebody writes it from the documentation of the Loyalty API: nothing but `fetch`, a base URL and an API
 * key. It goes through one day of a shop, checks every answer as documented, and stops at the first that is not.
 */
export interface Shop {
	/** With its trailing slash, such as `https://host/v1/`. */
	readonly baseUrl: string;
	readonly apiKey: string;
}

export interface Answer {
	/** What was done, in words. */
	readonly step: string;
	/** HTTP status. */
	readonly status: number;
	readonly contentType: string | null;
	readonly body: Fields;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value behind a dotted path; undefined where there is none. */
function at(value: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
}

function check(isTrue: boolean, step: string, what: string, body: unknown): void {
	if (!isTrue) throw new Error(`${step}: ${what}; the answer was ${JSON.stringify(body)}`);
}

class Register {
	readonly answers: Answer[] = [];
	readonly #shop: Shop;

	constructor(shop: Shop) {
		this.#shop = shop;
	}

	/** The answer to a call, whatever it says. */
	async #call(step: string, path: string, body: Fields, more: Readonly<Record<string, string>>): Promise<Fields> {
		const response = await fetch(this.#shop.baseUrl + path, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				'x-api-key': this.#shop.apiKey,
				'x-source-type': 'POS',
				'x-source-name': 'plain_register_01',
				'x-branch-id': 'BR001',
				'x-pos-id': 'POS001',
				...more,
			},
			body: JSON.stringify(body),
		});
		const parsed: unknown = await response.json();
		if (!isFields(parsed)) throw new Error(`${step}: the answer is no JSON object`);
		this.answers.push({ step, status: response.status, contentType: response.headers.get('content-type'), body: parsed });
		return parsed;
	}

	/** An answer that must say yes. */
	async does(step: string, path: string, body: Fields, more: Readonly<Record<string, string>> = {}): Promise<Fields> {
		const answer = await this.#call(step, path, body, more);
		check(answer['status'] === 'success' || answer['status'] === 'ok', step, 'no success', answer);
		return answer;
	}

	/** An answer that must say no, with this code. The HTTP status of a refusal is not documented. */
	async isRefused(step: string, path: string, body: Fields, code: string): Promise<void> {
		const answer = await this.#call(step, path, body, {});
		check(answer['status'] === 'error' && at(answer, 'error.code') === code, step, `not refused with ${code}`, answer);
	}
}

const phone = '600300400';
const member = { phoneNumber: phone };
const profile = {
	phoneNumber: phone,
	email: 'nora@example.com',
	firstName: 'Nora',
	lastName: 'Vidal',
	allowedSMS: true,
	allowedEmail: false,
	termsOfUse: true,
	gdpr: true,
	birthday: '1988-04-12',
} as const;

function basket(transactionId: string, totalAmount: number, tenders: Fields): Fields {
	return {
		transactionId,
		openTime: '2026-07-01T13:30:00Z',
		dateTime: '2026-07-01T13:45:00Z',
		totalAmount,
		totalTaxAmount: 800,
		totalGeneralDiscount: 0,
		orderType: 'dineIn',
		items: [
			{
				lineId: '1',
				code: 'PLU123',
				name: 'Burger',
				departmentCode: 'FOOD',
				departmentName: 'Main',
				quantity: 1,
				subtotal: totalAmount,
				total: totalAmount,
				tags: [],
			},
		],
		payments: Object.entries(tenders).map(([type, amount]) => ({ type, amount })),
		employee: 'Cashier 1',
	};
}

/** A confirmation code, flat or inside `data`. */
function codeIn(step: string, answer: Fields): string {
	const code = at(answer, 'data.confirmationCode') ?? answer['confirmationCode'];
	check(typeof code === 'string' && code !== '', step, 'no confirmation code', answer);
	return String(code);
}

function balanceIn(step: string, answer: Fields, where: string): number {
	const points = at(answer, `${where}.points`);
	check(typeof points === 'number', step, 'no balance of points', answer);
	return Number(points);
}

/** Answers everything that was answered, in order. */
export async function shoppingDay(shop: Shop): Promise<readonly Answer[]> {
	const register = new Register(shop);
	await enrolment(register);
	const earned = await firstSale(register);
	await identification(register);
	await paying(register, earned);
	await others(register);
	return register.answers;
}

async function enrolment(register: Register): Promise<void> {
	await register.isRefused('details of somebody unknown', 'member/details', { member }, '203');
	const enrolled = await register.does('enrol', 'member/register', { newMemberData: profile });
	const known = at(enrolled, 'data.member') ?? enrolled['member'];
	check(at(known, 'phoneNumber') === phone, 'enrol', 'the profile is not answered', enrolled);
	await register.isRefused('enrol again', 'member/register', { newMemberData: profile }, '204');
	await register.does('enrol with a flat body', 'member/register', { ...profile, phoneNumber: '600300401', email: 'ines@example.com', firstName: 'Ines' });
	const step = 'details of the new member';
	const details = await register.does(step, 'member/details', { member });
	check(at(details, 'member.firstName') === 'Nora' && at(details, 'member.status') === 'active', step, 'another member', details);
	check(balanceIn(step, details, 'member') === 0, step, 'points from nowhere', details);
	await register.does('consent changes', 'member/update', { member, newMemberData: { allowedSMS: false, allowedEmail: true } });
	const after = await register.does('details after the change', 'member/details', { member });
	check(at(after, 'member.allowedSMS') === false && at(after, 'member.allowedEmail') === true, 'details after the change', 'not changed', after);
}

/** A basket is previewed and sold; answers the points it brought. */
async function firstSale(register: Register): Promise<number> {
	const sale = basket('PLAIN-1', 50_000, { CASH: 50_000 });
	const preview = await register.does('preview', 'member/details', { member, transaction: sale }, { 'x-return-benefits': 'true', 'x-return-assets': 'all' });
	check(Array.isArray(preview['appliedDeals']), 'preview', 'no deals', preview);
	const sold = await register.does('sale', 'transaction', { member, transaction: sale, appliedDeals: preview['appliedDeals'] });
	const again = await register.does('the same sale again', 'transaction', { member, transaction: sale, appliedDeals: preview['appliedDeals'] });
	check(codeIn('sale', sold) === codeIn('the same sale again', again), 'the same sale again', 'another code', again);
	const details = await register.does('details after the sale', 'member/details', { member });
	const earned = balanceIn('details after the sale', details, 'member');
	check(earned > 0 && at(details, 'member.totalSpent') === 50_000 && at(details, 'member.visit') === 1, 'details after the sale', 'not counted once', details);
	return earned;
}

async function identification(register: Register): Promise<void> {
	await register.does('short code is sent', 'member/shortCode', { member, action: 'send' });
	const got = await register.does('short code', 'member/shortCode', { member, action: 'get' });
	const code = at(got, 'data.code');
	check(typeof code === 'string', 'short code', 'no code', got);
	await register.does('short code is verified', 'member/shortCode', { member, action: 'verify', code: String(code) });
}

async function paying(register: Register, earned: number): Promise<void> {
	const sale = basket('PLAIN-2', 3_000, { POINTS: 300, CASH: 2_700 });
	const pay = { member, payment: { action: 'pay', amount: 300 }, transaction: sale };
	const paid = await register.does('pay with points', 'payment', pay);
	const left = balanceIn('pay with points', paid, 'data.newBalance');
	check(left === earned - 300, 'pay with points', `${earned} less 300 is not the new balance`, paid);
	const code = codeIn('pay with points', paid);
	await register.isRefused(
		'pay more than there is',
		'payment',
		{ ...pay, payment: { action: 'pay', amount: 1_000_000 }, transaction: basket('PLAIN-3', 1_000_000, {}) },
		'407',
	);

	const sold = await register.does('sale with points', 'transaction', { member, transaction: sale });
	await register.does('sale with points is cancelled', 'transaction', {
		member,
		transaction: { action: 'cancel', confirmationCode: codeIn('sale with points', sold) },
	});
	const step = 'pay is cancelled';
	const cancelled = await register.does(step, 'payment', { member, payment: { action: 'cancel', confirmationCode: code } });
	check(codeIn(step, cancelled) === code, step, 'another code', cancelled);
	check(balanceIn(step, cancelled, 'data.newBalance') === earned, step, `the balance is not ${earned} again`, cancelled);
}

async function others(register: Register): Promise<void> {
	await register.does('event', 'event', {
		member,
		event: { type: 'signup', subType: 'web', dateTime: '2026-07-01T14:00:00.000Z', payload: { campaign: 'summer' }, tags: ['web'] },
	});
	codeIn('sale without a member', await register.does('sale without a member', 'transaction', { transaction: basket('PLAIN-4', 1_250, { CARD: 1_250 }) }));
	await register.isRefused(
		'sale of somebody unknown',
		'transaction',
		{ member: { phoneNumber: '600300499' }, transaction: basket('PLAIN-5', 700, { CASH: 700 }) },
		'203',
	);
	await register.isRefused('update of somebody unknown', 'member/update', { member: { phoneNumber: '600300499' }, newMemberData: { firstName: 'Eva' } }, '203');
}
