/**
 * One attempt: recorded and flushed, sent, read, its outcome recorded and flushed. In this order, always: a crash at any
 * point leaves a record that is true.
 */

import { readProvisionalCode } from '../../shared/ids.ts';
import { readAnswer } from '../core/answer-reading.ts';
import { calls, operations } from '../core/calls/table.ts';
import { errorWords } from '../core/error-words.ts';
import { type FrozenRequest, freeze, thaw, withRealCode } from '../core/frozen-request.ts';
import { dayAt } from '../core/instant.ts';
import { readJsonObject } from '../core/json.ts';
import { type AttemptOutcome, retryAfterOf } from '../core/outcome.ts';
import type { AttemptReport, DeliveryRecord, Settlement } from '../core/records.ts';
import { StorageError } from '../core/storage-error.ts';
import type { ReplayPorts } from './ports.ts';

export type AttemptResult =
	| {
			readonly kind: 'ended';
			readonly settlement: Settlement;
			readonly outcome: AttemptOutcome;
			readonly retryAfterMs: number | undefined;
			/** False: it failed on the way, before a byte of it could leave. */
			readonly wasReached: boolean;
	  }
	/** The delivery is not `queued` any more, or its body cannot be read: there is nothing to send. */
	| { readonly kind: 'notStarted'; readonly why: 'changed' | 'unreadable' | 'codeUnknown' };

interface Prepared {
	readonly request: FrozenRequest;
	/** Given when the body changed and has to be stored so before the first attempt. */
	readonly resolvedContent: Uint8Array | undefined;
}

/** Pause before an outcome that the disk did not take is stored again. */
const storeAgainAfterMs = 1_000;

/**
 * `limitMs`: how long a call with a waiting register may take. `claim` is asked once the outcome is known: does a
 * register wait for it? Rejects only when the disk does not take the record of the start; nothing was sent then.
 */
export async function attempt(ports: ReplayPorts, delivery: DeliveryRecord, limitMs: number | undefined, claim: () => boolean): Promise<AttemptResult> {
	const prepared = prepare(ports, delivery);
	if (typeof prepared === 'string') return { kind: 'notStarted', why: prepared };
	const { clock, store, wire } = ports;
	const operation = operations[delivery.operation];
	const started = await store.startAttempt({ sequence: delivery.sequence, at: clock.now(), resolvedContent: prepared.resolvedContent });
	if (started === undefined) return { kind: 'notStarted', why: 'changed' };
	const startedAt = clock.elapsed();
	const result = await wire.send({
		path: calls[operation.call].path + prepared.request.query,
		headers: prepared.request.headers,
		body: prepared.request.body,
		connection: operation.kind === 'pay' ? 'single' : 'deliveries',
		...(limitMs === undefined ? {} : { timeoutMs: limitMs }),
	});
	const reading = readAnswer(result);
	const report: AttemptReport = {
		sequence: delivery.sequence,
		outcome: reading.outcome,
		httpStatus: result.kind === 'answered' ? result.status : undefined,
		durationMs: Math.round(clock.elapsed() - startedAt),
		sealedAnswer: reading.passThrough === undefined ? undefined : ports.sealer.seal('answer', delivery.id, reading.passThrough),
		seen: claim(),
	};
	const settlement = await record(ports, report);
	if (settlement === undefined) return { kind: 'notStarted', why: 'changed' };
	logAttempt(ports, settlement.delivery, report);
	const wasReached = result.kind === 'answered' || result.sent;
	return { kind: 'ended', settlement, outcome: reading.outcome, retryAfterMs: retryAfterOf(result), wasReached };
}

/** An outcome that came from the Loyalty API must not be lost to a full disk: it is offered again until it is taken. */
async function record(ports: ReplayPorts, report: AttemptReport): Promise<Settlement | undefined> {
	const { clock, store, log, settings } = ports;
	for (;;) {
		try {
			return await store.endAttempt({ report, at: clock.now(), day: dayAt(clock.now(), settings.timeZone) });
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			log.error('storage.failed', { error: errorWords(error) });
			await new Promise<void>((resolve) => clock.after(storeAgainAfterMs, resolve));
		}
	}
}

function prepare(ports: ReplayPorts, delivery: DeliveryRecord): Prepared | 'unreadable' | 'codeUnknown' {
	const sealed = ports.store.content(delivery.sequence);
	if (sealed === undefined) return 'unreadable';
	let request: FrozenRequest;
	try {
		request = thaw(ports.sealer.open('content', delivery.id, sealed));
	} catch (error) {
		ports.log.error('delivery.unreadable', { deliveryId: delivery.id, error: errorWords(error) });
		return 'unreadable';
	}
	if (operations[delivery.operation].cancels === undefined) return { request, resolvedContent: undefined };
	return withOriginalsCode(ports, delivery, request);
}

/** A cancel that names a provisional code can go only once the original has a real one. */
function withOriginalsCode(ports: ReplayPorts, cancel: DeliveryRecord, request: FrozenRequest): Prepared | 'codeUnknown' {
	const named = provisionalCodeIn(cancel, request.body);
	if (named === undefined) return { request, resolvedContent: undefined };
	const original = ports.store.originalOf(cancel.sequence);
	const code = original?.confirmationCode;
	const resolved = code === undefined ? request : { ...request, body: withRealCode(request.body, named, code) };
	// Also when it names a second one, of another sale.
	if (provisionalCodeIn(cancel, resolved.body) !== undefined) {
		ports.log.error('delivery.codeUnknown', { deliveryId: cancel.id, operation: cancel.operation });
		return 'codeUnknown';
	}
	return { request: resolved, resolvedContent: ports.sealer.seal('content', cancel.id, freeze(resolved)) };
}

function provisionalCodeIn(cancel: DeliveryRecord, body: string): string | undefined {
	const reading = readJsonObject(body);
	const code = reading.ok ? operations[cancel.operation].peek(reading.value).confirmationCode : undefined;
	return code !== undefined && readProvisionalCode(code) !== undefined ? code : undefined;
}

function logAttempt(ports: ReplayPorts, delivery: DeliveryRecord, report: AttemptReport): void {
	const { outcome } = report;
	if (delivery.lastOutcome === 'codeGivenTwice') ports.log.error('delivery.codeGivenTwice', { deliveryId: delivery.id });
	ports.log.info('delivery.attempted', {
		deliveryId: delivery.id,
		operation: delivery.operation,
		state: delivery.state,
		attempt: delivery.attempts,
		outcome: outcome.kind,
		durationMs: report.durationMs,
		...(report.httpStatus === undefined ? {} : { httpStatus: report.httpStatus }),
		...('trouble' in outcome ? { reason: outcome.trouble } : {}),
	});
}
