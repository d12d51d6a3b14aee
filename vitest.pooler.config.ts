import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** Tests through PgBouncer in transaction mode, which not every machine can have: `npm run test:pooler`. */
export default defineConfig({
  ...shared,
  test: {
    name: 'pooler',
    maxWorkers: 2,
    reporters: ['default', './test/support/plain-reporter.ts'],
    include: [
      'test/isolation/{attacks,operations}.test.ts',
      'test/integration/database/{session,single,guard,nesting,abort,cleanliness,commit,binding}.test.ts',
      'test/integration/gateway/*.test.ts',
    ],
    globalSetup: ['test/support/global-pooler.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
