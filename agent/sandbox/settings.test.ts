import { expect, test } from 'vitest';
import { ana, aSale, bareRequest, openTill } from './test-till.ts';

const stranger = { phoneNumber: '699999999' };

test('settings are answered whole, merged in part, and refused when unknown or impossible', async () => {
	const till = await openTill();
	expect(await (await till.control('settings')).json()).toMatchObject({ businessErrorStatus: 200, successEnvelope: 'documented', strict: false, seed: 1 });
	await till.set({ strict: true });
	await till.set({ businessErrorStatus: 400 });
	expect(await (await till.control('settings')).json()).toMatchObject({ businessErrorStatus: 400, strict: true });
	for (const body of ['{"colour":"red"}', '{"strict":"yes"}', '{"businessErrorStatus":201}', '[]', '{']) {
		expect([body, (await till.control('settings', { method: 'PUT', body })).status]).toEqual([body, 400]);
	}
	expect(await (await till.control('settings')).json()).toMatchObject({ businessErrorStatus: 400, strict: true });
});

test('businessErrorStatus moves business refusals, not the key', async () => {
	const till = await openTill();
	expect((await till.post('member/details', { member: stranger })).status).toBe(200);
	await till.set({ businessErrorStatus: 400 });
	expect((await till.post('member/details', { member: stranger })).status).toBe(400);
	expect((await till.post('member/details', { member: stranger }, { 'x-api-key': '' })).status).toBe(401);
});

test('successEnvelope rules over what is documented', async () => {
	const till = await openTill();
	const shapes = async () => [(await till.post('transaction', aSale('T-1'))).body, (await till.post('event', { event: { type: 'x' } })).body];
	const code = expect.any(String);
	expect(await shapes()).toEqual([
		{ status: 'success', confirmationCode: code },
		{ status: 'success', data: {} },
	]);
	await till.set({ successEnvelope: 'data' });
	expect(await shapes()).toEqual([
		{ status: 'success', data: { confirmationCode: code } },
		{ status: 'success', data: {} },
	]);
	await till.set({ successEnvelope: 'flat' });
	expect(await shapes()).toEqual([{ status: 'success', confirmationCode: code }, { status: 'success' }]);
	await till.set({ successEnvelope: 'ok' });
	expect(await shapes()).toEqual([{ status: 'ok', confirmationCode: code }, { status: 'ok' }]);
});

test('errorEnvelope and memberNotFoundCode give each documented refusal', async () => {
	const till = await openTill();
	const refusal = async () => (await till.post('member/details', { member: stranger })).body;
	expect(await refusal()).toEqual({ status: 'error', error: { code: '203', message: 'Cannot find any member with the given identifier!' } });
	await till.set({ memberNotFoundCode: '4001012' });
	expect(await refusal()).toEqual({ status: 'error', error: { code: '4001012', message: 'Member not found', path: 'body.member.phoneNumber' } });
	await till.set({ memberNotFoundCode: 'MEMBER_NOT_FOUND' });
	expect(await refusal()).toMatchObject({ error: { code: 'MEMBER_NOT_FOUND', details: stranger } });
	await till.set({ errorEnvelope: 'errors' });
	expect(await refusal()).toMatchObject({ status: 'error', errors: [{ code: 'MEMBER_NOT_FOUND', cause: stranger }] });
	await till.set({ memberNotFoundCode: '203' });
	expect(await refusal()).toEqual({ status: 'error', errors: [{ code: '203', message: 'Cannot find any member with the given identifier!' }] });
});

test('registerAnswer and confirmationCodePlace move single answers', async () => {
	const till = await openTill();
	expect((await till.post('member/register', { phoneNumber: '611000001' })).body).toEqual({
		status: 'success',
		data: { member: { phoneNumber: '611000001' } },
	});
	await till.set({ registerAnswer: 'flat', confirmationCodePlace: 'data' });
	expect((await till.post('member/register', { phoneNumber: '611000002' })).body).toEqual({ status: 'success', member: { phoneNumber: '611000002' } });
	expect((await till.post('transaction', aSale('T-1'))).body).toEqual({ status: 'success', data: { confirmationCode: expect.any(String) } });
	await till.set({ confirmationCodePlace: 'flat' });
	const paid = await till.post('payment', { member: ana, payment: { action: 'pay', amount: 300 } });
	expect(paid.body).toEqual({ status: 'success', confirmationCode: expect.any(String), newBalance: { points: 2_200, credit: 0 } });
});

test('reset brings everything back to the start', async () => {
	const till = await openTill();
	await till.set({ errorEnvelope: 'errors' });
	await till.fault({ fault: 'status', calls: ['event'] });
	await till.post('transaction', aSale('T-1'));
	expect((await till.control('reset', { method: 'POST' })).status).toBe(200);
	expect(await till.effects('sales')).toEqual([]);
	expect(await (await till.control('faults')).json()).toEqual([]);
	expect(await (await till.control('settings')).json()).toMatchObject({ errorEnvelope: 'error' });
	expect((await till.post('member/details', { member: ana })).body).toMatchObject({ member: { points: 2_000 } });
});

test('the switches are closed to browsers and to names that are not this machine', async () => {
	const till = await openTill();
	expect((await till.control('settings', { headers: { origin: 'https://example.com' } })).status).toBe(403);
	expect((await till.control('reset', { method: 'POST', headers: { origin: `http://127.0.0.1:${till.sandbox.port}` } })).status).toBe(403);
	const settings = `http://127.0.0.1:${till.sandbox.port}/sandbox/settings`;
	expect((await bareRequest(settings, { headers: { host: `rebound.example:${till.sandbox.port}` } })).statusCode).toBe(403);
	expect((await bareRequest(settings, { headers: { host: `localhost:${till.sandbox.port}` } })).statusCode).toBe(200);
	expect((await till.control('nothing')).status).toBe(404);
	expect((await till.control('settings', { method: 'DELETE' })).status).toBe(404);
});
