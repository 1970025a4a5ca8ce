import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: the test runner asks for one
export default defineConfig({
	test: {
		include: ['agent/**/*.test.ts', 'shared/**/*.test.ts', 'test/**/*.test.ts'],
		exclude: ['test/faults/*.large.test.ts', 'node_modules/**'],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		pool: 'forks',
	},
});
