import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { classify } from '../../../src/database/failures.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { CommitLost, type Operation } from '../../../src/database/transaction.ts';
import { type CommitFate, startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { type Library, openLibrary, operation, reading, writing } from './library.ts';

let library: Library;
let proxy: TcpProxy;
let database: TenantDatabase;
let north: string;

beforeAll(async () => {
  library = await openLibrary();
  north = library.tenants[0];
  proxy = await startTcpProxy(library.database.url('gateway'));
});
beforeEach(() => {
  proxy.atCommit = 'pass';
  database = library.connect({
    url: proxy.through(library.database.url('gateway')),
    idleInTransactionTimeout: 700,
    outcomeTimeout: 10_000,
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await library[Symbol.asyncDispose]();
});

/** Writes one author in an operation of its own, whose COMMIT meets the given fate. Returns the author's id. */
let ids = 1000;
async function lose(fate: CommitFate, mine: Operation, seconds?: number): Promise<number> {
  const id = ++ids;
  const transaction = database.begin(writing(north, { operation: mine }));
  await transaction.execute('insert into author (id, name) values ($1, $2)', [id, 'Lost?']);
  if (seconds)
    await transaction.execute('insert into slow_commit (id, seconds) values ($1, $2)', [id, seconds]);
  proxy.atCommit = fate;
  const failure = await transaction.commit().catch((error: unknown) => error);
  proxy.atCommit = 'pass';
  expect(failure).toBeInstanceOf(CommitLost);
  expect(classify(failure)).toBe('connection');
  expect(transaction.state).toBe('broken');
  await transaction.rollback();
  return id;
}

async function kept(id: number): Promise<boolean> {
  const { rowCount } = await library.admin.query(`select from ${north}.author where id = $1`, [id]);
  return rowCount === 1;
}

describe('the answer to COMMIT is lost', () => {
  test('[SC] it was committed', async () => {
    const mine = operation();
    const id = await lose('lose the answer', mine);
    expect(await database.outcome(north, mine)).toBe('committed');
    expect(await kept(id)).toBe(true);
    // Asked again it says the same.
    expect(await database.outcome(north, mine)).toBe('committed');
  });

  test('[SC] COMMIT never reached the server', async () => {
    const mine = operation();
    const id = await lose('lose the request', mine);
    expect(await database.outcome(north, mine)).toBe('rolled back');
    expect(await kept(id)).toBe(false);
  });

  test('[SC] COMMIT still runs: it is waited for', async () => {
    const mine = operation();
    const id = await lose('lose the answer', mine, 0.8);
    expect(await kept(id)).toBe(false);
    const started = performance.now();
    expect(await database.outcome(north, mine)).toBe('committed');
    expect(performance.now() - started).toBeGreaterThan(500);
    expect(await kept(id)).toBe(true);
  });

  test('[SC] the server still waits in the transaction: it is waited for, and never committed later', async () => {
    const mine = operation();
    const id = await lose('hold the request', mine);
    expect(await database.outcome(north, mine)).toBe('rolled back');
    expect(await kept(id)).toBe(false);
    // The tombstone stands in the way of whoever comes later.
    const late = database.begin(writing(north, { operation: mine }));
    await expect(late.execute('select 1')).rejects.toMatchObject({
      code: '23505',
      constraint: 'operation_id',
    });
    await late.rollback();
  });

  test('[SC] the tombstone’s own COMMIT is lost: nothing is claimed', async () => {
    const mine = operation();
    await lose('lose the request', mine);
    proxy.atCommit = 'lose the answer';
    await expect(database.outcome(north, mine)).rejects.toThrow(/could not be settled/);
  });

  test('[SC] the database can’t be asked: nothing is claimed', async () => {
    const mine = operation();
    const id = await lose('lose the answer', mine);
    const unreachable = library.connect({ url: 'postgresql://x:y@127.0.0.1:1/nowhere' });
    await expect(unreachable.outcome(north, mine)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect.poll(() => kept(id)).toBe(true);
  });

  test('[SC] a read has nothing to lose: its COMMIT is not waited for', async () => {
    const transaction = database.begin(reading(north));
    await transaction.execute('select 1');
    proxy.atCommit = 'lose the answer';
    await transaction.commit();
    expect(transaction.state).toBe('committed');
    proxy.atCommit = 'pass';
    await using next = database.begin(reading(north));
    await next.execute('select 1');
  });
});
