/** `/event`. An event has no id: each arrival counts again. */
import { textAt } from '../core/json.ts';
import { success } from './answer.ts';
import { memberNotFound, missingField } from './refusals.ts';
import type { Handler } from './world.ts';

export const reportEvent: Handler = ({ body, identifiers, effect }, { settings, members, effects }) => {
	if (settings.strict && textAt(body, 'event', 'dateTime') === undefined) return missingField('event.dateTime');
	if (identifiers.length > 0 && members.find(identifiers) === undefined) return memberNotFound(settings.memberNotFoundCode, identifiers);
	effects.applied(effect);
	return success('data', {});
};
