import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['agent/**/*.test.ts', 'shared/**/*.test.ts', 'test/**/*.test.ts'],
		testTimeout: 60_000,
		hookTimeout: 30_000,
		pool: 'forks',
		// Most of the time a test waits for a process or a timer: one file at a time would leave a small machine idle.
		maxWorkers: Math.max(2, availableParallelism()),
	},
});
