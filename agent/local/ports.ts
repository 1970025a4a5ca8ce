/** What the doors need from the rest of the house. */

import type { DeliveryId } from '../../shared/ids.ts';
import type { AgentObject, LinkView, Status } from '../../shared/local-api.ts';
import type { Answer } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { DecisionAnswer, DecisionRequest } from '../core/decision-request.ts';
import type { Identity } from '../core/identity.ts';
import type { IncomingCall } from '../core/incoming-call.ts';
import type { Log } from '../core/log.ts';
import type { AttemptRecord, DecisionRecord, DeliveryQuery, DeliveryRecord } from '../core/records.ts';

export interface LocalPorts {
	readonly clock: Clock;
	readonly log: Log;
	readonly allowedOrigins: readonly string[];
	readonly isSandbox: boolean;
	readonly vault: { open(purpose: 'content' | 'answer' | 'reason' | 'balance', owner: DeliveryId, sealed: Uint8Array): string };
	readonly tokens: { identify(secret: string): Identity | undefined };
	readonly intake: {
		handle(incoming: IncomingCall): Promise<Answer>;
		decide(request: DecisionRequest): Promise<DecisionAnswer>;
		/** For answers that are not about a call. */
		agentObject(): AgentObject;
	};
	status(): Status;
	readonly disk: { hasSpace(): boolean };
	readonly deliveries: {
		list(query: DeliveryQuery): readonly DeliveryRecord[];
		find(id: DeliveryId): DeliveryRecord | undefined;
		attempts(sequence: number): readonly AttemptRecord[];
		/** Headers and body, sealed; undefined once erased. */
		content(sequence: number): Uint8Array | undefined;
		answer(sequence: number): Uint8Array | undefined;
		decisions(sequence: number): readonly DecisionRecord[];
		payBalance(sequence: number): { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined };
	};
	readonly replay: {
		nextAttemptAt(sequence: number): string | undefined;
		pause(): Promise<void>;
		resume(): Promise<void>;
		sendNow(): void;
		readonly link: { view(): LinkView };
	};
}
