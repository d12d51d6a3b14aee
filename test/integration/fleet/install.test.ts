import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { installOpener, storeOpenerKey } from '../../../src/audit/opener.ts';
import { examine } from '../../../src/database/doctor.ts';
import { type Login, loginUrl } from '../../../src/database/keys.ts';
import { install } from '../../../src/fleet/install.ts';
import { assemble, open, outcomeOf } from '../../isolation/cast.ts';
import { createPlainDatabase } from '../../isolation/plain-database.ts';
import { createDatabase, MASTER_KEY } from '../../support/database.ts';

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const openDoors = (url: string) =>
  withClient(url, async (client) => (await examine(client)).filter(({ state }) => state === 'open'));

test('[SI] a plain database is installed whole: doors shut, four logins that can connect, one segment and generation', async () => {
  await using database = await createPlainDatabase();
  await install({ adminUrl: database.adminUrl, masterKey: MASTER_KEY });
  expect(await openDoors(database.adminUrl)).toEqual([]);
  for (const login of ['owner', 'gateway', 'directory', 'worker'] satisfies Login[]) {
    const url = loginUrl(database.adminUrl, MASTER_KEY, login);
    const { rows } = await withClient(url, (client) => client.query('select session_user as name'));
    expect(rows).toEqual([{ name: `insula_${login}` }]);
  }
  const { rows } = await withClient(database.adminUrl, (client) =>
    client.query(
      `select (select count(*)::int from insula.segment) as segments, (select count(*)::int from insula.generation) as generations,
         (select count(*)::int from insula.opener_key) as keys,
         (select datdba::regrole::text from pg_database where datname = current_database()) as owner`,
    ),
  );
  expect(rows).toEqual([{ segments: 1, generations: 1, keys: 1, owner: 'insula_owner' }]);
});

test('[SI] installing again, four times at once, changes nothing', async () => {
  await using database = await createDatabase();
  const state = () =>
    withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query(
        `select (select json_agg(r order by rolname) from (
             select rolname, rolpassword, rolinherit, rolcreaterole from pg_authid where rolname like 'insula\\_%') r) as roles,
           (select json_agg(k order by slot) from insula.opener_key k) as keys,
           (select n from insula.generation) as generation,
           (select md5(string_agg(proacl::text, ',' order by oid)) from pg_proc) as routines,
           (select md5(string_agg(relacl::text, ',' order by oid)) from pg_class) as relations`,
      );
      return rows[0];
    });
  const before = await state();
  const again = () => install({ adminUrl: database.adminUrl, masterKey: MASTER_KEY });
  await Promise.all([again(), again(), again(), again()]);
  expect(await state()).toEqual(before);
});

test('[SI] two databases of one server are installed at once', async () => {
  await using one = await createPlainDatabase();
  await using two = await createPlainDatabase();
  await Promise.all([one, two, one, two].map(({ adminUrl }) => install({ adminUrl, masterKey: MASTER_KEY })));
  expect(await openDoors(one.adminUrl)).toEqual([]);
  expect(await openDoors(two.adminUrl)).toEqual([]);
});

test('[SI] what someone opened by hand is shut by installing again', async () => {
  await using database = await createDatabase();
  await withClient(database.adminUrl, (client) =>
    client.query(
      'grant execute on function set_config(text, text, boolean) to public; grant usage on schema public to public',
    ),
  );
  expect((await openDoors(database.adminUrl)).map(({ door }) => door)).toEqual(['settings', 'schema public']);
  await install({ adminUrl: database.adminUrl, masterKey: MASTER_KEY });
  expect(await openDoors(database.adminUrl)).toEqual([]);
});

test('[SI] a login that is no superuser is told so in one line, and nothing changes', async () => {
  await using database = await createDatabase();
  await expect(install({ adminUrl: database.url('owner'), masterKey: MASTER_KEY })).rejects.toThrow(
    /^insula_owner is no superuser: [^\n]+\.$/,
  );
});

test("[SI] the opener's key before the current one stays valid, the one before that does not", async () => {
  await using cast = await assemble();
  const [first, second, third] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
  const store = (key = Buffer.alloc(0)) => cast.as('owner', (owner) => storeOpenerKey(owner, key));
  const valid = (key = Buffer.alloc(0)) =>
    cast.as('gateway', (gateway) => outcomeOf(open(gateway, cast.own, { id: randomUUID() }, { key })));
  await store(first);
  await store(second);
  await store(second);
  expect([await valid(first), await valid(second), await valid(third)]).toEqual(['done', 'done', '42501']);
  await store(third);
  expect([await valid(first), await valid(second), await valid(third)]).toEqual(['42501', 'done', 'done']);
  await cast.as('owner', installOpener);
  expect(await valid(third)).toBe('done');
});

test('[SI] a key that is longer than a block of HMAC is refused', async () => {
  await using cast = await assemble();
  await cast.as('owner', (owner) =>
    expect(storeOpenerKey(owner, Buffer.alloc(65))).rejects.toThrow(RangeError),
  );
});
