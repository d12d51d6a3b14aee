import pg from 'pg';
import { readLogins } from '../database/doors/doors.ts';
import { setLimits } from '../database/doors/shut.ts';
import { LOGINS, type Login, loginPassword } from '../database/keys.ts';
import { isPassword, scramVerifier } from '../database/scram.ts';

/** None inherits what it is a member of: a tenant's role is taken by name or not at all. */
const ATTRIBUTES = 'login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls';

/**
 * Makes the logins what they should be, with the passwords that follow from the master key; changes only what differs.
 * They belong to the whole server: a table that all its databases share keeps other installations out. Needs a
 * superuser, in a transaction.
 */
export async function installLogins(client: pg.ClientBase, masterKey: Buffer): Promise<void> {
  await client.query('lock table pg_catalog.pg_authid in share row exclusive mode');
  for (const { name, fault } of await readLogins(client)) {
    if (!fault) continue;
    await client.query(`do $$ begin create role ${name}; exception when duplicate_object then null; end $$`);
    await client.query(`alter role ${name} ${ATTRIBUTES}`);
  }
  await setLimits(client);
  for (const login of LOGINS) await setPassword(client, login, loginPassword(masterKey, login));
}

async function setPassword(client: pg.ClientBase, login: Login, password: string): Promise<void> {
  const role = `insula_${login}`;
  const { rows } = await client.query<{ stored: string | null; iterations: string }>(
    `select rolpassword as stored, current_setting('scram_iterations') as iterations
     from pg_catalog.pg_authid where rolname = $1`,
    [role],
  );
  const [state] = rows;
  if (!state || isPassword(password, state.stored)) return;
  const verifier = pg.escapeLiteral(scramVerifier(password, Number(state.iterations)));
  await client.query(`alter role ${role} password ${verifier}`);
}
