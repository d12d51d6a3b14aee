import type { KeyObject } from 'node:crypto';
import { signOperation } from './keys.ts';
import type { TransactionOptions } from './transaction.ts';
import type { PreparedStatements } from './wire/prepared-statements.ts';
import type { Step } from './wire/step.ts';
import { encode } from './wire/values.ts';

export interface SessionSettings {
  readonly openerKey: KeyObject;
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
];
const IDLE_TIMEOUT = "pg_catalog.set_config('idle_in_transaction_session_timeout', $5, true)";
const READ_ONLY = "pg_catalog.set_config('transaction_read_only', 'on', true)";
const OPEN_OPERATION = 'insula.open_operation($4, $6, $7, $8, $9, $10, $11)';
const ROLE = "pg_catalog.set_config('role', $4, true)";

// The columns of one row are worked out in their order: the role, which may do none of this, comes last.
const selectOf = (...columns: readonly string[]) => `select ${columns.join(', ')}`;
const OPEN_READ = selectOf(...SETTINGS, IDLE_TIMEOUT, ROLE);
const OPEN_WRITE = selectOf(...SETTINGS, IDLE_TIMEOUT, OPEN_OPERATION, ROLE);
/** Nothing waits inside a single statement's transaction. */
const OPEN_SINGLE_READ = selectOf(READ_ONLY, ...SETTINGS, ROLE);

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
 * What a session begins with, before the first statement and in the same write: BEGIN, then settings, the operation's row
 * and the tenant's role. Everything is local to the transaction; without BEGIN that is the implicit one, of all statements
 * up to the next Sync message.
 *
 * Should an earlier session have left its role behind, nothing is done as that role: it may neither change settings nor
 * open an operation, and is refused.
 *
 * `pg_temp` comes last in the search path, where it would otherwise be searched first: a temporary table can't stand in
 * for one of the tenant's.
 */
export function openingSteps(
  options: TransactionOptions,
  settings: SessionSettings,
  prepared: PreparedStatements,
): Step[] {
  const { tenant, access, isolation, operation, single, statementTimeout } = options;
  const { openerKey, lockTimeout, idleInTransactionTimeout } = settings;
  const values = [`"${tenant}", pg_temp`, statementTimeout, lockTimeout, tenant];
  if (single) return [ownStatement(prepared, OPEN_SINGLE_READ, values)];
  const begin = ownStatement(prepared, `begin isolation level ${isolation} ${access}`);
  values.push(idleInTransactionTimeout);
  if (access === 'read only' || !operation) return [begin, ownStatement(prepared, OPEN_READ, values)];
  const expiresAt = Math.floor(Date.now() / 1000) + SIGNATURE_LIFETIME;
  const { id, actor, name, requestId } = operation;
  const signature = signOperation(openerKey, tenant, operation, expiresAt);
  const opening = [...values, id, actor, name, requestId, expiresAt, signature];
  return [begin, ownStatement(prepared, OPEN_WRITE, opening)];
}
