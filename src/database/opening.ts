import { signOperation } from './keys.ts';
import type { TransactionOptions } from './transaction.ts';
import type { PreparedStatements } from './wire/prepared-statements.ts';
import type { Step } from './wire/step.ts';
import { encode } from './wire/values.ts';

export interface SessionSettings {
  readonly openerKey: Buffer;
  /** Milliseconds. */
  readonly lockTimeout: number;
  /** Milliseconds. */
  readonly idleInTransactionTimeout: number;
}

/** Seconds for which the signature of an operation is good: clocks differ, and a statement may wait for its turn. */
const SIGNATURE_LIFETIME = 120;

const SETTINGS = [
  "pg_catalog.set_config('search_path', $1, true)",
  "pg_catalog.set_config('statement_timeout', $2, true)",
  "pg_catalog.set_config('lock_timeout', $3, true)",
  "pg_catalog.set_config('idle_in_transaction_session_timeout', $4, true)",
].join(', ');

/** Read only is said first: the rest of the settings are the tenant's. Nothing is ever idle in such a transaction. */
const SINGLE_READ = [
  "select pg_catalog.set_config('transaction_read_only', 'on', true)",
  "pg_catalog.set_config('search_path', $1, true)",
  "pg_catalog.set_config('statement_timeout', $2, true)",
  "pg_catalog.set_config('lock_timeout', $3, true)",
  "pg_catalog.set_config('role', $4, true)",
].join(', ');

const SET_ROLE = "select pg_catalog.set_config('role', $1, true)";
const SETTINGS_AND_ROLE = `select ${SETTINGS}, pg_catalog.set_config('role', $5, true)`;
const OPEN_OPERATION = 'select insula.open_operation($1, $2, $3, $4, $5, $6, $7)';

/** A statement of the driver's own: its text is known here, so it is prepared, and its rows interest nobody. */
export function ownStatement(
  prepared: PreparedStatements,
  text: string,
  values: readonly unknown[] = [],
): Step {
  return {
    kind: 'statement',
    text,
    values: encode(values),
    ...prepared.prepare(text, values.length),
    keepRows: false,
  };
}

/**
 * What a session begins with, before the first statement and in the same write: BEGIN, the login's own role (whatever
 * an earlier session may have left behind), settings, the operation's row, and the tenant's role. Everything is local
 * to the transaction; without BEGIN that is the implicit one, of all statements up to the next Sync message.
 *
 * `pg_temp` comes last in the search path, where it would otherwise be searched first: a temporary table can't stand in
 * for one of the tenant's.
 */
export function openingSteps(
  options: TransactionOptions,
  settings: SessionSettings,
  prepared: PreparedStatements,
): Step[] {
  const { tenant, access, isolation, operation, statementTimeout } = options;
  const { openerKey, lockTimeout, idleInTransactionTimeout } = settings;
  const own = (text: string, values?: readonly unknown[]) => ownStatement(prepared, text, values);
  const searchPath = `"${tenant}", pg_temp`;
  if (options.single) return [own(SINGLE_READ, [searchPath, statementTimeout, lockTimeout, tenant])];
  const values = [searchPath, statementTimeout, lockTimeout, idleInTransactionTimeout];
  const begin = [own(`begin isolation level ${isolation} ${access}`), own('set local role none')];
  if (access === 'read only' || !operation) return [...begin, own(SETTINGS_AND_ROLE, [...values, tenant])];
  const expiresAt = Math.floor(Date.now() / 1000) + SIGNATURE_LIFETIME;
  const { id, actor, name, requestId } = operation;
  const signature = signOperation(openerKey, tenant, operation, expiresAt);
  return [
    ...begin,
    own(`select ${SETTINGS}`, values),
    own(OPEN_OPERATION, [tenant, id, actor, name, requestId, expiresAt, signature]),
    own(SET_ROLE, [tenant]),
  ];
}
