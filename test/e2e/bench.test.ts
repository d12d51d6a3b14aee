import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const data = mkdtempSync(join(tmpdir(), 'insula-bench-test-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Enough for a machine that does much else. */
const PATIENCE = 180_000;

const bench = async (program: string, ...args: string[]) => {
  const command = [`bench/${program}.ts`, '--quick', '--data', data, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return stdout;
};

test(
  '[MC] the benchmark finds that Insula and the limit answer alike, and prints a table for each request',
  async () => {
    const table = await bench('main', '--only', 'insula,limit');
    expect(table.match(/^insula +\d/gm)).toHaveLength(5);
    expect(table.match(/^limit +\d.*≥/gm)).toHaveLength(5);
    // The limit's session and its statement go in one write; what it counts is what the tables say.
    expect(table.match(/^limit .* 2\.0 +1\.0 /gm)).toHaveLength(5);
  },
  PATIENCE,
);

test(
  '[MC] the benchmark of tenants shows memory and connections, and no error between two schema versions',
  async () => {
    const table = await bench('tenants', '--tenants', '1,20');
    expect(table).toMatch(/^ *1 +insula +\d/m);
    expect(table).toMatch(/^ *20 +insula +\d/m);
    expect(table).toContain('0 errors in 200 replies');
  },
  PATIENCE,
);

test('[EH] a wrong option of the benchmark is named in one line', async () => {
  const failure = await bench('main', '--only', 'nobody').catch(
    (error: { code: number; stderr: string }) => error,
  );
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^nobody is none of insula, .*\n$/),
  });
});
