/** Every statement of the writing thread, prepared once. */
import type Database from 'better-sqlite3';
import { deliveryColumns, isOpen } from './rows.ts';

export function prepareStatements(database: Database.Database) {
	const select = (rest: string) => database.prepare(`SELECT ${deliveryColumns} FROM delivery AS d ${rest}`);
	return {
		bySequence: select('WHERE d.sequence = ?'),
		byId: select('WHERE d.id = ?'),
		byKey: database.prepare(
			`SELECT k.kind AS key_kind, ${deliveryColumns} FROM idempotency_key AS k JOIN delivery AS d ON d.sequence = k.sequence WHERE k.text = ?`,
		),
		keysOf: database.prepare('SELECT text, kind AS key_kind FROM idempotency_key WHERE sequence = ?'),
		byCode: select('WHERE d.confirmation_code = ? AND d.operation = ?'),
		cancelsOf: select("WHERE d.original = ? AND d.state = 'queued' ORDER BY d.sequence"),
		inState: select(`WHERE d.state = ? AND ${isOpen} ORDER BY d.sequence`),
		lastSequence: database
			.prepare('SELECT max(sequence) FROM (SELECT max(sequence) AS sequence FROM delivery UNION ALL SELECT max(sequence) FROM ledger)')
			.pluck(),
		lastLine: database.prepare('SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1'),
		hashOfLine: database.prepare('SELECT hash FROM ledger WHERE number = ?').pluck(),
		insertDelivery: database.prepare(
			`INSERT INTO delivery (sequence, place, id, operation, state, reason, token_id, accepted_at, ended_at, transaction_id, amount_minor, lanes, cancel_lane, fingerprint, original, flags)
			 VALUES (@sequence, @place, @id, @operation, @state, @reason, @tokenId, @acceptedAt, @endedAt, @transactionId, @amountMinor, @lanes, @cancelLane, @fingerprint, @original, @flags)`,
		),
		insertContent: database.prepare('INSERT INTO content (sequence, sealed) VALUES (?, ?)'),
		replaceContent: database.prepare('UPDATE content SET sealed = ? WHERE sequence = ?'),
		storeAnswer: database.prepare('UPDATE content SET answer = ? WHERE sequence = ?'),
		insertKey: database.prepare('INSERT OR IGNORE INTO idempotency_key (text, sequence, kind) VALUES (?, ?, ?)'),
		// The state in the condition makes each change a compare-and-set.
		change: database.prepare(
			`UPDATE delivery SET state = @state, reason = @reason, attempts = @attempts, unknown_outcomes = @unknownOutcomes, ended_at = @endedAt,
			 last_outcome = coalesce(@lastOutcome, last_outcome), confirmation_code = coalesce(@confirmationCode, confirmation_code), refusal_code = @refusalCode, seen = @seen
			 WHERE sequence = @sequence AND state = @from`,
		),
		// The register took the refusal up itself: nobody has to be shown it any more.
		supersede: database.prepare('UPDATE delivery SET superseded_by = ?, seen = 1 WHERE sequence = ?'),
		handOnCancels: database.prepare("UPDATE delivery SET original = @newer WHERE original = @older AND state = 'queued'"),
		markCancelled: database.prepare('UPDATE delivery SET cancelled = 1 WHERE sequence = ?'),
		startAttempt: database.prepare('INSERT INTO attempt (sequence, number, started_at) VALUES (?, ?, ?)'),
		endAttempt: database.prepare('UPDATE attempt SET outcome = ?, trouble = ?, http_status = ?, duration_ms = ? WHERE sequence = ? AND number = ?'),
		insertLedger: database.prepare(
			`INSERT INTO ledger (number, at, sequence, id, operation, token_id, attempt, state, reason, outcome, trouble, confirmation_code, person, hash)
			 VALUES (@number, @at, @sequence, @id, @operation, @tokenId, @attempt, @state, @reason, @outcome, @trouble, @confirmationCode, @person, @hash)`,
		),
		insertRemark: database.prepare('INSERT INTO remark (number, sequence, sealed) VALUES (?, ?, ?)'),
		insertBalance: database.prepare('INSERT INTO pay_balance (sequence, before) VALUES (?, ?)'),
		storeBalanceAfter: database.prepare(
			'INSERT INTO pay_balance (sequence, after) VALUES (@sequence, @sealed) ON CONFLICT (sequence) DO UPDATE SET after = @sealed',
		),
		storeLastKnown: database.prepare(
			'INSERT INTO last_known (member, seen_at, sealed) VALUES (@member, @at, @sealed) ON CONFLICT (member) DO UPDATE SET seen_at = @at, sealed = @sealed',
		),
		forgetLastKnown: database.prepare('DELETE FROM last_known WHERE member = ?'),
		eraseLastKnown: database.prepare('DELETE FROM last_known WHERE member IN (SELECT member FROM last_known WHERE seen_at < ? LIMIT ?)'),
		countConfirmed: database.prepare('INSERT INTO confirmed_per_day (day, count) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET count = count + 1'),
		set: database.prepare('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'),
		ended: database.prepare(
			`SELECT d.sequence FROM delivery AS d JOIN content AS c ON c.sequence = d.sequence
			 WHERE d.ended_at < ? AND (d.state IN ('confirmed', 'withdrawn') OR (d.state = 'refused' AND d.seen = 1)) ORDER BY d.sequence LIMIT ?`,
		),
		forgettable: database.prepare(
			`SELECT d.sequence FROM delivery AS d
			 WHERE d.ended_at < ? AND (d.state IN ('confirmed', 'withdrawn') OR (d.state = 'refused' AND d.seen = 1)) ORDER BY d.sequence LIMIT ?`,
		),
		eraseContent: database.prepare('DELETE FROM content WHERE sequence = ?'),
		eraseRemarks: database.prepare('DELETE FROM remark WHERE sequence = ?'),
		eraseBalance: database.prepare('DELETE FROM pay_balance WHERE sequence = ?'),
		eraseKeys: database.prepare('DELETE FROM idempotency_key WHERE sequence = ?'),
		eraseAttempts: database.prepare('DELETE FROM attempt WHERE sequence = ?'),
		eraseDelivery: database.prepare('DELETE FROM delivery WHERE sequence = ?'),
	};
}

export type Statements = ReturnType<typeof prepareStatements>;
