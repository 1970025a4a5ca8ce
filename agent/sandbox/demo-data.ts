/** The members, gifts and the deal a new sandbox begins with. All are invented; the cards carry valid EAN-13 check digits. */
import type { MemberRecord } from './members.ts';

const validUntil = '2030-01-01T00:00:00Z';
const consents = { allowedSMS: true, allowedEmail: false, termsOfUse: true, gdpr: true } as const;

/** New records each time, because a sandbox changes its own. Keys stay the same, so that a restart knows its members again. */
export function demoMembers(): MemberRecord[] {
	return [
		{
			memberId: 'mem_001',
			membershipKey: '0fe31b8b-0000-4000-8000-000000000001',
			externalId: '2900000000018',
			profile: { phoneNumber: '600100200', email: 'ana@example.com', firstName: 'Ana', lastName: 'Ruiz', ...consents, birthday: '1990-01-31' },
			points: 2000,
			credit: 0,
			visits: 3,
			spent: 12_500,
			gifts: [
				{ key: 'GIFT-1', name: 'Free latte', status: 'active', validUntil },
				{ key: 'GIFT-2', name: 'Free muffin', status: 'redeemed', validUntil },
			],
		},
		{
			memberId: 'mem_002',
			membershipKey: '0fe31b8b-0000-4000-8000-000000000002',
			externalId: '2900000000025',
			profile: { phoneNumber: '600100201', email: 'luis@example.com', firstName: 'Luis', lastName: 'Vega', ...consents, birthday: '1984-06-02' },
			points: 150,
			credit: 5000,
			visits: 12,
			spent: 48_000,
			gifts: [{ key: 'GIFT-3', name: 'Birthday cake', status: 'active', validUntil }],
		},
		{
			memberId: 'mem_003',
			membershipKey: '0fe31b8b-0000-4000-8000-000000000003',
			externalId: '2900000000032',
			profile: { phoneNumber: '600100202', email: 'marta@example.com', firstName: 'Marta', lastName: 'Soler', ...consents, birthday: '2001-11-19' },
			points: 0,
			credit: 0,
			visits: 0,
			spent: 0,
			gifts: [],
		},
		{
			memberId: 'mem_004',
			membershipKey: '0fe31b8b-0000-4000-8000-000000000004',
			externalId: '2900000000049',
			profile: { phoneNumber: '600100203', email: 'deniz@example.com', firstName: 'Deniz', lastName: 'Kaya', ...consents, birthday: '1977-03-08' },
			points: 100_000,
			credit: 25_000,
			visits: 210,
			spent: 1_250_000,
			gifts: [],
		},
	];
}

/** Applies to every basket; the discount is a share of its total, positive (K14). */
export const demoDeal = { type: 'PROMOTION', reason: 'Happy hour', sourceId: 'HAPPY', percent: 10 } as const;
