import { expect, test } from 'vitest';
import { createDelays } from './delays.ts';
import { testClock } from './test-till.ts';

test('a wait ends when its time has come, and at once when there is none', async () => {
	const clock = testClock();
	const delays = createDelays(clock);
	await delays.wait(0);
	const waited = delays.wait(60_000);
	clock.skip(60_000);
	await expect(waited).resolves.toBeUndefined();
});

test('after calling off nothing that waited goes on, and nothing new waits', async () => {
	const clock = testClock();
	const delays = createDelays(clock);
	const gone: string[] = [];
	const goOn = (name: string) => () => void gone.push(name);
	const never = [delays.wait(10).then(goOn('before'))];
	delays.callOff();
	never.push(delays.wait(10).then(goOn('later')));
	clock.skip(1_000);
	await Promise.race([...never, Promise.resolve()]);
	expect(gone).toEqual([]);
	expect(clock.waiting()).toBe(0);
});
