import type { ExecutionResult } from 'graphql';
import type { TenantTransaction } from '../database/transaction.ts';
import { activeCipher } from '../encryption/active-cipher.ts';
import { problems } from '../errors/problems.ts';

/** A client's key for a mutation, and the digest of what it asked for under that key. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly bodyHash: Buffer;
}

// The insert waits for a transaction that holds the same key, and finds it taken when that one committed.
const CLAIM = `insert into idempotency (key, body_hash) values ($1, $2) on conflict (key) do nothing returning key`;
const FIND = `select body_hash, reply from idempotency where key = $1`;
const STORE = `update idempotency set reply = $2::json where key = $1`;

/** A reply may show what is encrypted in the tables. */
const placeOf = (key: string) => `idempotency|reply|${key}`;

/**
 * Takes the key for this transaction, or finds the reply of the one that had it before.
 *
 * @returns the stored reply of an earlier request, or undefined when the operation is to run.
 * @throws Problem `IDEMPOTENCY_KEY_REUSED` when the key was used with another body.
 */
export async function claim(
  transaction: TenantTransaction,
  { key, bodyHash }: IdempotencyClaim,
): Promise<ExecutionResult | undefined> {
  // A plain digest of a request would tell whoever tries all tax ids which one it had.
  const digest = activeCipher().digest(bodyHash);
  const taken = await transaction.execute(CLAIM, [key, digest]);
  if (taken.rowCount === 1) return undefined;
  const { rows } = await transaction.execute(FIND, [key]);
  const [row] = rows;
  if (!row || !digest.equals(row.body_hash as Buffer)) {
    throw problems.IDEMPOTENCY_KEY_REUSED(
      'This Idempotency-Key was used with another request; use a new key.',
    );
  }
  return JSON.parse(activeCipher().open(String(row.reply), placeOf(key)));
}

/** Keeps the reply, encrypted, under the key, in the operation's own transaction. */
export async function store(
  transaction: TenantTransaction,
  { key }: IdempotencyClaim,
  result: ExecutionResult,
): Promise<void> {
  const sealed = activeCipher().seal(JSON.stringify({ data: result.data }), placeOf(key));
  await transaction.executeAhead(STORE, [key, JSON.stringify(sealed)]);
}
