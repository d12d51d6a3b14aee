import type { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import { ForeignSession, NoTenantSession, TransactionEnded } from './errors.ts';
import { openLevel, quotedName, releaseLevel, undoLevel } from './nesting.ts';
import type { PostgresTransaction } from './postgres-transaction.ts';
import type { Answer } from './wire/answer.ts';

/**
 * A Kysely dialect over the transactions of tenants: whoever asks for a connection gets the transaction whose `run`
 * the asker is inside. BEGIN, COMMIT and savepoints are methods here and never pass as texts.
 *
 * The first transaction that MikroORM or Kysely begins is the operation's own: nothing is sent for its begin and
 * commit, and its rollback rolls the operation back. Those begun inside it are savepoints.
 */
export function createTenantDialect(active: AsyncLocalStorage<PostgresTransaction>): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new TenantDriver(active),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class TenantDriver implements Driver {
  readonly #active: AsyncLocalStorage<PostgresTransaction>;
  #savepoints = 0;

  constructor(active: AsyncLocalStorage<PostgresTransaction>) {
    this.#active = active;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Handle> {
    const transaction = this.#active.getStore();
    if (!transaction) throw new NoTenantSession();
    return new Handle(transaction, this.#active);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const owner = handleOf(connection);
    const { transaction } = owner;
    transaction.assertUsable();
    assertSame(settings, transaction);
    const { empty } = transaction.levels;
    const savepoint = empty ? undefined : quotedName(`transaction ${++this.#savepoints}`);
    await openLevel(transaction, { owner, savepoint, nested: false });
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const owner = handleOf(connection);
    await releaseLevel(owner.transaction, owner.transaction.levels.transactionOf(owner));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const owner = handleOf(connection);
    const level = owner.transaction.levels.transactionOf(owner);
    if (!level) return;
    await undoLevel(owner.transaction, level);
    owner.transaction.levels.end(level);
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    const owner = handleOf(connection);
    await openLevel(owner.transaction, { owner, savepoint: quotedName(name), nested: true });
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    const owner = handleOf(connection);
    await releaseLevel(owner.transaction, owner.transaction.levels.savepointOf(owner, quotedName(name)));
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    const owner = handleOf(connection);
    const level = owner.transaction.levels.savepointOf(owner, quotedName(name));
    if (!level) throw new TransactionEnded(`There is no savepoint ${name}.`);
    await undoLevel(owner.transaction, level);
  }

  async releaseConnection(): Promise<void> {}

  /** The connections are the database's, which several ORMs may share. */
  async destroy(): Promise<void> {}
}

/** One who asked for a connection. Several share a transaction, each with a handle of its own. */
class Handle implements DatabaseConnection {
  readonly #transaction: PostgresTransaction;
  readonly #active: AsyncLocalStorage<PostgresTransaction>;

  constructor(transaction: PostgresTransaction, active: AsyncLocalStorage<PostgresTransaction>) {
    this.#transaction = transaction;
    this.#active = active;
  }

  /**
   * The transaction, for one who is inside its `run`.
   *
   * @throws NoTenantSession | ForeignSession
   */
  get transaction(): PostgresTransaction {
    const current = this.#active.getStore();
    if (!current) throw new NoTenantSession();
    if (current !== this.#transaction) throw new ForeignSession();
    return current;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { transaction } = this;
    transaction.levels.touch(this);
    return resultOf(await transaction.query(query.sql, query.parameters));
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const { transaction } = this;
    transaction.levels.touch(this);
    for await (const answer of transaction.stream(query.sql, query.parameters, chunkSize)) {
      if (answer.rows.length > 0) yield resultOf(answer);
    }
  }
}

function handleOf(connection: DatabaseConnection): Handle {
  if (connection instanceof Handle) return connection;
  throw new Error('This connection is not of the tenant dialect.');
}

/** A transaction inside the operation's has the operation's isolation and access. */
function assertSame(settings: TransactionSettings, { options }: PostgresTransaction): void {
  const { isolationLevel = options.isolation, accessMode = options.access } = settings;
  if (isolationLevel !== options.isolation || accessMode !== options.access) {
    throw new Error(
      `The session's transaction is ${options.isolation}, ${options.access}; inside it there can be no ${isolationLevel}, ${accessMode}.`,
    );
  }
}

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Kysely's caller says what the rows are. */
function resultOf<R>({ command, rowCount, rows }: Answer): QueryResult<R> {
  const result = { rows: rows as R[] };
  return CHANGES.has(command) ? { ...result, numAffectedRows: BigInt(rowCount) } : result;
}
