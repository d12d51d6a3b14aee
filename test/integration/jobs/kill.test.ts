import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { MASTER_KEY } from '../../support/database.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEffects } from './effects.ts';
import { enqueue, notes, outbox, until } from './worker.ts';

const program = fileURLToPath(new URL('./run-worker.ts', import.meta.url));
const JOBS = 250;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: createEffects() });
});
afterAll(() => gateway[Symbol.asyncDispose]());

function startProcess(): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [program], {
    env: {
      PATH,
      HOME,
      TMPDIR,
      DATABASE_URL: gateway.database.adminUrl,
      INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
      INSULA_JOB_LEASE: '600',
      INSULA_JOB_POLL: '50',
      INSULA_JOB_CONCURRENCY: '4',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

test('[AT SR] kill -9 of the worker loses no job, and none has its effects twice', async () => {
  await enqueue(gateway, 'job', { times: JOBS });
  await enqueue(gateway, 'job', { times: JOBS, tenant: 'south' });
  const left = async () => (await outbox(gateway)).length;
  let kills = 0;
  for (let before = 2 * JOBS; before > 2 * JOBS * 0.3; before = await left()) {
    const worker = startProcess();
    await until('some jobs done', async () => (await left()) < before - 60, 20_000);
    // Anywhere in the life of a job.
    await delay(Math.random() * 20);
    await kill(worker);
    kills++;
  }
  expect(kills).toBeGreaterThan(2);
  const taken = await gateway.rows('north', 'select from insula.outbox where taken_at is not null');
  expect(taken.length).toBeGreaterThan(0);

  const last = startProcess();
  await until('all jobs done', async () => (await left()) === 0, 30_000);
  const ended = once(last, 'close');
  last.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  const wanted = Array.from({ length: JOBS }, (_, n) => `job ${n}`).sort();
  for (const tenant of ['north', 'south']) {
    expect((await notes(gateway, 'job', tenant)).sort()).toEqual(wanted);
  }
}, 90_000);
