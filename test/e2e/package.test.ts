import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Below node_modules, where Node strips no types and finds the dependencies as in an installation. */
const home = resolve('node_modules/.cache/insula-package');
const main = join(home, 'package/dist/cli/main.js');
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'insula-package-'));
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', home], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [archive = ''] = readdirSync(home);
  execFileSync('tar', ['xzf', archive], { cwd: home });
});
afterAll(() => {
  rmSync(home, { recursive: true });
  rmSync(cwd, { recursive: true });
});

function insula(...words: string[]) {
  return spawnSync(process.execPath, [main, ...words], { cwd, encoding: 'utf8' });
}

test('[RI] the package works in an empty folder', () => {
  expect(insula('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const { status, stdout } = insula('schema', 'print');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^type Query \{/m)]);
});

test('[RI] the package starts a database with its SQL files, and leaves nothing running', () => {
  expect(insula('install')).toMatchObject({ status: 0 });
  expect(insula('tenant', 'create', 'solo').stdout).toMatch(/^schema: +version [1-9]/m);
});

test('[RI] under an older Node it says one clear line', () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.19.0' })`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', older, main, '--help'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^insula needs Node 22\.18 or newer; [^\n]*\n$/),
  ]);
});

test('[RI] the package needs nothing that is not published', () => {
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package/package.json'), 'utf8'));
  expect(Object.keys(dependencies)).not.toContain('pothos-mikro-orm');
  const files = readdirSync(join(home, 'package/dist'), { recursive: true, encoding: 'utf8' });
  const compiled = files.filter((file) => /\.(js|d\.ts)$/.test(file));
  const texts = compiled.map((file) => readFileSync(join(home, 'package/dist', file), 'utf8'));
  expect(texts.filter((text) => /(from|import\()\s*['"]#?pothos-mikro-orm/.test(text))).toEqual([]);
  expect(files.filter((file) => file.endsWith('.sql')).length).toBeGreaterThan(5);
  expect(files).toEqual(expect.arrayContaining(['http/graphiql/bar.html', 'http/graphiql/bar.js']));
  expect(files.filter((file) => file.endsWith('.graphql')).length).toBeGreaterThan(3);
});

describe('a project of somebody else’s', () => {
  let project: string;
  let temporary: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'insula-project-'));
    cpSync('examples/projects', project, { recursive: true });
    temporary = join(project, 'tmp');
    mkdirSync(temporary);
    mkdirSync(join(project, 'node_modules'));
    symlinkSync(join(home, 'package'), join(project, 'node_modules/insula'));
    for (const name of ['@types', 'vitest', 'zod']) {
      symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name));
    }
    const files = {
      'package.json': { name: 'projects', type: 'module' },
      'tsconfig.json': {
        compilerOptions: {
          target: 'es2024',
          lib: ['es2024', 'esnext.disposable'],
          module: 'nodenext',
          types: ['node'],
          strict: true,
          skipLibCheck: true,
          allowImportingTsExtensions: true,
          noEmit: true,
        },
      },
    };
    for (const [name, value] of Object.entries(files)) {
      writeFileSync(join(project, name), JSON.stringify(value));
    }
    writeFileSync(
      join(project, 'vitest.config.js'),
      `export default { test: { globalSetup: ['insula/testing/setup'], hookTimeout: 60_000 } };`,
    );
  });
  afterAll(() => rmSync(project, { recursive: true }));

  const { TEST_DATABASE_URL: _, ...environment } = process.env;
  const node = (...words: string[]) =>
    spawnSync(process.execPath, words, {
      cwd: project,
      encoding: 'utf8',
      env: { ...environment, TMPDIR: temporary },
    });

  test('[DI] finds the package’s types', () => {
    expect(node(resolve('node_modules/typescript/bin/tsc'), '-p', '.')).toMatchObject({
      status: 0,
      stdout: '',
    });
  }, 120_000);

  test('[DI] passes its tests, the update of living tenants too, with vitest', () => {
    const { status, stdout } = node('node_modules/vitest/vitest.mjs', 'run');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/Tests .*4 passed/)]);
  }, 180_000);

  test('[DI] runs every command with its own modules and the platform’s, and no others', () => {
    const { stdout } = node('insula.ts', 'schema', 'print');
    expect(stdout).toMatch(/^type Project implements Node \{/m);
    expect(stdout).toMatch(/^type Member /m);
    expect(stdout).not.toContain('Invoice');
  });

  test.each([
    ['with a database of its own', []],
    [
      'with one database for the whole run',
      ['--test-global-setup=node_modules/insula/dist/testing/setup.js'],
    ],
  ])(
    '[DI] writes a module that passes its test under Node’s runner, %s',
    (_title, options) => {
      const directory = `modules-${options.length}`;
      const created = node(main, 'module', 'create', 'ideas', '--directory', directory);
      expect([created.status, created.stderr]).toEqual([0, '']);
      const { status, stdout } = node('--test', ...options, `${directory}/ideas/ideas.test.ts`);
      expect([status, stdout]).toEqual([0, expect.stringContaining('pass 3')]);
    },
    120_000,
  );

  test('[SR] leaves neither databases nor files', () => {
    // The cache is Node's own, and vitest's.
    expect(readdirSync(temporary).filter((name) => name !== 'node-compile-cache')).toEqual([]);
  });
});
