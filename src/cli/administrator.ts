import type pg from 'pg';
import { readSettings } from '../config.ts';
import { withClient } from '../database/client.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';

/**
 * Works with the login that DATABASE_URL names, or with the embedded server's superuser. Any database will do, also one
 * that was never installed.
 *
 * @param name what the database is told of who connects
 */
export async function withAdministrator<Result>(
  { environment }: Cli,
  name: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const settings = readSettings(environment, 'development');
  if (settings.DATABASE_URL !== undefined) return withClient({ url: settings.DATABASE_URL, name }, work);
  await using database = await openDatabase(settings);
  return await withClient({ url: database.config.DATABASE_URL, name }, work);
}
