import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { databaseUrl } from '../../src/database/client.ts';
import { startEmbedded } from '../../src/database/embedded/index.ts';
import type { Place } from '../data/place.ts';

/**
 * One tuning for all. Commits don't wait for the disk, whose speed would otherwise be what the create request measures;
 * checkpoints and vacuums stay out of the timed rounds.
 */
const SETTINGS = {
  shared_buffers: '1GB',
  synchronous_commit: 'off',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  jit: 'off',
  random_page_cost: '1.1',
  max_connections: '200',
  max_locks_per_transaction: '1024',
} as const;

export interface BenchServer extends AsyncDisposable {
  readonly pid: number;
  readonly version: string;
  /** A database of that name, made when it is missing. */
  place(name: string): Promise<Place>;
}

const DATA = fileURLToPath(new URL('../.data/', import.meta.url));

/**
 * Starts PostgreSQL in a folder that keeps its data for the next run.
 *
 * @param data where such folders are; the one beside this code is not under version control
 */
export async function startDatabase(name: string, data: string = DATA): Promise<BenchServer> {
  const directory = join(resolve(data), name);
  mkdirSync(directory, { recursive: true });
  const keyFile = join(directory, 'master.key');
  if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  const masterKey = Buffer.from(readFileSync(keyFile, 'utf8'), 'base64');
  const server = await startEmbedded({ directory: join(directory, 'postgres'), settings: SETTINGS });
  return {
    pid: server.pid,
    version: await asAdmin(server.url, (admin) => single(admin, 'show server_version')),
    async place(name) {
      await asAdmin(server.url, async (admin) => {
        const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
        if (rowCount === 0) await admin.query(`create database ${pg.escapeIdentifier(name)}`);
      });
      return { url: databaseUrl(server.url, name), masterKey };
    },
    [Symbol.asyncDispose]: server.stop,
  };
}

/** Runs `work` as superuser. */
export async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function single(admin: pg.Client, text: string): Promise<string> {
  const { rows } = await admin.query<{ server_version: string }>(text);
  return rows[0]?.server_version.split(' ')[0] ?? '';
}
