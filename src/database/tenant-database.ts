import { AsyncLocalStorage } from 'node:async_hooks';
import { createSecretKey } from 'node:crypto';
import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import type { Dialect } from 'kysely';
import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';
import type { PoolGauges } from '../telemetry/pool-metrics.ts';
import type { ObservedStatement } from '../telemetry/statement-spans.ts';
import { createTenantDialect } from './dialect.ts';
import { outcomeOf } from './outcome.ts';
import { Pool } from './pool.ts';
import { PostgresTransaction } from './postgres-transaction.ts';
import type { Operation, TenantTransaction, TransactionOptions } from './transaction.ts';

export interface TenantDatabaseOptions {
  /** The server's address, with the gateway's login. */
  readonly url: string;
  /** The key that signs operations, see `openerKey`. */
  readonly openerKey: Buffer;
  readonly maxConnections: number;
  /** How long an operation waits for a connection, in milliseconds. */
  readonly connectionTimeout: number;
  readonly logger: Pick<Logger, 'warn'>;
  /**
   * How long a transaction may wait for its next statement, in milliseconds.
   *
   * @default 10_000
   */
  readonly idleInTransactionTimeout?: number;
  /**
   * How long a statement may wait for a lock, in milliseconds.
   *
   * @default 5_000
   */
  readonly lockTimeout?: number;
  /**
   * How long `outcome` waits for a transaction that is still running, in milliseconds. It should outlast
   * `idleInTransactionTimeout` and every statement timeout.
   *
   * @default 30_000
   */
  readonly outcomeTimeout?: number;
  /**
   * How long a connection is kept without work, in milliseconds.
   *
   * @default 60_000
   */
  readonly idleTimeout?: number;
  /**
   * Bytes that the named statements of one connection may take at the server. PgBouncer before 1.21 in transaction mode
   * needs 0: no names.
   *
   * @default 8 MiB
   */
  readonly statementMemory?: number;
  /**
   * Bytes that a connection's backend may keep before another takes its place; 0 for no limit.
   *
   * @default 0
   */
  readonly backendMemory?: number;
  /** Told of every statement when it was answered, inside the asynchronous context that asked for it. */
  readonly onQuery?: (statement: ObservedStatement) => void;
}

/** PostgreSQL, for the transactions of tenants. */
export interface TenantDatabase extends AsyncDisposable {
  /** A transaction that takes a connection with its first statement. */
  begin(options: TransactionOptions): TenantTransaction;
  /** Where MikroORM and Kysely send their statements: to the transaction whose `run` they are inside. */
  readonly dialect: Dialect;
  /**
   * What became of an operation whose COMMIT was not answered: waits for its transaction if it still runs, and makes
   * sure that an operation that was not committed never will be.
   *
   * @throws when the database can't be asked
   */
  outcome(tenant: string, operation: Operation): Promise<'committed' | 'rolled back'>;
  readonly pool: PoolGauges;
}

const MEBIBYTE = 2 ** 20;

/** The oid of `text[]`. */
const TEXT_ARRAY: number = 1009;

const TENANT = /^[a-z_][a-z0-9_]{0,62}$/;

/** Opens no connection yet. */
export function createTenantDatabase(options: TenantDatabaseOptions): TenantDatabase {
  const { url, openerKey, maxConnections, connectionTimeout, logger, onQuery } = options;
  const { idleInTransactionTimeout = 10_000, lockTimeout = 5_000, outcomeTimeout = 30_000 } = options;
  const { idleTimeout = 60_000, statementMemory = 8 * MEBIBYTE, backendMemory = 0 } = options;
  const pool = new Pool({
    url,
    maxConnections,
    connectionTimeout,
    idleTimeout,
    statementMemory,
    backendMemory,
    logger,
    types: typeParsers(),
  });
  const active = new AsyncLocalStorage<PostgresTransaction>();
  const session = { openerKey: createSecretKey(openerKey), lockTimeout, idleInTransactionTimeout };

  return {
    begin(transaction) {
      if (!TENANT.test(transaction.tenant)) throw new Error('A tenant id is a plain lower-case name.');
      if (transaction.access === 'read write' && !transaction.operation) {
        throw new Error('A transaction that writes belongs to an operation.');
      }
      if (transaction.access === 'read write' && transaction.single) {
        throw new Error(
          'A transaction that writes begins with its operation: it is never a single statement.',
        );
      }
      return new PostgresTransaction(transaction, { pool, session, active, onQuery });
    },
    dialect: createTenantDialect(active),
    outcome: (tenant, operation) => outcomeOf(tenant, operation, { pool, session, timeout: outcomeTimeout }),
    pool,
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** The parsers that MikroORM gives its own pool: it reads dates, timestamps and intervals as text. */
function typeParsers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  const textArray = pg.types.getTypeParser(TEXT_ARRAY);
  for (const [oid, parse] of Object.entries(createPostgreSqlTypeParsers(textArray))) {
    types.setTypeParser(Number(oid), parse);
  }
  return types;
}
