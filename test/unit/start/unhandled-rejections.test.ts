import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const source = new URL('../../../src/start/unhandled-rejections.ts', import.meta.url);
const program = `
  const { logUnhandledRejections } = await import('${source.href}');
  logUnhandledRejections({ error: ({ err }, message) => console.log(message + ': ' + err.message) });
  Promise.reject(new Error('forgotten'));
  setTimeout(() => console.log('still here'), 20);`;

test('[EH] a promise that a resolver forgot ends no process, and is logged', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe('a promise was rejected that nobody waits for: forgotten\nstill here\n');
});
