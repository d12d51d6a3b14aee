import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MASTER_KEY } from '../../support/database.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEffects } from '../jobs/effects.ts';
import { emptied, enqueue, notes, outbox, startTestWorker, until } from '../jobs/worker.ts';
import { insula as process, workingDirectory } from './command.ts';
import { run } from './in-process.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: createEffects() });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.rows('north', 'truncate insula.outbox'));

const environment = () => ({
  DATABASE_URL: gateway.database.adminUrl,
  INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
});
const insula = (words: string) =>
  run(words.split(' '), { environment: environment(), modules: createEffects() });

describe('insula jobs', () => {
  test('[AT] list shows what is not done, and nothing of what is in it', async () => {
    expect((await insula('jobs list')).stdout).toBe('All jobs are done.\n');
    expect((await insula('jobs list --dead')).stdout).toBe('No job is dead.\n');
    await enqueue(gateway, 'a private matter');
    const [{ id } = { id: '' }] = await outbox(gateway);
    const { stdout } = await insula('jobs list');
    expect(stdout).toMatch(new RegExp(`^ID +TENANT +JOB[^\\n]*\\n${id} +north +effects:add +waiting +0 `));
    const json = await insula('jobs list --json');
    expect(JSON.parse(json.stdout)).toEqual([
      expect.objectContaining({ id, tenant: 'north', job: 'effects:add', state: 'waiting', attempts: 0 }),
    ]);
    expect(stdout + json.stdout).not.toContain('private');
    expect((await insula('jobs list --dead --json')).stdout).toBe('[]\n');
  });

  test('[AT] retry gives a dead letter all its attempts again', async () => {
    await enqueue(gateway, 'second chance');
    const [{ id } = { id: '' }] = await outbox(gateway);
    let broken = true;
    await using _ = await startTestWorker(gateway, {
      modules: createEffects({
        inside: async () => {
          if (broken) throw new Error('broken');
        },
      }),
    });
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect((await insula('jobs list --dead')).stdout).toMatch(/ dead +3 +Error: broken\n$/);
    broken = false;
    expect(await insula(`jobs retry ${id}`)).toMatchObject({ code: 0, stdout: `Job ${id} is due.\n` });
    await emptied(gateway);
    expect(await notes(gateway, 'second chance')).toEqual(['second chance']);
  });

  test('[AT] retry leaves alone what a worker has, and says so', async () => {
    await enqueue(gateway, 'busy');
    const [{ id } = { id: '' }] = await outbox(gateway);
    await gateway.rows(
      'north',
      `update insula.outbox set attempts = 1, taken_at = now(), due_at = now() + interval '1 minute'`,
    );
    expect(await insula(`jobs retry ${id}`)).toMatchObject({
      code: 1,
      stderr: `insula: A worker has job ${id}.\n`,
    });
    expect(await outbox(gateway)).toEqual([expect.objectContaining({ attempts: 1 })]);
  });

  test.each(['4711', 'x', '99999999999999999999', '-1'])('[AT] retry of %s, which is no job', async (id) => {
    const { code, stderr } = await run(['jobs', 'retry', '--', id], { environment: environment() });
    expect([code, stderr]).toEqual([1, `insula: There is no job "${id}".\n`]);
  });
});

describe('insula worker', () => {
  test.each(['DATABASE_URL', 'INSULA_MASTER_KEY', 'INSULA_SMTP_URL'])(
    '[AT SM] does not start without %s, and says so in one line',
    async (name) => {
      const all = { ...environment(), INSULA_SMTP_URL: 'smtp://mail.example' };
      const env = Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
      const { code, stderr } = await process(['worker'], { cwd: workingDirectory(), env });
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(new RegExp(`^insula: ${name}: Missing[^\\n]*\\n$`)),
      ]);
    },
  );

  test('[AT SM] does not start with another key', async () => {
    const env = {
      ...environment(),
      INSULA_SMTP_URL: 'smtp://mail.example',
      INSULA_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    };
    const { code, stderr } = await process(['worker'], { cwd: workingDirectory(), env });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: [^\n]*\n$/)]);
  });

  test('[AT MC] tells on a port of its own how it does', async () => {
    await enqueue(gateway, 'measured');
    await enqueue(gateway, 'doomed');
    await using worker = await startTestWorker(gateway, {
      modules: createEffects({
        inside: async (_context, text) => {
          if (text === 'doomed') throw new Error('no');
        },
      }),
      settings: { INSULA_WORKER_PORT: '0' },
    });
    const ask = (path: string) => fetch(`http://127.0.0.1:${worker.port}${path}`);
    await until('the end', () => worker.lines().length === 4);
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    const text = await (await ask('/metrics')).text();
    expect(text).toContain('insula_job_attempts_total{job_name="effects:add",outcome="done"} 1');
    expect(text).toContain('insula_job_attempts_total{job_name="effects:add",outcome="retry"} 2');
    expect(text).toContain('insula_job_attempts_total{job_name="effects:add",outcome="dead"} 1');
    expect(text).toContain('insula_job_duration_seconds_count{job_name="effects:add"} 4');
    expect(text).toContain('insula_jobs_dead 1');
    expect(text).toContain('insula_jobs_open 0');
    expect(text).toMatch(/insula_jobs_oldest_seconds 0\n/);
    expect((await ask('/readyz')).status).toBe(200);
    expect((await ask('/nowhere')).status).toBe(404);
  });

  test('[AT MC] tells how old the oldest job is, of tenants that are not suspended', async () => {
    await enqueue(gateway, 'old');
    await enqueue(gateway, 'older', { tenant: 'south' });
    const age = (tenant: string, hours: number) =>
      gateway.rows(
        'north',
        `update insula.outbox set enqueued_at = now() - $2 * interval '1 hour', due_at = now() + interval '1 hour' where tenant = $1`,
        [gateway.tenants[tenant], hours],
      );
    await age('north', 1);
    await age('south', 9);
    await gateway.rows('north', `update insula.tenant set status = 'suspended' where id = $1`, [
      gateway.tenants.south,
    ]);
    await using worker = await startTestWorker(gateway, {
      modules: createEffects(),
      settings: { INSULA_WORKER_PORT: '0' },
    });
    const text = await (await fetch(`http://127.0.0.1:${worker.port}/metrics`)).text();
    expect(Math.round(Number(/^insula_jobs_oldest_seconds (\S+)$/m.exec(text)?.[1]) / 60)).toBe(60);
    expect(text).toContain('insula_jobs_open 2');
  });
});
