import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { LinkKeeper } from './link-keeper.ts';
import { Prober } from './prober.ts';

const silentLog = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** A line that went down long ago, so that the next look at it is half a minute away. */
function longDown() {
	const clock = new FakeClock();
	const link = new LinkKeeper({
		clock,
		random: () => 0,
		log: silentLog,
		widestWindow: 8,
		pausedSince: undefined,
		onBack: () => undefined,
		clockOffsetSeconds: () => 0,
	});
	for (let failure = 0; failure < 8; failure += 1) {
		clock.advance(60_000);
		link.observe({ kind: 'trouble', trouble: 'no-route' });
	}
	let addresses = '192.0.2.7/24';
	let probes = 0;
	const wire = {
		probe: () => {
			probes += 1;
			return Promise.resolve(undefined);
		},
	};
	const prober = new Prober({ clock, wire, link, networkAddresses: () => addresses, send: () => 0 });
	prober.setAlarm(0, undefined);
	return { clock, link, prober, probes: () => probes, plugIn: (other: string) => (addresses = other) };
}

test('a line that is down is looked at when its time comes, not earlier', () => {
	const { clock, link, probes } = longDown();
	const left = (link.nextProbeAt ?? 0) - clock.elapsed();
	expect(left).toBeGreaterThan(10_000);
	clock.advance(left - 1);
	expect(probes()).toBe(0);
	clock.advance(2);
	expect(probes()).toBe(1);
});

test('a change of the network is worth an early look', () => {
	const { clock, probes, plugIn } = longDown();
	clock.advance(3_000);
	plugIn('192.0.2.7/24 198.51.100.3/24');
	clock.advance(4_000);
	expect(probes()).toBe(1);
});

test('once stopped it looks no more', () => {
	const { clock, prober, probes, plugIn } = longDown();
	prober.stop();
	plugIn('');
	clock.advance(120_000);
	expect(probes()).toBe(0);
});
