import { expect, test } from 'vitest';
import { demoMembers } from './demo-data.ts';
import { ana, aSale, codeOf, openTill } from './test-till.ts';

const carla = {
	phoneNumber: '611222333',
	email: 'Carla@example.com',
	firstName: 'Carla',
	lastName: 'Gil',
	allowedSMS: true,
	allowedEmail: false,
	termsOfUse: true,
	gdpr: true,
	birthday: '1990-01-31',
};

test('the demo cards are EAN-13 numbers with the right check digit', () => {
	for (const { externalId = '' } of demoMembers()) {
		expect(externalId).toMatch(/^29\d{11}$/);
		const sum = [...externalId].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
		expect([externalId, sum % 10]).toEqual([externalId, 0]);
	}
});

test('a register, wrapped or flat, makes a member who is known at once', async () => {
	const till = await openTill();
	const wrapped = await till.post('member/register', { newMemberData: carla, member: { phoneNumber: 'ignored' } });
	expect(wrapped.body).toEqual({ status: 'success', data: { member: carla } });
	expect((await till.post('member/register', { phoneNumber: '611222334', favourite: 'blue' })).body).toEqual({
		status: 'success',
		data: { member: { phoneNumber: '611222334' } },
	});
	const details = await till.post('member/details', { member: { email: 'carla@EXAMPLE.com' } });
	expect(details.body).toMatchObject({ status: 'success', member: { firstName: 'Carla', birthday: '1990-01-31T00:00:00.000Z', points: 0, assets: [] } });
	expect(await till.effects('registers')).toMatchObject([
		{ operation: 'register', applied: 1, requests: 1, order: 1, member: { phoneNumber: '611222333', email: 'carla@example.com' } },
		{ applied: 1, order: 2 },
	]);
});

test('a register is refused for a known phone or e-mail, for bad data, and in strict for a missing field', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('member/register', ana))).toBe('204');
	expect(codeOf(await till.post('member/register', { email: 'ANA@example.com' }))).toBe('204');
	expect((await till.post('member/register', { firstName: 'Nobody' })).body).toEqual({
		status: 'error',
		error: { code: 'BAD_REQUEST', message: 'Missing required field: phoneNumber', path: 'body.phoneNumber' },
	});
	expect((await till.post('member/register', { newMemberData: { ...carla, birthday: '31.1.1990' } })).body).toMatchObject({
		error: { code: '1001', path: 'body.newMemberData.birthday' },
	});
	expect(codeOf(await till.post('member/register', { ...carla, gdpr: 'yes' }))).toBe('1001');
	await till.set({ strict: true });
	expect(codeOf(await till.post('member/register', { phoneNumber: '611222335' }))).toBe('BAD_REQUEST');
	expect((await till.post('member/register', carla)).body).toMatchObject({ status: 'success' });
});

test('an update changes the profile, its identifiers too', async () => {
	const till = await openTill();
	const update = await till.post('member/update', { member: ana, newMemberData: { phoneNumber: '611000000', allowedSMS: false } });
	expect(update.body).toEqual({ status: 'success', message: 'Member updated successfully', data: { memberId: 'mem_001' } });
	expect(codeOf(await till.post('member/details', { member: ana }))).toBe('203');
	expect((await till.post('member/details', { member: { phoneNumber: '611000000' } })).body).toMatchObject({ member: { firstName: 'Ana', allowedSMS: false } });
	expect(await till.effects('updates')).toMatchObject([{ applied: 1, member: ana }]);
});

test('an update is refused for a stranger, a taken identifier and missing data', async () => {
	const till = await openTill();
	expect(codeOf(await till.post('member/update', { member: { phoneNumber: '699999999' }, newMemberData: { firstName: 'X' } }))).toBe('203');
	expect(codeOf(await till.post('member/update', { member: ana, newMemberData: { phoneNumber: '600100201' } }))).toBe('204');
	expect(codeOf(await till.post('member/update', { member: ana, newMemberData: { firstName: 5 } }))).toBe('1001');
	expect(codeOf(await till.post('member/update', { member: ana }))).toBe('BAD_REQUEST');
	expect(await till.totals()).toMatchObject({ update: { requests: 4, applied: 0 } });
});

test('details finds a member by each identifier but not by memberId', async () => {
	const till = await openTill();
	for (const member of [ana, { email: 'ana@example.com' }, { externalId: '2900000000018' }, { membershipKey: '0fe31b8b-0000-4000-8000-000000000001' }]) {
		expect((await till.post('member/details', { member })).body).toMatchObject({
			status: 'success',
			member: { status: 'active', points: 2_000, credit: 0, visit: 3, totalSpent: 12_500, memberId: 'mem_001' },
		});
	}
	expect(codeOf(await till.post('member/details', { member: { memberId: 'mem_001' } }))).toBe('203');
	expect(codeOf(await till.post('member/details', {}))).toBe('BAD_REQUEST');
});

test('details lists the gifts asked for, and deals only when asked', async () => {
	const till = await openTill();
	const assets = async (which: string) => (await till.post('member/details', { member: ana }, { 'x-return-assets': which })).body;
	expect(await assets('active')).toMatchObject({ member: { assets: [{ key: 'GIFT-1', status: 'active', redeemable: true }] } });
	expect(await assets('inactive')).toMatchObject({ member: { assets: [{ key: 'GIFT-2', redeemable: false }] } });
	expect(await assets('all')).toMatchObject({ member: { assets: [{ key: 'GIFT-1' }, { key: 'GIFT-2' }] } });
	expect(await assets('toString')).toMatchObject({ error: { code: 'BAD_REQUEST' } });
	expect((await till.post('member/details', { member: ana })).body).not.toHaveProperty('appliedDeals');
	const preview = (body: unknown) => till.post('member/details', body, { 'x-return-benefits': 'true' });
	expect((await preview(aSale('T-1', 1_500))).body).toMatchObject({
		appliedDeals: [{ type: 'PROMOTION', reason: 'Happy hour', amount: 150, sourceId: 'HAPPY' }],
	});
	expect((await preview({ member: ana })).body).toMatchObject({ appliedDeals: [] });
	expect(codeOf(await till.post('member/details', { member: ana }, { 'x-return-benefits': 'maybe' }))).toBe('BAD_REQUEST');
});

test('an event is taken with and without a member, each time anew', async () => {
	const till = await openTill();
	const event = { member: ana, event: { type: 'signup', dateTime: '2026-06-23T13:29:39.487Z', payload: { campaign: 'summer' } } };
	expect((await till.post('event', event)).body).toEqual({ status: 'success', data: {} });
	await till.post('event', event);
	await till.post('event', { event: { type: 'opened_app' } });
	const events = await till.effects('events');
	expect(events).toMatchObject([
		{ type: 'signup', payload: { campaign: 'summer' }, member: ana, requests: 2, applied: 2, order: 1 },
		{ type: 'opened_app', payload: null, member: null, applied: 1, order: 3 },
	]);
	expect(codeOf(await till.post('event', { member: { phoneNumber: '699999999' }, event: { type: 'x' } }))).toBe('203');
	expect(codeOf(await till.post('event', { event: {} }))).toBe('BAD_REQUEST');
	await till.set({ strict: true });
	expect(codeOf(await till.post('event', { event: { type: 'x' } }))).toBe('BAD_REQUEST');
});
