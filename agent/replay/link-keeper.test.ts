import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { Log } from '../core/log.ts';
import { LinkKeeper } from './link-keeper.ts';

test('a wrong clock is logged once when it begins and once when it ends, and leaves the line online', () => {
	const said: string[] = [];
	const say = (severity: string) => (event: string, fields?: { readonly offsetSeconds?: number }) => {
		said.push([severity, event, fields?.offsetSeconds].filter((part) => part !== undefined).join(' '));
	};
	const log: Log = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
	let offset = 0;
	const link = new LinkKeeper({
		...{ clock: new FakeClock(), random: () => 0.5, log, widestWindow: 8, pausedSince: undefined },
		...{ clockOffsetSeconds: () => offset, onBack: () => undefined },
	});
	const reasons = [0, 300, 310, -300, 20, 10].map((next) => {
		offset = next;
		link.observe({ kind: 'answered' });
		return link.view().reason;
	});
	expect(reasons).toEqual(['ok', 'clock-wrong', 'clock-wrong', 'clock-wrong', 'ok', 'ok']);
	expect(link.isOnline).toBe(true);
	expect(said).toEqual(['warn clock.wrong 300', 'info clock.right']);
});
