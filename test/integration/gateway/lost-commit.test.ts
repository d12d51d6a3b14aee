import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const ADD = 'mutation Add($text: String!) { addNote(input: { text: $text }) { note { text } } }';

/** COMMIT takes a second: a trigger that runs at the very end sleeps. */
const SLOW_COMMIT = `
  create function sleepy() returns trigger language plpgsql security definer as $$
    begin perform pg_catalog.pg_sleep(1); return null; end $$;
  grant execute on function sleepy() to public;
  create constraint trigger sleepy after insert on note deferrable initially deferred
    for each row when (new.text = 'slow') execute function sleepy()`;

describe.each(DOORS)('a COMMIT whose answer is lost (doors: %s)', (doors) => {
  let proxy: TcpProxy;
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      async through(url) {
        proxy = await startTcpProxy(url);
        return proxy.through(url);
      },
    });
    await gateway.rows('north', SLOW_COMMIT);
  });
  afterAll(async () => {
    // The server may not have noticed yet that the clients of lost connections are gone.
    await gateway.rows(
      'north',
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = 'insula_gateway'`,
    );
    await gateway[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    proxy.spoils = 1;
  });

  const add = (text: string) => gateway.ask({ tenant: 'north', query: ADD, variables: { text } });
  const count = async (text: string) =>
    (await gateway.rows('north', 'select from note where text = $1', [text])).length;

  test('[SC] and that was kept, is told as kept', async () => {
    proxy.atCommit = 'lose the answer';
    const reply = await add('kept');
    expect([reply.status, reply.body]).toEqual([200, { data: { addNote: { note: { text: 'kept' } } } }]);
    expect(await count('kept')).toBe(1);
    expect(await gateway.logLine(reply)).toMatchObject({ attempts: 1, outcome: 'ok' });
  });

  test('[SC] and that never arrived, is done again, once', async () => {
    proxy.atCommit = 'lose the request';
    const reply = await add('never arrived');
    expect([reply.status, reply.body.errors]).toEqual([200, undefined]);
    expect(await count('never arrived')).toBe(1);
    expect(await gateway.logLine(reply)).toMatchObject({ attempts: 2, outcome: 'ok' });
  });

  test('[SC] while it is still running, is waited for', async () => {
    proxy.atCommit = 'lose the answer';
    const began = performance.now();
    const reply = await add('slow');
    expect([reply.status, reply.body.errors]).toEqual([200, undefined]);
    expect(await count('slow')).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  test('[SC] and that can never be made, says that nothing was kept', async () => {
    proxy.atCommit = 'lose the request';
    // Each attempt needs two: its own, and the one that makes sure.
    proxy.spoils = Number.POSITIVE_INFINITY;
    const reply = await add('in vain');
    expect(reply.status).toBe(503);
    expect(reply.body.data).toBeNull();
    expect(reply.code).toBe('COMMIT_UNKNOWN');
    proxy.spoils = 0;
    expect(await count('in vain')).toBe(0);
    expect((await add('afterwards')).status).toBe(200);
  });
});
