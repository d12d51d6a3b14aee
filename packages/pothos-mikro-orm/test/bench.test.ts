import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the benchmark runs: the contenders give the same replies', { timeout: 120_000 }, async () => {
  const main = join(import.meta.dirname, '../bench/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--quick']);
  expect(stdout).toMatch(/\| hand-written \|( \d+\.\d\d \(≤ [\d.]+\) \|){4}\n\| em\.find \|/);
});
