/** What a person decides about a delivery, applied inside the caller's transaction, with their name in the ledger. */
import type { Correction, Decision, DecisionResult, NewDelivery } from '../core/records.ts';
import { holderOfKeys, recognitionOf, remember, takePlace } from './accepting.ts';
import type { Journal } from './journal.ts';
import { endCancelsOf, originalOf } from './originals.ts';

/** An impossible decision changes nothing. With the withdrawn delivery, the cancels that wait for it end. */
export function decide(journal: Journal, decision: Decision): DecisionResult {
	const { type, sequence, at, person, sealedReason, confirmationCode } = decision;
	const before = journal.read(sequence);
	if (before.supersededBy !== undefined) return { kind: 'impossible', why: 'superseded', delivery: before };
	const owner = confirmationCode === undefined ? undefined : journal.findByCode(confirmationCode, before.operation);
	if (owner !== undefined && owner.sequence !== sequence) return { kind: 'impossible', why: 'codeTaken', delivery: owner };
	const holder = type === 'retried' && before.state === 'refused' ? holderOfKeys(journal, before) : undefined;
	if (holder !== undefined) return { kind: 'impossible', why: 'keyTaken', delivery: holder };
	const by = { name: person, sealedReason };
	const delivery = journal.apply(sequence, { type }, at, { confirmationCode, by });
	if (delivery === undefined) return { kind: 'impossible', why: 'state', delivery: before };
	if (type === 'confirmedByPerson') journal.statements.countConfirmed.run(decision.day);
	const alsoEnded = type === 'withdrawnByPerson' ? endCancelsOf(journal, before, at) : [];
	return { kind: 'done', settlement: { delivery, alsoEnded } };
}

/** The corrected call becomes a new delivery in the place of the refused one. It never takes the key of another one that stands. */
export function correct(journal: Journal, delivery: NewDelivery, { sequence, at, person, sealedReason }: Correction): DecisionResult {
	const refused = journal.read(sequence);
	if (refused.supersededBy !== undefined) return { kind: 'impossible', why: 'superseded', delivery: refused };
	if (refused.state !== 'refused') return { kind: 'impossible', why: 'state', delivery: refused };
	const recognition = recognitionOf(journal, delivery);
	if (recognition.kind !== 'new') return { kind: 'impossible', why: 'keyTaken', delivery: journal.read(recognition.id) };
	const original = originalOf(journal, delivery);
	if (original.kind === 'impossible') return { kind: 'impossibleCancel', why: original.why };
	const others = recognition.supersedes.filter((other) => other !== sequence).map((other) => journal.read(other));
	const { state, attempts: attempt } = refused;
	journal.note(at, refused, { state, reason: 'corrected', attempt, by: { name: person, sealedReason } });
	// A late repeat of the refused call under its Idempotency-Key finds the corrected one instead of going out beside it.
	const headers = holderOfKeys(journal, refused) === undefined ? journal.keysOf(sequence).filter(({ kind }) => kind === 'header') : [];
	const settlement = takePlace(journal, delivery, original, [refused, ...others]);
	remember(journal, settlement.delivery.sequence, headers);
	return { kind: 'done', settlement };
}
