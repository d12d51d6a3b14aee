import { TransactionEnded } from './errors.ts';
import type { Level } from './levels.ts';
import type { PostgresTransaction } from './postgres-transaction.ts';

/**
 * Begins a level inside an operation's transaction. Without a savepoint it is the operation's transaction itself, and
 * nothing is sent.
 */
export async function openLevel(
  transaction: PostgresTransaction,
  level: Pick<Level, 'owner' | 'savepoint' | 'nested'>,
): Promise<void> {
  if (level.savepoint) await aheadOrNow(transaction, `savepoint ${level.savepoint}`);
  transaction.levels.push({ ...level, since: transaction.statements, shared: false });
}

/**
 * Ends a level and keeps what it did. One that others still stand on is not released: COMMIT will do it.
 *
 * @throws TransactionEnded when the level, or the transaction, has ended
 */
export async function releaseLevel(
  transaction: PostgresTransaction,
  level: Level | undefined,
): Promise<void> {
  transaction.assertUsable();
  if (!level) throw new TransactionEnded('The transaction or savepoint has ended.');
  const { levels } = transaction;
  if (level.savepoint && levels.isTop(level)) {
    await aheadOrNow(transaction, `release savepoint ${level.savepoint}`);
  }
  levels.end(level);
}

/**
 * Undoes what was done inside a level. Where that can't be told from what others did, the operation's whole
 * transaction is rolled back, and with it fails whatever follows: better than losing a part of it unnoticed.
 */
export async function undoLevel(transaction: PostgresTransaction, level: Level): Promise<void> {
  const { levels, options } = transaction;
  if (transaction.state !== 'open') return;
  const nothingDone = transaction.statements === level.since;
  if (level.savepoint && !level.shared) {
    if (!nothingDone) await transaction.control(`rollback to savepoint ${level.savepoint}`);
    levels.cutAbove(level);
  } else if (transaction.failed || !(nothingDone || options.access === 'read only')) {
    await transaction.rollback();
  }
}

/** A savepoint's name as it stands in SQL. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A savepoint travels with the next statement, except where the server is to refuse it. */
function aheadOrNow(transaction: PostgresTransaction, text: string): Promise<void> {
  return transaction.failed ? transaction.control(text) : transaction.sendAhead(text);
}
