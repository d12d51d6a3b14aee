import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** What ships for operators, under Debian's own programs, which not every machine can have: `npm run test:operator`. */
export default defineConfig({
  ...shared,
  test: {
    name: 'operator',
    reporters: ['default', './test/support/plain-reporter.ts'],
    include: ['test/operator/**/*.test.ts'],
    globalSetup: ['test/operator/available.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
