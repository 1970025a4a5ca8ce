import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The larger variant of the fault tests. */
export default defineConfig({ test: { ...usual.test, env: { KILLS: '200' }, include: ['test/faults/**/*.test.ts'] } });
