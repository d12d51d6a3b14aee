import { readFileSync } from 'node:fs';
import { renderForTenant } from '../audit/render.ts';
import type { Executor } from '../database/client.ts';
import type { EnqueueInto } from '../session/jobs.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const OUTBOX_SQL = read('./outbox.sql');
const TENANT_SQL = read('./tenant.sql');

/** Installs the outbox. Run as insula_owner after the catalog; may be run again. */
export async function installOutbox(client: Executor): Promise<void> {
  await client.query(OUTBOX_SQL);
}

/** The statements that let a tenant enqueue jobs. Run as insula_owner after the tenant's audit trail. */
export function jobObjects(tenant: string): string {
  return renderForTenant(TENANT_SQL, tenant);
}

/**
 * Writes a job into the outbox: an INSERT in the operation's transaction, kept or undone with it, that takes no round
 * trip of its own.
 */
export const enqueueInto: EnqueueInto = async (transaction, job, payload) => {
  await transaction.executeAhead('select enqueue($1, $2::jsonb)', [job, JSON.stringify(payload)]);
};
