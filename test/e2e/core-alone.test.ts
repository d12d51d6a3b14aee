import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** The reference domain, and what is about it: the command line serves it, these tests ask for it. */
const REFERENCE_DOMAIN = [
  'src/modules',
  'src/cli/run.ts',
  'src/cli/main.ts',
  'tools/contract/error-codes.ts',
  'test/integration/clients',
  'test/integration/contract',
  'test/integration/modules',
  'test/integration/gateway/pass-through.test.ts',
  'test/integration/migrate/diff.test.ts',
  'test/integration/audit/commands.test.ts',
  'test/integration/cli',
  'test/integration/start',
  'test/unit/errors/documentation.test.ts',
  'test/conformance',
  'test/operator',
  'test/support/compose-processes.ts',
  'test/client',
  'test/unit/graphql/descriptions.test.ts',
  'test/unit/modules/amounts.test.ts',
  'test/unit/modules/bank-account.test.ts',
  'test/unit/modules/examples.test.ts',
  'test/e2e',
];
const CONFIGURATION = [
  'Dockerfile',
  'compose.yaml',
  'deploy',
  'docs',
  'tools',
  'package.json',
  'biome.json',
  'tsconfig.json',
  'vitest.config.ts',
  'packages',
  'src',
  'test',
];

describe('a tree without the reference domain', () => {
  let tree: string;
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'insula-core-'));
    const left = new Set(REFERENCE_DOMAIN.map((path) => join(root, path)));
    for (const path of CONFIGURATION) {
      cpSync(join(root, path), join(tree, path), { recursive: true, filter: (from) => !left.has(from) });
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  const bin = (name: string, ...words: string[]) =>
    run(process.execPath, [join(root, 'node_modules', ...name.split('/')), ...words], {
      cwd: tree,
      maxBuffer: 1 << 26,
    });

  test('[DI] compiles: the core knows no module', async () => {
    await expect(bin('typescript/bin/tsc', '-p', '.')).resolves.toBeDefined();
  }, 120_000);

  test('[DI] passes the core’s own tests', async () => {
    const suites = [
      'test/unit',
      'test/integration/session',
      'test/integration/encryption',
      'test/integration/gateway',
      'test/integration/lifecycle',
      'test/integration/platform',
    ];
    const { stdout } = await bin('vitest/vitest.mjs', 'run', '--typecheck.enabled=false', ...suites);
    expect(stdout).toMatch(/tests: [1-9]\d* passed, 0 failed, 0 skipped/);
  }, 300_000);
});
