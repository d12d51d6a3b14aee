import { defineConfig } from 'vitest/config';

/** Vite takes graphql's ES module, Node its CommonJS one for everybody else's imports: two realms of one schema. */
export const shared = { resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] } };

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
          include: ['test/{integration,isolation,conformance}/**/*.test.ts'],
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
