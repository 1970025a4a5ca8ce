import { describe, expect, test } from 'vitest';
import { errorCatalogue } from '../../shared/errors.ts';
import { errorAnswer, invalidRequest } from './answer.ts';

describe('an error of the agent', () => {
	test('says what happened and what to do, in the envelope of the Loyalty API', () => {
		const answer = errorAnswer({ code: 'AGENT_OFFLINE', retryAfterSeconds: 5 }, { state: 'none', link: 'offline' });
		expect(answer).toMatchObject({ kind: 'error', status: 503, code: 'AGENT_OFFLINE', isReplayed: false, retryAfterSeconds: 5 });
		const { message, advice } = errorCatalogue.AGENT_OFFLINE;
		expect(JSON.parse(answer.text)).toEqual({
			status: 'error',
			error: { code: 'AGENT_OFFLINE', message: `${message} ${advice}` },
			agent: { state: 'none', link: 'offline' },
		});
	});

	test('says more where more is known: its own message, and where in the request', () => {
		const answer = errorAnswer({ code: 'INVALID_REQUEST', message: 'body.member is missing.', path: 'body.member' }, { state: 'none' });
		const { error } = JSON.parse(answer.text);
		expect(error.path).toBe('body.member');
		expect(error.message).toBe(`body.member is missing. ${errorCatalogue.INVALID_REQUEST.advice}`);
		expect(answer).not.toHaveProperty('retryAfterSeconds');
	});

	test('of a body names the first thing that is wrong, and where', () => {
		const problems = [
			{ path: 'member', problem: 'is missing' },
			{ path: 'payment', problem: 'is no object' },
		];
		expect(invalidRequest('body', problems)).toEqual({ code: 'INVALID_REQUEST', message: 'body.member is missing.', path: 'body.member' });
	});

	test('about a call that was accepted before is a replay', () => {
		expect(errorAnswer({ code: 'OUTCOME_UNKNOWN' }, { state: 'doubtful', deliveryId: 'X', duplicate: true }).isReplayed).toBe(true);
		expect(errorAnswer({ code: 'OUTCOME_UNKNOWN' }, { state: 'doubtful', deliveryId: 'X', duplicate: false }).isReplayed).toBe(false);
	});
});
