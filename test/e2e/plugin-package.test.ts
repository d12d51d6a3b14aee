import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../packages/pothos-mikro-orm/test/support/postgres.ts';
import { block, runServer, writeFilesTo } from '../../packages/pothos-mikro-orm/test/support/readme.ts';

const plugin = resolve('packages/pothos-mikro-orm');
const folder = mkdtempSync(join(tmpdir(), 'pothos-mikro-orm-installed-'));
const installed = join(folder, 'node_modules/pothos-mikro-orm');

const manifestOf = (path: string) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

const npm = (...words: string[]) =>
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });

beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: plugin,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  // The versions that stand in the lock: npm ci has just put them into npm's cache.
  const { peerDependencies } = manifestOf(plugin);
  const besides = ['@mikro-orm/postgresql', 'graphql-yoga', 'typescript', '@types/node'];
  const packages = [...Object.keys(peerDependencies), ...besides].map(
    (name) => `${name}@${manifestOf(resolve('node_modules', name)).version}`,
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  npm('install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', `./${archive}`, ...packages);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the plugin, packed and installed in an empty folder', () => {
  test('[DO] holds JavaScript, types and their sources, and asks for its peers alone', () => {
    expect(readdirSync(installed).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'src',
    ]);
    expect(manifestOf(installed)).not.toHaveProperty('dependencies');
    const declarations = readFileSync(join(installed, 'dist/global-types.d.ts'), 'utf8');
    expect(declarations).toMatch(/\* An object type over an entity\./);
  });

  test('[DO] the API that its README builds compiles', () => {
    writeFilesTo(folder);
    writeFileSync(join(folder, 'tsconfig.json'), block('json'));
    const tsc = join(folder, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test('[DO] … and answers as it says', async () => {
    await using server = await startPostgres();
    const { answers, promised } = await runServer(folder, server.url);
    expect(promised).toHaveLength(2);
    expect(answers).toEqual(promised);
  });
});
