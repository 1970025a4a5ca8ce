/** Everything one sandbox remembers. A reset makes a new one. */
import type { SandboxSettings } from '../../shared/sandbox-schema.ts';
import { defaultSandboxSettings } from '../../shared/sandbox-schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Answer } from './answer.ts';
import type { CallContent, CallHeaders } from './arrival.ts';
import { demoMembers } from './demo-data.ts';
import { createEffects, type Effect, type Effects } from './effects.ts';
import { createFaultBoard, type FaultBoard } from './fault-board.ts';
import { createMembers, type MemberRecord, type Members } from './members.ts';

export interface Sale {
	readonly effect: Effect;
	/** Hash of the canonical body. */
	readonly fingerprint: string;
	readonly code: string;
	/** Absent from an anonymous sale. */
	readonly member: MemberRecord | undefined;
	/** Points it awarded. */
	readonly points: number;
	/** Minor units. */
	readonly total: number;
	isCancelled: boolean;
}

export interface Pay {
	readonly effect: Effect;
	readonly member: MemberRecord;
	readonly from: SandboxSettings['payWith'];
	/** Minor units really taken. */
	readonly amount: number;
	isCancelled: boolean;
}

interface ShortCode {
	readonly code: string;
	/** On the clock's `elapsed` scale, milliseconds. */
	readonly validUntilMs: number;
}

export interface World {
	settings: SandboxSettings;
	readonly clock: Clock;
	readonly members: Members;
	readonly salesByKey: Map<string, Sale>;
	readonly salesByCode: Map<string, Sale>;
	readonly paysByCode: Map<string, Pay>;
	readonly shortCodes: Map<MemberRecord, ShortCode>;
	readonly effects: Effects;
	readonly faults: FaultBoard;
}

/** A call whose headers are complete and whose body has its required fields. */
export interface CallRequest extends CallContent {
	readonly headers: CallHeaders;
	readonly effect: Effect;
}

/** Does one operation, all at once: nothing else happens in this world meanwhile. */
export type Handler = (request: CallRequest, world: World) => Answer;

export function createWorld(clock: Clock): World {
	return {
		settings: defaultSandboxSettings(),
		clock,
		members: createMembers(demoMembers()),
		salesByKey: new Map(),
		salesByCode: new Map(),
		paysByCode: new Map(),
		shortCodes: new Map(),
		effects: createEffects(),
		faults: createFaultBoard(),
	};
}
