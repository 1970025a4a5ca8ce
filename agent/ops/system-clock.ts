import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/clock.ts';

/** Longest delay a timer of Node can take. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	after: (delayMs, task) => {
		const timer = setTimeout(task, Math.min(delayMs, longestDelayMs));
		return () => clearTimeout(timer);
	},
};
