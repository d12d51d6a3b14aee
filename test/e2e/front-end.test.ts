import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begin, type Running, workingDirectory } from '../integration/cli/command.ts';
import { shell } from '../support/shell.ts';

const text = readFileSync('docs/front-end.md', 'utf8');
const blocks = (pattern: RegExp) => [...text.matchAll(pattern)];
const planted = blocks(/^```\w+ ([\w/]+\.\w+)\n([\s\S]*?)^```$/gm);
const excerpts = blocks(/^```ts of (\S+)\n([\s\S]*?)^```$/gm).map(
  ([, path = '', excerpt = '']): [string, string] => [path, excerpt],
);
const commands = blocks(/^```sh front-end\n([\s\S]*?)^```$/gm).map(([, block = '']) => block);

describe('docs/front-end.md', () => {
  let gateway: Running;
  let tree: string;
  let endpoint: string;
  let directory: string;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    tree = plant();
    cleanUps.push(async () => rmSync(tree, { recursive: true }));
    const cwd = workingDirectory((work) => cleanUps.push(work));
    directory = join(cwd, '.insula');
    gateway = begin(['start'], { cwd, env: { PORT: '0', INSULA_LOG_LEVEL: 'warn' } });
    await gateway.until(/Ctrl-C/);
    const [, port = ''] = /localhost:(\d+)\/graphql/.exec(gateway.stdout) ?? [];
    endpoint = await mock(`http://localhost:${port}`);
  }, 120_000);
  afterAll(async () => {
    gateway.signal('SIGTERM');
    await gateway.ended;
    for (const cleanUp of cleanUps) await cleanUp();
  });

  /** `npm run mock` in the tree. */
  async function mock(address: string): Promise<string> {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [, ...words] = scripts.mock?.split(' ') ?? [];
    const child = spawn(process.execPath, [...words, '--gateway', address, '--port', '0'], { cwd: tree });
    cleanUps.unshift(async () => {
      child.kill();
      await once(child, 'close');
    });
    const [said] = await once(child.stdout, 'data');
    return /http:\S+\/graphql/.exec(String(said))?.[0] ?? '';
  }

  test('[RG] its commands work, in their order: typed, mocked beside real data, and listed as missing', async () => {
    expect(planted.map(([, path]) => path)).toEqual([
      'contract/reminders.graphql',
      'test/client/reminders.ts',
    ]);
    let written = '';
    const env = { INSULA_DIRECTORY: directory, ENDPOINT: endpoint };
    for (const block of commands) written += (await shell(`cd ${tree}\n${block}`, env)).stdout;
    expect(written).toMatch(/^\d{4}-\d\d-\d\dT\S+ reminded \S+@\S+$/m);
    expect(written).toMatch(/^Alpenblick Bakery: \d+$/m);
    expect(written).toContain('contract: Query.reminders is promised, and not built yet');
  }, 400_000);

  test.each(excerpts)('[SM] its excerpt stands in a test: %s: %s', (path, excerpt) => {
    const flat = (code: string) => code.replaceAll(/\s+/g, ' ').trim();
    expect(flat(readFileSync(path, 'utf8'))).toContain(flat(excerpt));
  });
});

/** A copy of the project, with the files of the document in it. */
function plant(): string {
  const tree = mkdtempSync(join(tmpdir(), 'insula-front-end-'));
  const files = ['package.json', 'tsconfig.json', 'codegen.ts', 'schema.graphql', 'schema.released.graphql'];
  const folders = ['bench', 'contract', 'examples', 'packages', 'src', 'templates', 'test', 'tools'];
  for (const path of [
    ...files,
    'vitest.config.ts',
    'vitest.pooler.config.ts',
    'vitest.operator.config.ts',
    ...folders,
  ]) {
    // The peers that bench/ installs for itself, and its data, stay where they are.
    cpSync(path, join(tree, path), { recursive: true, filter: (from) => !/node_modules|\.data/.test(from) });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(tree, 'node_modules'));
  for (const [, path = '', source = ''] of planted) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), source);
  }
  return tree;
}
