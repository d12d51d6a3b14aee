import pg from 'pg';
import type { TestProject } from 'vitest/node';
import setupPostgres from './global-postgres.ts';
import { findPgBouncer, startPgBouncer } from './pgbouncer.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The PgBouncer before the run's server, where the tests run through one. */
    pooler?: { host: string; port: number };
  }
}

/** As few as may be: many sessions have to share a backend. */
const POOL_SIZE = 2;

/** The run's PostgreSQL, and a PgBouncer before it that the gateway's login goes through. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  assertAvailable();
  const teardown = await setupPostgres(project);
  try {
    const { host, port, superuser: user, password } = project.getProvidedContext().postgres;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    const { rows } = await client.query(
      `select rolpassword as secret from pg_authid where rolname = 'insula_gateway'`,
    );
    await client.end();
    const pooler = await startPgBouncer({
      server: { host, port },
      users: { insula_gateway: rows[0].secret },
      poolSize: POOL_SIZE,
    });
    project.provide('pooler', { host: pooler.host, port: pooler.port });
    return async () => {
      await pooler[Symbol.asyncDispose]();
      await teardown();
    };
  } catch (error) {
    await teardown();
    throw error;
  }
}

function assertAvailable(): void {
  try {
    findPgBouncer();
  } catch (error) {
    process.stderr.write(`test:pooler: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
