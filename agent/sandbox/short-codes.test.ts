import { expect, test } from 'vitest';
import { at } from '../core/json.ts';
import { ana, codeOf, openTill } from './test-till.ts';

test('get creates a code and keeps to it until it is used', async () => {
	const till = await openTill();
	const get = async () => at((await till.post('member/shortCode', { member: ana, action: 'get' })).body, 'data', 'code');
	const code = await get();
	expect(code).toMatch(/^\d{6}$/);
	expect(await get()).toBe(code);
	expect((await till.post('member/shortCode', { member: ana, action: 'verify', code })).body).toEqual({ status: 'success', data: { verified: true } });
	expect(codeOf(await till.post('member/shortCode', { member: ana, action: 'verify', code }))).toBe('SHORT_CODE_INVALID');
});

test('verify takes the code under each likely name and refuses a wrong or old one', async () => {
	const till = await openTill();
	const get = async () => at((await till.post('member/shortCode', { member: ana, action: 'get' })).body, 'data', 'code');
	const verify = (more: object, member: object = ana) => till.post('member/shortCode', { member, action: 'verify', ...more });
	expect((await verify({ shortCode: await get() })).body).toMatchObject({ status: 'success' });
	expect((await verify({}, { ...ana, verificationCode: await get() })).body).toMatchObject({ status: 'success' });
	expect(codeOf(await verify({ code: 'wrong' }))).toBe('SHORT_CODE_INVALID');
	expect(codeOf(await verify({}))).toBe('SHORT_CODE_INVALID');
	const old = await get();
	till.clock.skip(300_000);
	expect(codeOf(await verify({ code: old }))).toBe('SHORT_CODE_INVALID');
});

test('send has an effect each time, and gives nothing away', async () => {
	const till = await openTill();
	expect((await till.post('member/shortCode', { member: ana, action: 'send' })).body).toEqual({ status: 'success', data: {} });
	await till.post('member/shortCode', { member: ana, action: 'send' });
	expect(await till.totals()).toMatchObject({ shortCode: { requests: 2, applied: 2 } });
});

test('a short code is refused for strangers, unknown actions, and in strict for two identifiers or a card', async () => {
	const till = await openTill();
	const ask = async (member: object, action?: string) => codeOf(await till.post('member/shortCode', { member, ...(action === undefined ? {} : { action }) }));
	expect(await ask({ phoneNumber: '699999999' }, 'get')).toBe('203');
	expect(await ask({}, 'get')).toBe('BAD_REQUEST');
	expect(await ask(ana)).toBe('BAD_REQUEST');
	expect(await ask(ana, 'guess')).toBe('1001');
	expect(await ask({ ...ana, email: 'ana@example.com' }, 'send')).toBeUndefined();
	await till.set({ strict: true });
	expect(await ask({ ...ana, email: 'ana@example.com' }, 'send')).toBe('1001');
	expect(await ask({ externalId: '2900000000018' }, 'send')).toBe('1001');
	expect(await ask(ana, 'send')).toBeUndefined();
});
