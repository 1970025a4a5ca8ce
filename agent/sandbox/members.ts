import { randomUUID } from 'node:crypto';
import type { Profile } from '../../shared/loyalty-objects.ts';
import type { Peek } from '../core/calls/operation.ts';
import { peekMember } from '../core/calls/peek.ts';

export interface Gift {
	readonly key: string;
	readonly name: string;
	readonly validUntil: string;
	status: 'active' | 'redeemed';
}

export interface MemberRecord {
	/** Answered, but not taken as an identifier (K21). */
	readonly memberId: string;
	readonly membershipKey: string;
	readonly externalId?: string;
	profile: Profile;
	/** A point buys one minor unit. May fall below zero when awarded points are taken back after they were spent. */
	points: number;
	/** Minor units. */
	credit: number;
	visits: number;
	/** Minor units. */
	spent: number;
	readonly gifts: readonly Gift[];
}

export interface Members {
	/** The member that the first identifier known here belongs to. */
	find(identifiers: Peek['identifiers']): MemberRecord | undefined;
	/** Whether the phone or e-mail of `profile` belongs to a member other than `except`. */
	isTaken(profile: Profile, except?: MemberRecord): boolean;
	enrol(profile: Profile): MemberRecord;
	/** Overwrites the fields of `changes`; a phone or e-mail that was replaced no longer finds the member. */
	change(member: MemberRecord, changes: Profile): void;
}

export function createMembers(first: readonly MemberRecord[]): Members {
	const byIdentifier = new Map<string, MemberRecord>();
	const add = (member: MemberRecord) => {
		for (const key of keysOf(member)) byIdentifier.set(key, member);
	};
	for (const member of first) add(member);
	return {
		find: (identifiers) => identifiers.map((identifier) => byIdentifier.get(keyOf(identifier))).find((member) => member !== undefined),
		isTaken(profile, except) {
			const owners = peekMember(profile, []).identifiers.map((identifier) => byIdentifier.get(keyOf(identifier)));
			return owners.some((owner) => owner !== undefined && owner !== except);
		},
		enrol(profile) {
			const member = { memberId: `mem_${randomUUID()}`, membershipKey: randomUUID(), profile, points: 0, credit: 0, visits: 0, spent: 0, gifts: [] };
			add(member);
			return member;
		},
		change(member, changes) {
			for (const key of keysOf(member)) byIdentifier.delete(key);
			member.profile = { ...member.profile, ...changes };
			add(member);
		},
	};
}

function keysOf({ profile, membershipKey, externalId }: MemberRecord): string[] {
	return peekMember({ ...profile, membershipKey, externalId }, []).identifiers.map(keyOf);
}

function keyOf([field, value]: Peek['identifiers'][number]): string {
	return `${field}:${value}`;
}
