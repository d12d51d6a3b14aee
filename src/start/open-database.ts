import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, type Settings } from '../config.ts';
import { databaseUrl, withClient } from '../database/client.ts';
import { startEmbedded } from '../database/embedded/index.ts';
import { sqlState } from '../database/failures.ts';
import { makeMasterKey, readMasterKey } from './master-key.ts';

/** A database that can be reached, and the settings completed with its address and key. */
export interface OpenDatabase extends AsyncDisposable {
  readonly config: Config;
  /** Whether it is the embedded one; disposing of this stops it, unless another process uses it. */
  readonly embedded: boolean;
  /** Whether it ran before, and so goes on afterwards. */
  readonly running: boolean;
}

export interface OpenDatabaseOptions {
  /**
   * Makes the embedded database and the development's key where there are none.
   *
   * @default false
   */
  readonly create?: boolean;
}

/**
 * Finds the database that the settings name: the one of DATABASE_URL, or the embedded one, which is joined when it runs
 * and started when not.
 *
 * @throws ConfigError when there is none and none may be made, or its key is unknown
 */
export async function openDatabase(
  settings: Settings,
  { create = false }: OpenDatabaseOptions = {},
): Promise<OpenDatabase> {
  const { DATABASE_URL: url, INSULA_DIRECTORY: directory } = settings;
  const home = join(directory, 'postgres');
  if (url === undefined && !create && !existsSync(join(home, 'data'))) {
    throw new ConfigError(
      `There is no database in ${directory}/ yet: run "insula start", or set DATABASE_URL.`,
    );
  }
  if (create) makeDirectory(directory);
  const masterKey =
    settings.INSULA_MASTER_KEY ?? (create ? makeMasterKey(directory) : readMasterKey(directory));
  if (!masterKey) {
    throw new ConfigError(`INSULA_MASTER_KEY: Missing, and ${directory}/ holds none either.`);
  }
  if (url !== undefined) {
    const config = { ...settings, DATABASE_URL: url, INSULA_MASTER_KEY: masterKey };
    return { config, embedded: false, running: true, async [Symbol.asyncDispose]() {} };
  }
  const server = await startEmbedded({ directory: home });
  try {
    const address = await makeDatabase(server.url, 'insula');
    const config = { ...settings, DATABASE_URL: address, INSULA_MASTER_KEY: masterKey };
    return { config, embedded: true, running: server.adopted, [Symbol.asyncDispose]: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const DUPLICATE_DATABASE = '42P04';
/** Of two that make it in the same moment, one finds its name taken in the system catalog. */
const UNIQUE_VIOLATION = '23505';

/** Nothing in the directory is for version control. */
function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const ignore = join(directory, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

async function makeDatabase(adminUrl: string, name: string): Promise<string> {
  await withClient({ url: adminUrl, name: 'insula start' }, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  }).catch((error: unknown) => {
    const otherWasFaster = [DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes(sqlState(error) ?? '');
    if (!otherWasFaster) throw error;
  });
  return databaseUrl(adminUrl, name);
}
