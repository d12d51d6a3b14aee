/** What a transaction is for: the row that every audited write refers to. Values contain no line break. */
export interface Operation {
  /** A UUID, never used twice: by it the outcome of a commit whose answer was lost can be looked up. */
  readonly id: string;
  /** Who acts, such as `user:<subject>` or `migration:<name>`. */
  readonly actor: string;
  readonly name: string;
  readonly requestId: string;
}

export interface TransactionOptions {
  /** The tenant's id, which is also its schema's and its role's name. */
  readonly tenant: string;
  readonly access: 'read only' | 'read write';
  readonly isolation: 'read committed' | 'repeatable read' | 'serializable';
  /** Opens the operation's row with the first statement; demanded by `read write`, not used by `read only`. */
  readonly operation?: Operation;
  /** How long one statement, or COMMIT, may take, in milliseconds. */
  readonly statementTimeout: number;
  /**
   * Rolls back, and cancels a statement that does not end by itself in a moment; whatever waits is rejected with the
   * signal's reason. Once COMMIT was sent it does nothing: the outcome is the server's.
   */
  readonly signal?: AbortSignal;
  /**
   * Version of the tenant's schema. Tenants of different versions share no prepared statement, whose row type could
   * differ between them.
   *
   * @default 0
   */
  readonly schemaVersion?: number;
  /**
   * For a read that is expected to send one statement alone: it goes without BEGIN and COMMIT, as a transaction of its
   * own that the server ends behind it. Whatever else is asked for is refused with `MoreThanOneStatement`.
   *
   * @default false
   */
  readonly single?: boolean;
}

export type TransactionState = 'idle' | 'open' | 'committed' | 'rolled back' | 'broken';

/**
 * One operation's transaction at PostgreSQL, as the tenant's role in the tenant's schema. Nothing is sent and no
 * connection is taken before the first statement; BEGIN, settings and role travel with it in one write.
 */
export interface TenantTransaction extends AsyncDisposable {
  readonly tenant: string;
  /** Statements sent for the caller, without BEGIN, settings, savepoints and COMMIT. */
  readonly statements: number;
  /** Milliseconds spent waiting for answers of the database. */
  readonly databaseTime: number;
  readonly state: TransactionState;
  /** It is `single`, and more was asked for and refused: the reply, whoever caught the error, is none. */
  readonly exceeded: boolean;
  /**
   * Makes this the transaction of everything that runs inside `work`: the statements of MikroORM and Kysely over
   * `TenantDatabase.dialect` go to it, one after the other.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs one statement with bound parameters (`$1`, …).
   *
   * @throws StatementRefused when it is none of select, insert, update, delete, merge, with, values, table
   * @throws TransactionEnded after commit or rollback
   * @throws ForeignSession inside another transaction's `run`
   */
  execute(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number }>;
  /**
   * Has a statement whose rows nobody needs travel with the next one, or with COMMIT, where that saves a round trip: in a
   * transaction that writes, after its first statement. It runs at its place in the order. When it fails, so does
   * what it travels with.
   *
   * @throws what `execute` throws, except that a failure of the statement itself is seen later
   */
  executeAhead(text: string, values?: readonly unknown[]): Promise<void>;
  /**
   * Commits; sends nothing when no statement ran. A failure that the server tells of (a deferred constraint) is thrown
   * as it is, and nothing was kept.
   *
   * @throws CommitLost when the answer did not come
   * @throws TransactionFailed when a statement had failed, or a nested transaction is still open
   */
  commit(): Promise<void>;
  /** Rolls back and gives the connection back; does nothing after the end. */
  rollback(): Promise<void>;
}

/**
 * COMMIT was sent and its answer never came: whether the transaction was kept is unknown here. Ask with
 * `TenantDatabase.outcome`.
 */
export class CommitLost extends Error {
  override readonly name = 'CommitLost';
}
