import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** How imports are found, in every project. */
export const shared = {
  resolve: {
    alias: [
      // Vite takes graphql's ES module, Node its CommonJS one for everybody else's imports: two realms of one schema.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      // What templates and examples import is the source here; a test of the package runs them against its build.
      { find: /^insula$/, replacement: resolve('src/index.ts') },
      { find: /^insula\/(cli|testing)$/, replacement: resolve('src/$1/index.ts') },
    ],
  },
};

export default defineConfig({
  ...shared,
  test: {
    maxWorkers: 2,
    reporters: ['default', './test/support/plain-reporter.ts'],
    projects: [
      'packages/*',
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 20_000,
          include: ['test/unit/**/*.test.ts'],
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'] },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,isolation,conformance}/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          globalSetup: ['test/support/global-postgres.ts'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
