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
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shell } from '../support/shell.ts';

const text = readFileSync('docs/writing-a-module.md', 'utf8');
const files = [...text.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)];
const commands = [...text.matchAll(/^```sh module\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

describe('docs/writing-a-module.md', () => {
  let tree: string;
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'insula-module-'));
    for (const path of [
      'package.json',
      'tsconfig.json',
      'vitest.config.ts',
      'packages',
      'src',
      'templates',
      'examples',
      'test',
      'tools',
    ]) {
      cpSync(path, join(tree, path), { recursive: true });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(tree, 'node_modules'));
    for (const [, path = '', source = ''] of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), source);
    }
  });
  afterAll(() => rmSync(tree, { recursive: true }));

  const run = (command: string) => shell(`cd ${tree}\n${command}`);

  test('[DI] its files compile', async () => {
    expect(files.length).toBeGreaterThan(5);
    await expect(run('tsc -p .')).resolves.toBeDefined();
  }, 120_000);

  test.each(commands)(
    '[DI] its commands work: %s',
    async (command) => {
      const { stdout } = await run(command);
      if (command.includes('--test')) expect(stdout).toMatch(/pass 3\n[\s\S]*fail 0\n/);
      else expect(readdirSync(join(tree, 'src/modules/tasks/migrations'))).toEqual(['0001_create_tasks.sql']);
    },
    120_000,
  );
});
