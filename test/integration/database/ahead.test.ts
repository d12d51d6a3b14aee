import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ForeignSession, StatementRefused } from '../../../src/database/errors.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { type Library, openLibrary, ormOf, reading, writing } from './library.ts';

let library: Library;
let database: TenantDatabase;
let proxy: TcpProxy;
let north: string;
let south: string;

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  proxy = await startTcpProxy(library.database.url('gateway'));
  database = library.connect({ url: proxy.through(library.database.url('gateway')), maxConnections: 1 });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await library[Symbol.asyncDispose]();
});

const INSERT = 'insert into author (id, name) values ($1, $2)';
let ids = 1000;

/** How often the server was asked for an answer while the work was done. */
async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.sent.length;
  await work();
  return proxy.sent.slice(before).filter(({ type }) => type === 'S').length;
}

async function names(...of: number[]): Promise<string[]> {
  const { rows } = await library.admin.query(
    `select name from ${north}.author where id = any ($1) order by id`,
    [of],
  );
  return rows.map(({ name }) => name);
}

describe('a statement that travels with others', () => {
  test('[DO] takes no round trip of its own, and is kept', async () => {
    const [first, second, third] = [++ids, ++ids, ++ids];
    await using transaction = database.begin(writing(north));
    await transaction.execute(INSERT, [first, 'first']);
    const trips = await roundTrips(async () => {
      await transaction.executeAhead(INSERT, [second, 'with a statement']);
      await transaction.execute('select 1');
      await transaction.executeAhead(INSERT, [third, 'with COMMIT']);
      await transaction.commit();
    });
    expect(trips).toBe(2);
    expect(transaction.statements).toBe(4);
    expect(await names(first, second, third)).toEqual(['first', 'with a statement', 'with COMMIT']);
  });

  test('[DO] runs at its place in the order', async () => {
    const id = ++ids;
    await using transaction = database.begin(writing(north));
    await transaction.execute('select 1');
    await transaction.executeAhead(INSERT, [id, 'one']);
    await transaction.executeAhead('update author set name = name || $2 where id = $1', [id, ', two']);
    const { rows } = await transaction.execute('select name from author where id = $1', [id]);
    expect(rows).toEqual([{ name: 'one, two' }]);
  });

  test('[DO] is sent at once when it is the first', async () => {
    const id = ++ids;
    await using transaction = database.begin(writing(north));
    await transaction.executeAhead(INSERT, [id, 'alone']);
    await transaction.commit();
    expect(await names(id)).toEqual(['alone']);
  });

  test('[SD] its failure is the failure of the statement that it travels with', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.execute('select 1');
    await transaction.executeAhead(INSERT, [1, 'Ada is there already']);
    await expect(transaction.execute('select 1')).rejects.toMatchObject({ code: '23505' });
  });

  test('[SC SD] fails at COMMIT: nothing is kept, and the connection is clean', async () => {
    const id = ++ids;
    const transaction = database.begin(writing(north));
    await transaction.execute(INSERT, [id, 'lost']);
    await transaction.executeAhead(INSERT, [1, 'Ada is there already']);
    await expect(transaction.commit()).rejects.toMatchObject({ code: '23505' });
    expect(transaction.state).toBe('rolled back');
    expect(await names(id)).toEqual([]);

    const { connections } = proxy;
    await using next = database.begin(writing(south));
    const { rows } = await next.execute('select current_user as me');
    expect(rows).toEqual([{ me: south }]);
    expect(proxy.connections).toBe(connections);
  });

  test('[SD] what a nested transaction undoes was not sent behind its back', async () => {
    const [kept, undone] = [++ids, ++ids];
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      const em = ormOf(database).em.fork();
      await em.begin();
      await em.execute('select 1');
      await transaction.executeAhead(INSERT, [kept, 'before']);
      const undoing = em.transactional(async () => {
        await transaction.executeAhead(INSERT, [undone, 'inside']);
        throw new Error('no');
      });
      await expect(undoing).rejects.toThrow('no');
      await em.commit();
    });
    await transaction.commit();
    expect(await names(kept, undone)).toEqual(['before']);
  });

  test('[DO SI] is guarded as any other, and is nobody else’s', async () => {
    await using transaction = database.begin(writing(north));
    await transaction.execute('select 1');
    await expect(transaction.executeAhead('commit')).rejects.toThrow(StatementRefused);
    await using other = database.begin(writing(south));
    await other.run(() =>
      expect(transaction.executeAhead(INSERT, [++ids, 'foreign'])).rejects.toThrow(ForeignSession),
    );
  });

  test('[DO] a transaction that only reads refuses it at once', async () => {
    await using transaction = database.begin(reading(north));
    await transaction.execute('select 1');
    await expect(transaction.executeAhead(INSERT, [++ids, 'never'])).rejects.toMatchObject({ code: '25006' });
  });
});
