import { readFileSync } from 'node:fs';
import type { Executor } from './client.ts';
import type { PostgresConnection } from './wire/connection.ts';

const MEMORY_SQL = readFileSync(new URL('./backend-memory.sql', import.meta.url), 'utf8');

const MEMORY = 'select insula.backend_memory() as bytes';

/** Milliseconds. */
const PATIENCE = 5_000;

/** Lets insula_owner see what a backend has taken. As a superuser; may be run again. */
export async function permitBackendMemory(client: Executor): Promise<void> {
  await client.query('grant execute on function pg_catalog.pg_get_backend_memory_contexts() to insula_owner');
}

/** Lets the gateway's login ask for the memory of its own backends. As insula_owner; may be run again. */
export async function installBackendMemory(client: Executor): Promise<void> {
  await client.query(MEMORY_SQL);
}

/**
 * The memory that the backend of a connection has taken, in bytes. That takes milliseconds where a backend has served
 * hundreds of tenants.
 *
 * @throws ConnectionLost
 * @throws pg.DatabaseError when the function is not there: `insula install` makes it
 */
export async function readBackendMemory(connection: PostgresConnection): Promise<number> {
  const name = connection.prepared.prepare(MEMORY, 0);
  const { answer } = await connection.run(
    [{ kind: 'statement', text: MEMORY, values: [], keepRows: true, ...name }],
    PATIENCE,
  );
  return Number(answer.rows[0]?.bytes);
}
