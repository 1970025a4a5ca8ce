/** What the doors need from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { AgentObject, LinkView, Status } from '../../shared/local-api.ts';
import type { Answer } from '../core/answer.ts';
import type { Call } from '../core/calls/table.ts';
import type { Clock } from '../core/clock.ts';
import type { Identity } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { AttemptRecord, DeliveryQuery, DeliveryRecord } from '../core/records.ts';

export interface LocalPorts {
	readonly clock: Clock;
	readonly log: Log;
	readonly allowedOrigins: readonly string[];
	readonly isSandbox: boolean;
	identify(secret: string): Identity | undefined;
	handle(incoming: {
		readonly call: Call;
		readonly identity: Identity;
		readonly text: string;
		readonly body: JsonObject;
		readonly headers: Readonly<Record<string, string>>;
		readonly idempotencyKey: string | undefined;
		readonly signal: AbortSignal;
	}): Promise<Answer>;
	agentObject(): AgentObject;
	status(): Status;
	/** Undefined: ready. Otherwise why nothing can be accepted. */
	unreadyBecause(): string | undefined;
	readonly deliveries: {
		list(query: DeliveryQuery): readonly DeliveryRecord[];
		find(id: DeliveryId): DeliveryRecord | undefined;
		attempts(sequence: number): readonly AttemptRecord[];
		nextAttemptAt(sequence: number): string | undefined;
	};
	readonly replay: {
		pause(): Promise<void>;
		resume(): Promise<void>;
		sendNow(): void;
		link(): LinkView;
	};
}
