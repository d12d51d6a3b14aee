import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begin, type Running, workingDirectory } from '../integration/cli/command.ts';
import { shell } from '../support/shell.ts';

/** The shell commands of a document, one text for each block. */
function commandsOf(path: string): string[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, commands = '']) => commands);
}

/** These are how this very test came to run, or are run by tests of their own (test/integration/start). */
const TOO_MUCH = new Set(['npm ci && npm start\n', 'npm ci && npm test\n']);
const documents = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))].filter((path) =>
  path.endsWith('.md'),
);
const commands = documents.flatMap((path) =>
  commandsOf(path)
    .filter((block) => !TOO_MUCH.has(block))
    .map((block): [string, string] => [path, block]),
);

describe('what the documents tell people to type', () => {
  let gateway: Running;
  let directory: string;
  let port: string;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const cwd = workingDirectory((work) => cleanUps.push(work));
    directory = join(cwd, '.insula');
    gateway = begin(['start'], { cwd, env: { PORT: '0', INSULA_LOG_LEVEL: 'warn' } });
    await gateway.until(/Ctrl-C/);
    port = /localhost:(\d+)\/graphql/.exec(gateway.stdout)?.[1] ?? '';
  });
  afterAll(async () => {
    gateway.signal('SIGTERM');
    await gateway.ended;
    for (const cleanUp of cleanUps) await cleanUp();
  });

  test('[RI] the two commands of the README are scripts of the package', () => {
    const blocks = commandsOf('README.md');
    expect(blocks).toEqual(expect.arrayContaining([...TOO_MUCH]));
  });

  test.each(commands)('[RI] %s: %s', async (_path, block) => {
    const { stdout } = await shell(block.replaceAll('localhost:4000', `localhost:${port}`), {
      INSULA_DIRECTORY: directory,
    });
    if (!block.includes('curl')) return;
    expect(JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1))).toEqual({ data: expect.anything() });
  });
});
