/**
 * Who a member was when the Loyalty API last answered for them: the name, shown while the line is down, and the balance,
 * which only a manager sees, beside an unclear pay. Sealed, under keyed hashes, forgotten after `members.keepLastKnownDays`.
 */
import { MemberMemo } from '../../shared/member-memo.ts';
import { parserFor } from '../../shared/validate.ts';
import type { Peek } from '../core/calls/operation.ts';
import { errorWords } from '../core/error-words.ts';
import { daysBefore } from '../core/instant.ts';
import { readMember } from '../core/member-reading.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { isMemberUnknown } from '../core/refusals.ts';
import type { IntakePorts } from './ports.ts';

type MemoryPorts = Pick<IntakePorts, 'clock' | 'store' | 'vault' | 'log' | 'settings'>;

const parseMemo = parserFor(MemberMemo);

interface Entry {
	readonly seenAt: number;
	/** None: forgotten. */
	readonly memo: MemberMemo | undefined;
}

export class MemberMemory {
	readonly #ports: MemoryPorts;
	/** On its way to the disk; a pay can follow the question within milliseconds. */
	readonly #unflushed = new Map<string, Entry>();

	constructor(ports: MemoryPorts) {
		this.#ports = ports;
	}

	/** Learns from the answer to a question about a member: who it is, or that there is nobody by that identifier (any more). */
	learn(peek: Peek, outcome: AttemptOutcome, answer: string | undefined): void {
		const { clock, settings } = this.#ports;
		const isNobody = outcome.kind === 'refused' && isMemberUnknown(outcome.refusal.code);
		const memo = outcome.kind === 'confirmed' && answer !== undefined ? readMember(answer) : undefined;
		if (settings.members.keepLastKnownDays === 0 || (memo === undefined && !isNobody)) return;
		this.#keep(this.#keys(peek), { memo, seenAt: clock.now() });
	}

	/** By the first of the identifiers that was seen lately. `seenAt`: epoch milliseconds. */
	recall(peek: Peek): (MemberMemo & { readonly seenAt: number }) | undefined {
		for (const member of this.#keys(peek)) {
			const memo = this.#memoOf(member);
			if (memo !== undefined) return memo;
		}
		return undefined;
	}

	/** A pay of this member went through, or perhaps did: the balance that is remembered is not theirs any more. */
	paid(peek: Peek): void {
		for (const member of this.#keys(peek)) {
			const memo = this.#memoOf(member);
			if (memo?.balance === undefined || memo.paidSince === true) continue;
			const { seenAt, ...rest } = memo;
			this.#keep([member], { memo: { ...rest, paidSince: true }, seenAt });
		}
	}

	#memoOf(member: string): (MemberMemo & { readonly seenAt: number }) | undefined {
		const { clock, settings } = this.#ports;
		const { keepLastKnownDays } = settings.members;
		if (keepLastKnownDays === 0) return undefined;
		const { memo, seenAt } = this.#unflushed.get(member) ?? this.#stored(member);
		return memo === undefined || seenAt < daysBefore(clock.now(), keepLastKnownDays) ? undefined : { ...memo, seenAt };
	}

	#stored(member: string): Entry {
		const { store, vault, log } = this.#ports;
		const found = store.lastKnown(member);
		if (found === undefined) return { seenAt: 0, memo: undefined };
		try {
			const memo = parseMemo(JSON.parse(vault.open('member', member, found.sealed)));
			return { seenAt: found.seenAt, memo: memo.ok ? memo.value : undefined };
		} catch (error) {
			log.error('storage.damaged', { error: errorWords(error) });
			return { seenAt: 0, memo: undefined };
		}
	}

	/** Nobody waits for it: a name that is not remembered is asked for again. */
	#keep(members: readonly string[], entry: Entry): void {
		const { vault, store, log } = this.#ports;
		const { memo, seenAt } = entry;
		const known = members.map((member) => ({ member, sealed: memo && vault.seal('member', member, JSON.stringify(memo)) }));
		for (const member of members) this.#unflushed.set(member, entry);
		store
			.remember(known, seenAt)
			.catch((error: unknown) => log.warn('storage.failed', { error: errorWords(error) }))
			.finally(() => {
				for (const member of members) if (this.#unflushed.get(member) === entry) this.#unflushed.delete(member);
			});
	}

	#keys({ identifiers }: Peek): string[] {
		return identifiers.map(([field, value]) => this.#ports.vault.lookupKey(`last-known:${field}:${value}`));
	}
}
