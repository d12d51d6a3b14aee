import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEffects, type EffectHooks } from './effects.ts';
import { emptied, enqueue, notes, outbox, startTestWorker, until } from './worker.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: createEffects() });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.rows('north', 'truncate insula.outbox'));

const work = (hooks: EffectHooks = {}, settings: Record<string, string> = {}) =>
  startTestWorker(gateway, { modules: createEffects(hooks), settings });
const tenantRow = (set: string) =>
  gateway.rows('north', `update insula.tenant set ${set} where id = $1`, [gateway.tenants.north]);

describe('[AT] a job', () => {
  test('[AT PR] runs after the reply, in the session of its tenant, with an actor of its own', async () => {
    await enqueue(gateway, 'hello');
    expect(await notes(gateway, 'hello')).toEqual([]);
    const [{ id } = { id: '' }] = await outbox(gateway);
    await using worker = await work();
    await emptied(gateway);
    expect(await notes(gateway, 'hello')).toEqual(['hello']);
    expect(await notes(gateway, 'hello', 'south')).toEqual([]);
    const audit = await gateway.rows(
      'north',
      `select o.actor, o.name, o.request_id from operation o join audit a using (seg, xid) where a.new->>'text' = 'hello'`,
    );
    expect(audit).toEqual([{ actor: 'job:effects:add', name: 'effects:add', request_id: `job-${id}` }]);
    expect(worker.lines()).toEqual([
      expect.objectContaining({
        requestId: `job-${id}`,
        tenant: 'north',
        job: 'effects:add',
        attempt: 1,
        outcome: 'done',
        duration: expect.any(Number),
        statements: expect.any(Number),
      }),
    ]);
    expect(JSON.stringify(worker.log)).not.toContain('hello');
  });

  test('[AT SC] whose effects are there is not run again when it is taken a second time', async () => {
    await enqueue(gateway, 'twice');
    const [{ id } = { id: '' }] = await outbox(gateway);
    await using _ = await work();
    await emptied(gateway);
    await gateway.rows(
      'north',
      `insert into insula.outbox (id, tenant, job, payload) overriding system value
       values ($1, $2, 'effects:add', '{"text":"twice"}')`,
      [id, gateway.tenants.north],
    );
    await emptied(gateway);
    expect(await notes(gateway, 'twice')).toEqual(['twice']);
  });

  test('[AT EH] that fails leaves nothing, is tried again, and is dead after its last attempt', async () => {
    await enqueue(gateway, 'doomed');
    await using worker = await work({ inside: () => Promise.reject(new Error('not today')) });
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect(await outbox(gateway)).toEqual([
      expect.objectContaining({ attempts: 3, dead: true, lastError: 'Error: not today' }),
    ]);
    expect(worker.lines().map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'dead']);
    expect(await notes(gateway, 'doomed')).toEqual([]);
  });

  test('[AT EH] that fails at first is done at last, with its effect once', async () => {
    await enqueue(gateway, 'bumpy');
    let failures = 2;
    await using _ = await work({
      inside: async () => {
        if (failures-- > 0) throw new Error('not yet');
      },
    });
    await emptied(gateway);
    expect(await notes(gateway, 'bumpy')).toEqual(['bumpy']);
  });

  test('[AT DV] whose payload does not fit is a failure that says so', async () => {
    await gateway.rows(
      'north',
      `insert into insula.outbox (tenant, job, payload) values ($1, 'effects:add', '{"text":7}')`,
      [gateway.tenants.north],
    );
    await using _ = await work({}, { INSULA_JOB_ATTEMPTS: '1' });
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect((await outbox(gateway))[0]?.lastError).toMatch(/^BAD_USER_INPUT/);
  });

  test('[AT] that the worker does not know waits for one that does', async () => {
    await gateway.rows(
      'north',
      `insert into insula.outbox (tenant, job, payload) values ($1, 'later:thing', '{}')`,
      [gateway.tenants.north],
    );
    await enqueue(gateway, 'known');
    await using _ = await work();
    await until('the known one', async () => (await outbox(gateway)).length === 1);
    expect(await notes(gateway, 'known')).toEqual(['known']);
    expect(await outbox(gateway)).toEqual([expect.objectContaining({ job: 'later:thing', attempts: 0 })]);
  });

  test('[AT EH] that killed its worker in every attempt is dead', async () => {
    await enqueue(gateway, 'poison');
    await gateway.rows('north', 'update insula.outbox set attempts = 3, taken_at = now()');
    await using _ = await work();
    await until('a dead letter', async () => (await outbox(gateway))[0]?.dead === true);
    expect(await notes(gateway, 'poison')).toEqual([]);
  });

  test('[AT] that takes too long is aborted, and tried again', async () => {
    await enqueue(gateway, 'slow', { outside: true });
    const reasons: unknown[] = [];
    let first = true;
    await using _ = await work(
      {
        async outside(_text, _key, signal) {
          if (!first) return;
          first = false;
          // Deaf to its signal, as a library may be.
          signal.addEventListener('abort', () => reasons.push(signal.reason));
          await delay(3_000);
        },
      },
      { INSULA_JOB_TIMEOUT: '200' },
    );
    await emptied(gateway);
    expect(reasons).toEqual([expect.objectContaining({ name: 'TimeoutError' })]);
    expect(await notes(gateway, 'slow')).toEqual(['slow']);
  });
});

describe('[AT] a tenant that can not be served', () => {
  test('[AT TI] has its jobs wait while it is suspended; others’ are run', async () => {
    await enqueue(gateway, 'waits');
    await enqueue(gateway, 'runs', { tenant: 'south' });
    await tenantRow(`status = 'suspended'`);
    await using _ = await work();
    await until('the other', async () => (await notes(gateway, 'runs', 'south')).length === 1);
    await delay(100);
    expect(await outbox(gateway)).toEqual([expect.objectContaining({ attempts: 0 })]);
    await tenantRow(`status = 'active'`);
    await emptied(gateway);
    expect(await notes(gateway, 'waits')).toEqual(['waits']);
  });

  test.each([
    ['is behind', 'schema_version = schema_version - 1', 'schema_version = schema_version + 1'],
    ['could not be migrated', `migration_error = '{}'`, 'migration_error = null'],
    ['has other migrations', `schema_hash = 'x' || schema_hash`, 'schema_hash = substr(schema_hash, 2)'],
  ])('[AT TI] has its jobs wait while its schema %s', async (what, away, back) => {
    await enqueue(gateway, `schema ${what}`);
    await tenantRow(away);
    await using _ = await work();
    await delay(150);
    expect(await outbox(gateway)).toEqual([expect.objectContaining({ attempts: 0 })]);
    await tenantRow(back);
    await emptied(gateway);
    expect(await notes(gateway, `schema ${what}`)).toHaveLength(1);
  });

  test('[AT TI SC] keeps nothing of a job that ran when it was suspended, and that is no failed attempt', async () => {
    await enqueue(gateway, 'interrupted');
    let first = true;
    await using worker = await work({
      async inside() {
        if (first) await tenantRow(`status = 'suspended'`);
        first = false;
      },
    });
    await until('the attempt', () => worker.lines().length === 1);
    expect(worker.lines()[0]).toMatchObject({ outcome: 'put back' });
    await until('the queue', async () => (await outbox(gateway))[0]?.attempts === 0);
    expect(await notes(gateway, 'interrupted')).toEqual([]);
    await tenantRow(`status = 'active'`);
    await emptied(gateway);
    expect(await notes(gateway, 'interrupted')).toEqual(['interrupted']);
  });
});

describe('[AT] what is done outside', () => {
  test('[AT SL] happens while no transaction is open, under a key that stays, before what is done inside', async () => {
    await enqueue(gateway, 'parcel', { outside: true });
    const keys: string[] = [];
    const stillOpen: unknown[] = [];
    const noneOpen = async () => {
      const open = await gateway.rows(
        'north',
        `select from pg_stat_activity where usename = 'insula_gateway' and xact_start is not null
         and datname = current_database()`,
      );
      return open.length === 0;
    };
    await using _ = await work({
      async outside(_text, key) {
        keys.push(key);
        // The end of what was read before is on its way to the server; it does not wait for this.
        await until('no open transaction', noneOpen, 2_000).catch((error) => stillOpen.push(error));
        expect(await notes(gateway, 'parcel')).toEqual([]);
        if (keys.length === 1) throw new Error('no answer');
      },
    });
    await emptied(gateway);
    expect(stillOpen).toEqual([]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(await notes(gateway, 'parcel')).toEqual(['parcel']);
  });

  test('[AT SL] is left out when there is nothing to send, or when the job is known to be done', async () => {
    const sent: string[] = [];
    await enqueue(gateway, 'nothing to send', { outside: true });
    await enqueue(gateway, 'once', { outside: true });
    const ids = (await outbox(gateway)).map(({ id }) => id);
    await using _ = await work({ outside: async (text) => void sent.push(text) });
    await emptied(gateway);
    await gateway.rows(
      'north',
      `insert into insula.outbox (id, tenant, job, payload) overriding system value
       values ($1, $2, 'effects:send', '{"text":"once"}')`,
      [ids[1], gateway.tenants.north],
    );
    await emptied(gateway);
    expect(sent).toEqual(['once']);
  });
});

describe('[AT] several workers', () => {
  test('[AT] share the jobs, and none is run by two', async () => {
    await enqueue(gateway, 'shared', { times: 60 });
    await enqueue(gateway, 'shared', { times: 60, tenant: 'south' });
    const running = new Set<string>();
    const begun: string[] = [];
    const inside: EffectHooks['inside'] = async ({ requestId }) => {
      expect(running).not.toContain(requestId);
      running.add(requestId);
      begun.push(requestId);
      await delay(5);
      running.delete(requestId);
    };
    const workers = await Promise.all([work({ inside }), work({ inside }), work({ inside })]);
    await emptied(gateway);
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    expect(begun).toHaveLength(120);
    expect(new Set(begun).size).toBe(120);
    expect(workers.every((worker) => worker.lines().length > 0)).toBe(true);
    for (const tenant of ['north', 'south']) expect(await notes(gateway, 'shared', tenant)).toHaveLength(60);
  });

  test('[AT] keep a long job from each other for longer than a lease', async () => {
    await enqueue(gateway, 'long');
    let begun = 0;
    const inside = async () => {
      begun++;
      await delay(1_200);
    };
    const settings = { INSULA_JOB_LEASE: '300' };
    await using _one = await work({ inside }, settings);
    await using _two = await work({ inside }, settings);
    await emptied(gateway);
    expect(begun).toBe(1);
  });

  test('[AT SC] that both believe to have a job have its effect once', async () => {
    await enqueue(gateway, 'contested');
    let begun = 0;
    const inside = async () => {
      begun++;
      // The lease is lost, as when a worker is cut off from the queue: the other one takes the job.
      if (begun === 1) await gateway.rows('north', 'update insula.outbox set due_at = now()');
      await delay(300);
    };
    await using one = await work({ inside });
    await using two = await work({ inside });
    await emptied(gateway);
    await until('both', () => one.lines().length + two.lines().length === 2);
    expect(begun).toBe(1);
    expect(await notes(gateway, 'contested')).toEqual(['contested']);
  });
});

test('[AT SR] a worker that stops lets its jobs end and takes no more', async () => {
  await enqueue(gateway, 'last', { times: 20 });
  const worker = await work({ inside: () => delay(100) }, { INSULA_JOB_CONCURRENCY: '2' });
  await until('work', async () => (await outbox(gateway)).some(({ attempts }) => attempts > 0));
  await worker[Symbol.asyncDispose]();
  const left = await outbox(gateway);
  expect(left.every(({ attempts }) => attempts === 0)).toBe(true);
  expect(await notes(gateway, 'last')).toHaveLength(20 - left.length);
  expect(left.length).toBeGreaterThan(0);
});
