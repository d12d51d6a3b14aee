import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Vite takes graphql's ES module, Node its CommonJS one for everybody else's imports: two realms of one schema.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
    conditions: ['@pothos-mikro-orm/source'],
  },
  ssr: { resolve: { conditions: ['@pothos-mikro-orm/source', 'module', 'node'] } },
  test: {
    name: 'pothos-mikro-orm',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'] },
  },
});
