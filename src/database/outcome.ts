import { ConnectionLost } from './errors.ts';
import { sqlState } from './failures.ts';
import { openingSteps, type SessionSettings } from './opening.ts';
import type { Pool } from './pool.ts';
import type { Operation } from './transaction.ts';
import { command } from './wire/step.ts';

export interface OutcomeEnvironment {
  readonly pool: Pool;
  readonly session: SessionSettings;
  /** Milliseconds. */
  readonly timeout: number;
}

const UNIQUE_VIOLATION = '23505';
const ATTEMPTS = 3;

/**
 * Asks by opening the operation once more. Its id is unique: while the first transaction runs the second waits for it;
 * if that one was committed the second is refused; otherwise the second is committed as a tombstone, so that the
 * first can never be.
 *
 * @throws when the database can't be asked, or the tombstone's own COMMIT is not answered: asked again then, the
 * tombstone would look like the operation
 */
export async function outcomeOf(
  tenant: string,
  operation: Operation,
  environment: OutcomeEnvironment,
): Promise<'committed' | 'rolled back'> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(tenant, operation, environment);
    } catch (error) {
      if (!(error instanceof ConnectionLost) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function ask(tenant: string, operation: Operation, { pool, session, timeout }: OutcomeEnvironment) {
  const connection = await pool.acquire(tenant);
  try {
    const options = {
      tenant,
      operation,
      access: 'read write',
      isolation: 'read committed',
      statementTimeout: timeout,
    } as const;
    const steps = openingSteps(options, { ...session, lockTimeout: timeout }, connection.prepared);
    try {
      await connection.run(steps, 2 * timeout);
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      await connection.run([command('rollback')], timeout);
      return 'committed';
    }
    await connection.run([command('commit')], timeout).catch((error: unknown) => {
      throw new Error('The outcome of the operation could not be settled.', { cause: error });
    });
    return 'rolled back';
  } finally {
    await pool.discard(connection);
  }
}
