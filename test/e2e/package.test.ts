import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

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
