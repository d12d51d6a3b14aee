import type { Executor } from '../database/client.ts';
import { createMasterKeys, type MasterKeys, type WrappedKey } from '../encryption/master-keys.ts';

const STORE = 'insert into insula.wrapped_key (tenant, master, wrapped) values ($1, $2, $3)';

/** Makes the data key of a tenant that is being created. Run as insula_owner, in the transaction that makes the tenant. */
export async function makeTenantKey(client: Executor, tenant: string, masterKey: Buffer): Promise<void> {
  const { master, wrapped } = createMasterKeys({ current: masterKey }).make(tenant);
  await client.query(STORE, [tenant, master, wrapped]);
}

/** Makes the data keys of tenants that are older than encryption. Run as insula_owner; may be run again. */
export async function makeMissingTenantKeys(client: Executor, masterKey: Buffer): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    'select t.id from insula.tenant t where not exists (select from insula.wrapped_key k where k.tenant = t.id)',
  );
  const keys = createMasterKeys({ current: masterKey });
  for (const { id } of rows) {
    const { master, wrapped } = keys.make(id);
    // A tenant that is created at this moment brings its own.
    await client.query(`${STORE} on conflict (tenant) do nothing`, [id, master, wrapped]);
  }
}

export interface Rewrapping {
  /** Keys that are now under the current master key and were not before. */
  readonly rewrapped: number;
  /** Tenants whose key could not be unwrapped, with what is wrong. */
  readonly failed: readonly { readonly tenant: string; readonly message: string }[];
}

/**
 * Wraps the tenants' data keys under the current master key. The data keys stay, and what is encrypted with them: the
 * cost is a row for each tenant. Run as insula_owner; can be stopped and run again.
 */
export async function rewrapTenantKeys(client: Executor, keys: MasterKeys): Promise<Rewrapping> {
  const { rows } = await client.query<WrappedKey & { tenant: string }>(
    'select tenant, master, wrapped from insula.wrapped_key where master <> $1 order by tenant',
    [keys.current],
  );
  const failed: { tenant: string; message: string }[] = [];
  for (const { tenant, ...key } of rows) {
    try {
      const { master, wrapped } = keys.rewrap(tenant, key);
      await client.query(
        'update insula.wrapped_key set master = $2, wrapped = $3 where tenant = $1 and master = $4',
        [tenant, master, wrapped, key.master],
      );
    } catch (error) {
      failed.push({ tenant, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { rewrapped: rows.length - failed.length, failed };
}
