import { operations } from './calls/table.ts';
import type { LaneKey } from './lanes.ts';
import type { DeliveryRecord } from './records.ts';

/** The lanes that a refused or doubtful delivery still holds up: of what cannot work without it. */
export function heldLanes({ operation, state, refusalCode, lanes, cancelLane }: DeliveryRecord): readonly LaneKey[] {
	if (state !== 'refused' && state !== 'doubtful') return [];
	switch (operations[operation].holdsUp(state, refusalCode)) {
		case 'member':
			return lanes;
		case 'cancel':
			return cancelLane === undefined ? [] : [cancelLane];
		case 'nothing':
			return [];
	}
}
