import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { auditObjects, renderForTenant } from '../audit/render.ts';
import { jobObjects } from '../jobs/outbox.ts';
import { protect } from './protect.ts';

const TENANT_SQL = readFileSync(new URL('./tenant.sql', import.meta.url), 'utf8');

/**
 * Grows with every change of what `applyBaseObjects` makes; `insula.tenant.base_version` has what a tenant was made or
 * last brought up to date with. The files can be run again, so there is one way for new and for old tenants.
 */
export const BASE_VERSION = 3;

/** What tenants had before base version 3, and nothing uses once their tables are protected anew. */
const OUTGROWN = `drop function if exists :"tenant".record_change(), :"tenant".refuse_truncate(),
  :"tenant".demand_operation(), :"tenant".open_segment()`;

/**
 * Makes, or brings up to date, what every tenant's schema has besides its modules' tables: the audit trail, the way to
 * the outbox, the jobs done, stored replies, the record of migrations. As insula_owner, in a transaction.
 */
export async function applyBaseObjects(client: pg.ClientBase, tenant: string): Promise<void> {
  await client.query(
    [auditObjects(tenant), jobObjects(tenant), renderForTenant(TENANT_SQL, tenant)].join('\n'),
  );
}

/** Brings a tenant's base objects up to date where they are behind; those of a newer release stay as they are. */
export async function upgradeBaseObjects(client: pg.ClientBase, tenant: string): Promise<void> {
  const { rowCount } = await client.query(
    'update insula.tenant set base_version = $2 where id = $1 and base_version < $2',
    [tenant, BASE_VERSION],
  );
  if (!rowCount) return;
  await applyBaseObjects(client, tenant);
  await protect(client, tenant);
  await client.query(renderForTenant(OUTGROWN, tenant));
}
