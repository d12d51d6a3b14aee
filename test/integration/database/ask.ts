import { Pool } from '../../../src/database/pool.ts';
import type { TenantDatabase } from '../../../src/database/tenant-database.ts';

/**
 * What the next session would find: takes a connection of the pool and asks it, outside of any session, for whatever an
 * earlier one could have left behind.
 */
export async function askConnection(database: TenantDatabase) {
  const { pool } = database;
  if (!(pool instanceof Pool)) throw new Error('The pool is no Pool.');
  const connection = await pool.acquire('anybody');
  try {
    const { inTransaction } = connection;
    const { answer } = await connection.run(
      [{ kind: 'statement', text: QUESTION, values: [], parse: true, keepRows: true }],
      5_000,
    );
    return { inTransaction, ...answer.rows[0] };
  } finally {
    pool.release(connection);
  }
}

const QUESTION = `
  select current_user as "user", current_setting('role') as role, current_setting('search_path') as path,
    current_setting('statement_timeout') as "statementTimeout",
    current_setting('idle_in_transaction_session_timeout') as "idleTimeout",
    current_setting('transaction_read_only') as "readOnly",
    current_setting('transaction_isolation') as isolation`;
