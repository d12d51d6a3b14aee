import pg from 'pg';
import type { Config } from '../config.ts';
import { loginUrl } from '../database/keys.ts';

/** Runs `work` with connections of insula_owner, who may change the catalog and every schema, and closes them after it. */
export async function withOwnerPool<T>(config: Config, work: (owner: pg.Pool) => Promise<T>): Promise<T> {
  const owner = new pg.Pool({
    connectionString: loginUrl(config.DATABASE_URL, config.INSULA_MASTER_KEY, 'owner'),
    application_name: 'insula owner',
  });
  // An idle connection that breaks is nobody's loss: whoever needs one gets another, or the error with it. And end()
  // resolves before the connections have closed, so a server that stops next still reaches them.
  owner.on('error', () => undefined);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
