import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** From the top down; what stands on one floor does not know each other. */
const FLOORS = [
  ['cli'],
  ['start', 'testing'],
  ['gateway.ts'],
  ['config.ts', 'fleet', 'modules', 'schema.ts'],
  ['platform'],
  ['module.ts'],
  ['http'],
  ['lifecycle'],
  ['jobs', 'events', 'graphql'],
  ['session'],
  ['authentication'],
  ['tenancy'],
  ['audit', 'authorization'],
  ['database', 'encryption'],
  ['telemetry', 'errors'],
];

interface Case {
  readonly from: string;
  readonly to: string;
}

const ROOMS = FLOORS.flat();
const CASES: Case[] = ROOMS.flatMap((from) => ROOMS.filter((to) => to !== from).map((to) => ({ from, to })));

function isAllowed({ from, to }: Case): boolean {
  // One file of the command line brings the reference domain; the core knows no module.
  if (to === 'modules') return false;
  // A module's only way to the core.
  if (from === 'modules' || from === 'platform') return to === 'module.ts';
  const floorOf = (room: string) => FLOORS.findIndex((floor) => floor.includes(room));
  return floorOf(to) > floorOf(from);
}

/** How a file of one room is written that imports another one, in as many ways as there are. */
const VIOLATIONS: Record<string, string> = {
  'packages/plugin/src/a.ts': `export * from '../../../src/module.ts';`,
  'src/database/dynamic.ts': `export const load = () => import('../session/context.ts');`,
  'src/database/types.ts': `import type { A } from '../session/context.ts';\nexport type B = A;`,
  'src/database/again.ts': `export * from '../session/context.ts';`,
  'src/database/deep/down.ts': `export * from '../../module.ts';`,
  'src/database/package.ts': `export * from '../../packages/pothos-mikro-orm/src/index.ts';`,
};

const fileOf = ({ from, to }: Case) =>
  from.endsWith('.ts') ? `src/${from}` : `src/${from}/to-${to.replace('.ts', '-file')}.ts`;
const targetOf = (to: string) => (to.endsWith('.ts') ? `src/${to}` : `src/${to}/index.ts`);

let folder: string;
let refused: ReadonlySet<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'insula-floors-'));
  const config = JSON.parse(readFileSync('biome.json', 'utf8'));
  write('biome.json', JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const [path, text] of Object.entries(VIOLATIONS)) write(path, text);
  // The rooms that are one file import all others from it, a line for each.
  for (const [path, cases] of Map.groupBy(CASES, fileOf)) write(path, cases.map(importOf).join('\n'));
  refused = lint();
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function importOf({ from, to }: Case): string {
  const path = relative(dirname(fileOf({ from, to })), targetOf(to));
  return `export * from '${path.startsWith('.') ? path : `./${path}`}';`;
}

/** The refused lines, as the file's path and the text. */
function lint(): ReadonlySet<string> {
  const { stdout, stderr } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--only=style/noRestrictedImports', '--reporter=github', '--max-diagnostics=none'],
    { cwd: folder, encoding: 'utf8' },
  );
  const found = new Set<string>();
  for (const [, file = '', line = ''] of stdout.matchAll(/file=([^,]+),line=(\d+)/g)) {
    const text = readFileSync(resolve(folder, file), 'utf8').split('\n')[Number(line) - 1];
    found.add(`${relative(folder, resolve(folder, file))} ${text}`);
  }
  if (found.size === 0) throw new Error(`The linter found nothing: ${stderr}`);
  return found;
}

describe('[RR] the floors', () => {
  test.each(ROOMS)('[RR] %s imports only what stands below it', (room) => {
    const cases = CASES.filter(({ from }) => from === room);
    const accepted = cases.filter((entry) => !refused.has(`${fileOf(entry)} ${importOf(entry)}`));
    expect(accepted.map(({ to }) => to)).toEqual(cases.filter(isAllowed).map(({ to }) => to));
  });

  test.each(Object.keys(VIOLATIONS))('[RR] %s is refused', (path) => {
    expect([...refused].some((line) => line.startsWith(`${path} `))).toBe(true);
  });
});
