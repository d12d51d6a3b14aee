import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { fleetProblems } from './errors.ts';

const PROTECTION = readFileSync(new URL('./protection.sql', import.meta.url), 'utf8');

/** Planning takes four times as long as running: a name has it planned once for each connection and search path. */
const NAME = 'insula protection';

/** Either: what is wrong and can't be mended, or what mends it. */
interface Lack {
  readonly fault: string | null;
  readonly statement: string | null;
}

/**
 * Protects every table of a tenant's schema: privileges for the tenant's role and nobody else, audit triggers, a version
 * column, an index on each foreign key; views run with their reader's rights. All of it follows from the tables that
 * are there, so it is run after every migration, in its transaction; where nothing is missing it costs one query.
 *
 * @param client connected as insula_owner
 * @throws Problem `TABLE_NOT_PROTECTED` when something can't be protected: then the migration has failed
 */
export async function protect(client: pg.ClientBase, tenantId: string): Promise<void> {
  const lacks = await readLacks(client, tenantId);
  if (lacks.length === 0) return;
  await client.query(lacks.map((lack) => lack.statement).join(';\n'));
  const [left] = await readLacks(client, tenantId);
  if (left) throw fleetProblems.TABLE_NOT_PROTECTED(`This has no effect: ${left.statement}`);
}

async function readLacks(client: pg.ClientBase, tenantId: string): Promise<Lack[]> {
  const { rows } = await client.query<Lack>({ name: NAME, text: PROTECTION, values: [tenantId] });
  const [first] = rows;
  if (first?.fault) throw fleetProblems.TABLE_NOT_PROTECTED(`${first.fault}.`);
  return rows;
}
