import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Executor } from '../database/client.ts';

/** An operation of the system itself: a migration, the making of a tenant. */
export interface SystemOperation {
  /** Who acts, such as `system:migrate`. */
  readonly actor: string;
  /** What it does, such as `migration:customers/0001-initial`. */
  readonly name: string;
}

/**
 * Opens an operation as insula_owner, who needs no signature: the tables are its own. The first one in a transaction
 * counts; for the ones after it nothing happens.
 */
export async function openSystemOperation(
  client: Executor,
  tenant: string,
  { actor, name }: SystemOperation,
): Promise<void> {
  const id = randomUUID();
  await client.query(
    `insert into ${pg.escapeIdentifier(tenant)}.operation (seg, id, actor, name, request_id)
     select n, $1, $2, $3, $4 from insula.segment
     on conflict (seg, xid) do nothing`,
    // No request asked for it: it stands for itself.
    [id, actor, name, id],
  );
}
