/** One command inside an open transaction. */

import type { AttemptOutcome } from '../core/outcome.ts';
import type { Settlement } from '../core/records.ts';
import { accept } from './accepting.ts';
import { correct, decide } from './deciding.ts';
import type { AttemptEndNote, ChangeDetails, Journal } from './journal.ts';
import { endCancelsOf, withdrawWithCancel } from './originals.ts';
import type { AttemptEnd, AttemptStart, Command, EraseOrder, Results } from './protocol.ts';
import { readDeliveries, type StoredDelivery } from './rows.ts';

/** Throws only when the disk cannot take it, or by a mistake of the program; the caller rolls back. */
export function execute(journal: Journal, command: Command): Results[Command['type']] {
	switch (command.type) {
		case 'accept':
			return accept(journal, command.delivery, command.obstacle);
		case 'startAttempt':
			return startAttempt(journal, command.start);
		case 'endAttempt':
			return endAttempt(journal, command.end);
		case 'apply':
			return ended(journal, journal.apply(command.sequence, command.event, command.at), command.at);
		case 'decide':
			return decide(journal, command.decision);
		case 'correct':
			return correct(journal, command.delivery, command.correction);
		case 'remember':
			return remember(journal, command);
		case 'noteBalance':
			journal.statements.storeBalanceAfter.run({ sequence: command.sequence, sealed: command.sealed });
			return {};
		case 'recover':
			return recover(journal, command.at);
		case 'set':
			journal.statements.set.run(command.name, command.value);
			return {};
		case 'erase':
			return erase(journal, command.order);
	}
}

function startAttempt(journal: Journal, start: AttemptStart): Settlement | undefined {
	const delivery = journal.apply(start.sequence, { type: 'attemptStarted' }, start.at);
	if (delivery === undefined) return undefined;
	journal.statements.startAttempt.run(start.sequence, delivery.attempts, start.at);
	if (start.resolvedContent !== undefined) journal.statements.replaceContent.run(start.resolvedContent, start.sequence);
	return settled(delivery);
}

function endAttempt(journal: Journal, { report, at, day }: AttemptEnd): Settlement | undefined {
	const { outcome, sequence } = report;
	const before = journal.read(sequence);
	const twice = outcome.kind === 'confirmed' && outcome.confirmationCode !== undefined && isAnotherSales(journal, before, outcome.confirmationCode);
	const delivery = twice
		? journal.apply(sequence, { type: 'codeGivenTwice' }, at, { lastOutcome: 'codeGivenTwice', attemptEnd: noteOf(outcome) })
		: journal.apply(sequence, { type: 'attemptEnded', outcome }, at, { ...detailsOf(outcome, report.seen), attemptEnd: noteOf(outcome) });
	if (delivery === undefined) return undefined;
	journal.statements.endAttempt.run(outcome.kind, causeOf(outcome), report.httpStatus ?? null, report.durationMs, sequence, delivery.attempts);
	// Also when there is none: an earlier attempt's answer is not this one's.
	journal.statements.storeAnswer.run(report.sealedAnswer ?? null, sequence);
	if (delivery.state === 'confirmed') journal.statements.countConfirmed.run(day);
	if (delivery.state !== 'queued' || outcome.kind !== 'notSent') return ended(journal, delivery, at);
	const alsoEnded = withdrawWithCancel(journal, delivery, at);
	return { delivery: journal.read(sequence), alsoEnded };
}

/** What was learnt of a member: kept under each identifier, or forgotten where there is no such member any more. */
function remember(journal: Journal, { known, at }: Command & { type: 'remember' }): Results['remember'] {
	for (const { member, sealed } of known) {
		if (sealed === undefined) journal.statements.forgetLastKnown.run(member);
		else journal.statements.storeLastKnown.run({ member, at, sealed });
	}
	return {};
}

/** One code for two different sales would make a later cancel undo the wrong one. */
function isAnotherSales(journal: Journal, delivery: StoredDelivery, code: string): boolean {
	if (delivery.operation !== 'sale') return false;
	const owner = journal.findByCode(code, 'sale');
	return owner !== undefined && owner.sequence !== delivery.sequence;
}

function detailsOf(outcome: AttemptOutcome, seen: boolean): ChangeDetails {
	switch (outcome.kind) {
		case 'confirmed':
			return { lastOutcome: 'confirmed', confirmationCode: outcome.confirmationCode, seen };
		case 'refused':
			return { lastOutcome: 'refused', refusalCode: outcome.refusal.code, seen };
		case 'notSent':
		case 'unknown':
			return { lastOutcome: `${outcome.kind}:${outcome.trouble}` };
	}
}

function noteOf(outcome: AttemptOutcome): AttemptEndNote {
	return { outcome: outcome.kind, trouble: causeOf(outcome) ?? undefined };
}

function causeOf(outcome: AttemptOutcome): string | null {
	if (outcome.kind === 'refused') return outcome.refusal.code;
	return outcome.kind === 'confirmed' ? null : outcome.trouble;
}

/** Whatever was under way when the last process ended has an unknown outcome. */
function recover(journal: Journal, at: number): Results['recover'] {
	const lost = readDeliveries(journal.statements.inState.all('sending'));
	const attemptEnd: AttemptEndNote = { outcome: 'unknown', trouble: 'agent-stopped' };
	for (const delivery of lost) {
		journal.apply(delivery.sequence, { type: 'attemptLost' }, at, { lastOutcome: 'unknown:agent-stopped', attemptEnd });
		journal.statements.endAttempt.run('unknown', 'agent-stopped', null, null, delivery.sequence, delivery.attempts);
	}
	return { lost: lost.length };
}

function erase(journal: Journal, order: EraseOrder): Results['erase'] {
	const { statements } = journal;
	const bodies = sequencesOf(statements.ended.all(order.bodiesBefore, order.limit));
	const contents = [statements.eraseContent, statements.eraseRemarks, statements.eraseBalance];
	for (const sequence of bodies) for (const statement of contents) statement.run(sequence);
	const deliveries = sequencesOf(statements.forgettable.all(order.keysBefore, order.limit));
	for (const sequence of deliveries) {
		for (const statement of [...contents, statements.eraseKeys, statements.eraseAttempts, statements.eraseDelivery]) statement.run(sequence);
	}
	const { changes: members } = statements.eraseLastKnown.run(order.lastKnownBefore, order.limit);
	return { bodies: bodies.length, deliveries: deliveries.length, members };
}

function sequencesOf(rows: readonly unknown[]): number[] {
	return rows.flatMap((row) => {
		const sequence: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'sequence') : undefined;
		return typeof sequence === 'number' ? [sequence] : [];
	});
}

/** What was withdrawn leaves nothing to cancel. */
function ended(journal: Journal, delivery: StoredDelivery | undefined, at: number): Settlement | undefined {
	return delivery?.state === 'withdrawn' ? { delivery, alsoEnded: endCancelsOf(journal, delivery, at) } : settled(delivery);
}

function settled(delivery: StoredDelivery | undefined): Settlement | undefined {
	return delivery === undefined ? undefined : { delivery, alsoEnded: [] };
}
