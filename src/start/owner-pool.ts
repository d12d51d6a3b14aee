import pg from 'pg';
import type { Config } from '../config.ts';
import { loginUrl } from '../database/keys.ts';

/**
 * How often a connection is used before another takes its place. Its backend keeps about half a megabyte of each tenant
 * that it made or migrated, for good.
 */
const USES = 100;

/** Connections of insula_owner, who may change the catalog and every schema. To be ended by the caller. */
export function createOwnerPool(databaseUrl: string, masterKey: Buffer): pg.Pool {
  const owner = new pg.Pool({
    connectionString: loginUrl(databaseUrl, masterKey, 'owner'),
    application_name: 'insula owner',
    maxUses: USES,
  });
  // An idle connection that breaks is nobody's loss: whoever needs one gets another, or the error with it. And end()
  // resolves before the connections have closed, so a server that stops next still reaches them.
  owner.on('error', () => undefined);
  return owner;
}

/** Runs `work` with connections of insula_owner, and closes them after it. */
export async function withOwnerPool<T>(config: Config, work: (owner: pg.Pool) => Promise<T>): Promise<T> {
  const owner = createOwnerPool(config.DATABASE_URL, config.INSULA_MASTER_KEY);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
