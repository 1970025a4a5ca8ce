/**
 * Who a member was when the Loyalty API last answered for them: the name, shown while the line is down, and the balance,
 * which only a manager sees, beside an unclear pay. Sealed, under keyed hashes, forgotten after `members.keepLastKnownDays`.
 */
import { MemberMemo } from '../../shared/member-memo.ts';
import { parserFor } from '../../shared/validate.ts';
import type { Peek } from '../core/calls/operation.ts';
import { readMember } from '../core/member-reading.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { isMemberUnknown } from '../core/refusals.ts';
import type { IntakePorts } from './ports.ts';

type MemoryPorts = Pick<IntakePorts, 'clock' | 'store' | 'vault' | 'log' | 'settings'>;

const dayMs = 24 * 60 * 60_000;
const parseMemo = parserFor(MemberMemo);

export class MemberMemory {
	readonly #ports: MemoryPorts;

	constructor(ports: MemoryPorts) {
		this.#ports = ports;
	}

	/** Learns from the answer to a question about a member: who it is, or that there is nobody by that identifier (any more). */
	learn(peek: Peek, outcome: AttemptOutcome, answer: string | undefined): void {
		const { clock, settings } = this.#ports;
		const isNobody = outcome.kind === 'refused' && isMemberUnknown(outcome.refusal.code);
		const memo = outcome.kind === 'confirmed' && answer !== undefined ? readMember(answer) : undefined;
		if (settings.members.keepLastKnownDays === 0 || (memo === undefined && !isNobody)) return;
		const known = this.#keys(peek).map((member) => ({ member, memo }));
		this.#keep(known, clock.now());
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
			this.#keep([{ member, memo: { ...rest, paidSince: true } }], seenAt);
		}
	}

	#memoOf(member: string): (MemberMemo & { readonly seenAt: number }) | undefined {
		const { clock, store, vault, log, settings } = this.#ports;
		const { keepLastKnownDays } = settings.members;
		const found = keepLastKnownDays === 0 ? undefined : store.lastKnown(member);
		if (found === undefined || found.seenAt < clock.now() - keepLastKnownDays * dayMs) return undefined;
		try {
			const memo = parseMemo(JSON.parse(new TextDecoder().decode(vault.open('member', member, found.sealed))));
			return memo.ok ? { ...memo.value, seenAt: found.seenAt } : undefined;
		} catch (error) {
			log.error('storage.damaged', { error: error instanceof Error ? error.name : 'unknown' });
			return undefined;
		}
	}

	/** Nobody waits for it: a name that is not remembered is asked for again. No memo: it is forgotten. */
	#keep(known: readonly { readonly member: string; readonly memo: MemberMemo | undefined }[], at: number): void {
		const { vault, store, log } = this.#ports;
		const sealed = known.map(({ member, memo }) => ({ member, sealed: memo && vault.seal('member', member, new TextEncoder().encode(JSON.stringify(memo))) }));
		store.remember(sealed, at).catch((error: unknown) => log.warn('storage.failed', { error: error instanceof Error ? error.name : 'unknown' }));
	}

	#keys({ identifiers }: Peek): string[] {
		return identifiers.map(([field, value]) => this.#ports.vault.lookupKey(`last-known:${field}:${value}`));
	}
}
