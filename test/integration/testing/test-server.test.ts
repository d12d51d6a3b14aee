import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { processesIn } from '../../../src/database/embedded/processes.ts';

const server = new URL('../../../src/testing/server.ts', import.meta.url).href;

test('[SR] the server of a process that is killed ends with it', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'killed-'));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const script = `const { startTestServer } = await import('${server}');
    await startTestServer();
    console.log('started');
    setInterval(() => {}, 60_000);`;
  const user = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(user.stdout, 'data');
  const directory = readdirSync(temporary).find((name) => name.startsWith('insula-test-')) ?? '';
  const processes = () => processesIn(join(temporary, directory, 'data'));
  expect(processes()).not.toEqual([]);
  user.kill('SIGKILL');
  await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
  await expect.poll(processes).toEqual([]);
}, 30_000);
