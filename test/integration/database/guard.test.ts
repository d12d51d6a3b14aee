import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StatementRefused } from '../../../src/database/errors.ts';
import { assertPlannable } from '../../../src/database/guard.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';
import { type Library, openLibrary, ormOf, reading, writing } from './library.ts';

let library: Library;
let database: TenantDatabase;
let north: string;
let south: string;

beforeAll(async () => {
  library = await openLibrary();
  [north, south] = library.tenants;
  database = library.connect({ maxConnections: 1 });
});
afterAll(() => library[Symbol.asyncDispose]());

const attacks = () => [
  'commit',
  'COMMIT',
  '(commit)',
  '/* */ commit',
  '-- x\ncommit',
  'rollback',
  'begin',
  `set role ${south}`,
  `set local role ${south}`,
  'set local role none',
  'reset role',
  `set local search_path = ${south}`,
  'explain select 1',
  'prepare x as select 1',
  'execute x',
  'deallocate all',
  'lock table book',
  'copy book to stdout',
  "do 'begin end'",
  'call p()',
  'listen x',
  'notify x',
  'savepoint a',
  'declare c cursor with hold for select 1',
  'discard all',
];

describe('texts of an attacker’s choice', () => {
  test('[DO] each way to the database refuses what is no plain statement, and nothing is sent', async () => {
    const em = ormOf(database).em.fork();
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      for (const attack of attacks()) {
        const ways = [
          () => transaction.execute(attack),
          () => em.execute(attack),
          () => em.execute(`${attack} ?`, ['a parameter']),
          () => em.getConnection().execute(attack),
          () => em.getKysely().executeQuery(CompiledQuery.raw(attack)),
          () => em.transactional((inner) => inner.execute(attack)),
        ];
        for (const way of ways) await expect(way(), attack).rejects.toThrow(StatementRefused);
      }
    });
    expect(transaction).toMatchObject({ state: 'idle', statements: 0 });
  });

  test('[DO] a second statement in the same text is refused by the server, with and without parameters', async () => {
    for (const attack of [
      'select 1; commit',
      `select 1; set local role ${south}`,
      'select 1;;commit',
      'values (1);select 2',
    ]) {
      for (const values of [[], ['x']]) {
        await using transaction = database.begin(writing(north));
        await expect(transaction.execute(attack, values)).rejects.toMatchObject({ code: '42601' });
        expect(transaction.state).toBe('open');
      }
    }
  });

  test('[DO] MikroORM’s own session option is refused: the driver alone takes a role', async () => {
    const { em } = ormOf(database);
    await using transaction = database.begin(writing(north));
    await transaction.run(async () => {
      const fork = em.fork({ session: { role: south } });
      await expect(fork.transactional((inner) => inner.execute('select 1'))).rejects.toThrow(
        StatementRefused,
      );
    });
  });

  test('[DO] an expression can’t change the role or the settings', async () => {
    for (const attack of [
      `select set_config('role', '${south}', true)`,
      `select set_config('search_path', '${south}', false)`,
      `select * from ${south}.book`,
      `update pg_settings set setting = '${south}' where name = 'role'`,
    ]) {
      await using transaction = database.begin(writing(north));
      await expect(transaction.execute(attack), attack).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('[DO] a temporary table can’t be made, nor stand in for a table', async () => {
    await using transaction = database.begin(writing(north));
    await expect(transaction.execute('select 1 as id into temporary book')).rejects.toMatchObject({
      code: '42501',
    });
  });
});

/** Texts made of pieces of SQL: far more of them are nearly valid than of random characters. */
const pieces = fc.constantFrom(
  ...[
    'select',
    'SELECT',
    'insert into t values',
    'update t set a = 1',
    'delete from t',
    'merge',
    'with',
    'values',
    'table',
    'table t',
  ],
  ...[
    'commit',
    'rollback',
    'begin',
    'set role x',
    'set',
    'reset',
    'prepare p as',
    'execute p',
    'lock',
    'copy t to stdout',
    'do',
    'call f()',
  ],
  ...[
    'explain',
    'declare c cursor for',
    'create table x as',
    'savepoint s',
    'into x',
    'for update',
    'returning *',
    'as',
    'recursive',
  ],
  ...[
    '1',
    "'a'",
    '(1)',
    '(',
    ')',
    ',',
    ';',
    '/* */',
    '/*',
    '*/',
    '--',
    '\n',
    '\t',
    '\v',
    '\u00a0',
    '$$',
    "e'\\''",
    '"a"',
    'a',
    't',
    'from',
    '*',
  ],
  ...['$1', '::int', 'union', 'all', 'where true', '\\', "U&'\\0061'", 'x', '(select 1)'],
);
const texts = fc
  .array(fc.tuple(pieces, fc.constantFrom('', ' ', ' ', ' ', '\n')), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.map(([piece, gap]) => piece + gap).join(''));

describe('fuzzed texts', () => {
  test('[DO] nothing that the guard accepts is anything but a plannable statement', async () => {
    const client = new pg.Client({ connectionString: library.database.adminUrl });
    await client.connect();
    await client.query('create temporary table t (a int)');
    const tally = { accepted: 0, parsed: 0, into: 0 };
    try {
      for (const text of fc.sample(texts, { numRuns: 8_000, seed: randomInt(2 ** 31) })) {
        if (!passes(text)) continue;
        tally.accepted++;
        if (!(await parses(client, text))) continue;
        tally.parsed++;
        // PREPARE takes plannable statements alone.
        const refusal = await client.query(`prepare probe as ${text}\n`).then(
          () => client.query('deallocate probe').then(() => undefined),
          (error: unknown) => error,
        );
        // One other exists: SELECT INTO makes a table, for which a tenant's role has no privilege.
        if (refusal && /into/i.test(text)) tally.into++;
        else expect(refusal, text).toBeUndefined();
      }
    } finally {
      await client.end();
    }
    expect(tally.accepted).toBeGreaterThan(1_000);
    expect(tally.parsed).toBeGreaterThan(100);
  });

  test('[DO] whatever is accepted leaves transaction and role as they were', async () => {
    for (const text of fc.sample(texts, { numRuns: 4_000, seed: randomInt(2 ** 31) }).filter(passes)) {
      await using transaction = database.begin(reading(north));
      await transaction.execute(text).catch((error) => expect(error, text).toBeInstanceOf(pg.DatabaseError));
      expect(transaction.state, text).toBe('open');
      const me = transaction.execute('select current_user as me').then(
        ({ rows }) => rows[0]?.me,
        ({ code }) => code,
      );
      // 25P02: it had failed, so nothing more is taken from it.
      expect([north, '25P02'], text).toContain(await me);
    }
  });
});

function passes(text: string): boolean {
  try {
    assertPlannable(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether the server takes a text as one statement of the extended protocol. Nothing is executed. */
function parses(client: pg.Client, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    let failed = false;
    client.query({
      submit(connection: pg.Connection) {
        connection.parse({ name: '', text, types: [] }, true);
        connection.sync();
        connection.once('readyForQuery', () => resolve(!failed));
      },
      handleError() {
        failed = true;
      },
      handleReadyForQuery() {},
    });
  });
}
