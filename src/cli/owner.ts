import type pg from 'pg';
import { type Config, readSettings } from '../config.ts';
import { openDatabase } from '../start/open-database.ts';
import { withOwnerPool } from '../start/owner-pool.ts';
import type { Cli } from './cli.ts';

/**
 * Runs `work` as insula_owner on the database that the settings name. The embedded database is started for it when it
 * does not run.
 */
export async function withOwner<T>(
  { environment }: Cli,
  work: (owner: pg.Pool, config: Config) => Promise<T>,
): Promise<T> {
  await using database = await openDatabase(readSettings(environment, 'development'));
  return await withOwnerPool(database.config, (owner) => work(owner, database.config));
}
