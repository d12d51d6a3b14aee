import { OptimisticLockError } from '@mikro-orm/postgresql';
import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import { ConnectionLost } from './errors.ts';
import { CommitLost } from './transaction.ts';
import { connectionLost } from './unavailable.ts';

/** What the gateway tells apart of all that can go wrong at the database. */
export type Failure =
  | 'serialization'
  | 'stale plan'
  | 'constraint'
  | 'malformed value'
  | 'timeout'
  | 'read only'
  | 'insufficient privilege'
  | 'connection'
  | 'other';

/** SQLSTATEs, from appendix A of PostgreSQL's manual. */
const CODES: Readonly<Record<string, Failure>> = {
  '40001': 'serialization',
  '40P01': 'serialization',
  '57014': 'timeout',
  '55P03': 'timeout',
  '25006': 'read only',
  '42501': 'insufficient privilege',
  '22001': 'malformed value',
  '22003': 'malformed value',
  '22007': 'malformed value',
  '22008': 'malformed value',
  '22021': 'malformed value',
  '22P02': 'malformed value',
  '22P05': 'malformed value',
  '23502': 'constraint',
  '23503': 'constraint',
  '23505': 'constraint',
  '23514': 'constraint',
  '23P01': 'constraint',
};

/** What went wrong at the database, for an error as `pg` or MikroORM throws it. */
export function classify(error: unknown): Failure {
  if (error instanceof ConnectionLost || error instanceof CommitLost) return 'connection';
  const code = sqlState(error);
  if (code === undefined) return 'other';
  if (code === '0A000') return isStalePlan(error) ? 'stale plan' : 'other';
  if (code.startsWith('08') || code.startsWith('57P')) return 'connection';
  return CODES[code] ?? 'other';
}

/**
 * The problem that a caller may see, or undefined when the failure is the gateway's own and should be masked. Messages
 * name no table, column or constraint.
 */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof OptimisticLockError) {
    return problems.CONFLICT('Someone else changed the same data; load it again and repeat.', {
      cause: error,
    });
  }
  switch (classify(error)) {
    case 'constraint':
      return problems.CONSTRAINT_VIOLATION(rule(sqlState(error)), { cause: error });
    case 'malformed value':
      return problems.BAD_USER_INPUT(malformation(sqlState(error)), { cause: error });
    case 'connection':
      return connectionLost(error);
    case 'timeout':
      return problems.STATEMENT_TIMEOUT('The database took longer than the time limit.', { cause: error });
    default:
      return undefined;
  }
}

function rule(code: string | undefined): string {
  switch (code) {
    case '23502':
      return 'A value that must be given is missing.';
    case '23503':
      return 'What it refers to does not exist, or is still referred to.';
    case '23505':
      return 'There is already one like it.';
    default:
      return 'A value is not allowed.';
  }
}

function malformation(code: string | undefined): string {
  switch (code) {
    case '22001':
      return 'A text is too long.';
    case '22003':
      return 'A number is too large or too small.';
    case '22007':
    case '22008':
      return 'A date or time is none.';
    case '22021':
    case '22P05':
      return 'A text has a character that can not be stored.';
    default:
      return 'A value, such as an id, is malformed.';
  }
}

/**
 * The SQLSTATE of an error as `pg` or MikroORM throws it: MikroORM's exceptions carry the members of the error that they
 * stand for. No class of SQLSTATE begins with E, as the system's own codes do (EPIPE).
 */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(error.code) ? error.code : undefined;
}

/** A prepared statement whose rows look different since a migration. */
export function isStalePlan(error: unknown): boolean {
  return sqlState(error) === '0A000' && error instanceof Error && error.message.includes('cached plan');
}
