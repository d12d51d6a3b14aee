import { OptimisticLockError, PostgreSqlPlatform } from '@mikro-orm/postgresql';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import {
  ConnectionLost,
  NoTenantSession,
  StatementRefused,
  TransactionFailed,
} from '../../../src/database/errors.ts';
import { asProblem, classify } from '../../../src/database/failures.ts';
import { CommitLost } from '../../../src/database/transaction.ts';

function databaseError(code: string, message = 'relation "secret_table" violates "secret_constraint"') {
  const error = new pg.DatabaseError(message, message.length, 'error');
  return Object.assign(error, {
    code,
    detail: 'Key (secret)=(1)',
    table: 'secret_table',
    constraint: 'secret_constraint',
  });
}

/** As `pg` throws it, and as MikroORM does. */
const shapes = (error: pg.DatabaseError) => [
  error,
  new PostgreSqlPlatform()
    .getExceptionConverter()
    .convertException(Object.assign(databaseError(error.code ?? ''), { message: error.message })),
];

describe('failures of the database', () => {
  test.each([
    ['40001', 'serialization'],
    ['40P01', 'serialization'],
    ['57014', 'timeout'],
    ['55P03', 'timeout'],
    ['25006', 'read only'],
    ['42501', 'insufficient privilege'],
    ['23502', 'constraint'],
    ['23503', 'constraint'],
    ['23505', 'constraint'],
    ['23514', 'constraint'],
    ['23P01', 'constraint'],
    ['08006', 'connection'],
    ['57P01', 'connection'],
    ['0A000', 'other'],
    ['42601', 'other'],
  ])('[EH] %s is %s', (code, failure) => {
    for (const error of shapes(databaseError(code))) expect(classify(error)).toBe(failure);
  });

  test('[EH] a plan from before a migration is told from other features that are missing', () => {
    for (const error of shapes(databaseError('0A000', 'cached plan must not change result type'))) {
      expect(classify(error)).toBe('stale plan');
    }
  });

  test('[EH] errors of the driver and of anything else', () => {
    expect(classify(new ConnectionLost())).toBe('connection');
    expect(classify(new CommitLost())).toBe('connection');
    for (const error of [
      new Error('x'),
      new NoTenantSession(),
      new StatementRefused(),
      new TransactionFailed(),
      'x',
      null,
      undefined,
      { code: '40001' },
      Object.assign(new Error(), { code: 'ENOENT' }),
    ]) {
      expect(classify(error)).toBe('other');
      expect(asProblem(error)).toBeUndefined();
    }
  });

  test.each(['23502', '23503', '23505', '23514', '23P01'])(
    '[EH] %s is a problem that names nothing internal',
    (code) => {
      for (const error of shapes(databaseError(code))) {
        const problem = asProblem(error);
        expect(problem).toMatchObject({ code: 'CONSTRAINT_VIOLATION', status: 409, cause: error });
        expect(JSON.stringify(problem)).not.toContain('secret');
      }
    },
  );

  test('[EH] what took too long, and what someone else changed', () => {
    expect(asProblem(databaseError('57014'))).toMatchObject({ code: 'STATEMENT_TIMEOUT', status: 504 });
    expect(asProblem(OptimisticLockError.lockFailed('Secret'))).toMatchObject({
      code: 'CONFLICT',
      status: 409,
    });
    expect(JSON.stringify(asProblem(OptimisticLockError.lockFailed('Secret')))).not.toContain('Secret');
  });

  test('[EH] what is the gateway’s own fault is no problem to show', () => {
    for (const code of ['42501', '25006', '40001', '42P01', '53300'])
      expect(asProblem(databaseError(code))).toBeUndefined();
  });
});
