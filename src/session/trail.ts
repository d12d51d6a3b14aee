import { randomUUID } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import type { TenantDatabase } from '../database/tenant-database.ts';
import { show } from '../errors/masking.ts';
import { createAllowance } from './allowance.ts';
import type { OperationFacts } from './runner.ts';

/** Of whom, and of what, a failure is. */
export type FailedOperation = Pick<OperationFacts, 'requestId' | 'tenant' | 'principal' | 'operationName'>;

/**
 * Writes into the audit trail what members tried and was not done. Nothing that goes wrong here changes the reply: it is
 * logged and counted.
 */
export interface FailureTrail {
  /** An operation that was refused before it ran. @param fields those that the caller may not have */
  refused(operation: FailedOperation, fields: readonly string[]): Promise<void>;
  /** A mutation that was rolled back; whether it was a denial, its errors say. */
  failed(operation: FailedOperation, errors: readonly GraphQLError[]): Promise<void>;
  /** A query that ran; what services denied in it is written down. */
  answered(operation: FailedOperation, errors: readonly GraphQLError[]): Promise<void>;
}

export interface FailureTrailOptions {
  readonly database: TenantDatabase;
  /** How many of one tenant are written in a minute: a flood must not fill the disk. */
  readonly perMinute: number;
  /** Milliseconds. */
  readonly statementTimeout: number;
  readonly logger: { warn(details: object, message: string): void };
  /** Told of each one that is not in the trail. */
  readonly onUnrecorded: (reason: 'limit' | 'error') => void;
}

/** As the table `audit` has them. */
type Action = 'F' | 'R';

/**
 * Without a connection for the operation there is none for its record, and the wait for one would double. What became of
 * a mutation whose commit is unknown, nobody can say.
 */
const HOPELESS: ReadonlySet<string> = new Set(['DATABASE_BUSY', 'DATABASE_UNAVAILABLE', 'COMMIT_UNKNOWN']);
/** How many fields are told of one operation, and how much of each name, which the client may have chosen. */
const MOST_FIELDS = 50;
const LONGEST_FIELD = 200;

const RECORD = 'select record_failure($1, $2, $3)';

/** Each failure is a short transaction of its own, with its own operation, after the rollback of what failed. */
export function createFailureTrail(options: FailureTrailOptions): FailureTrail {
  const { database, perMinute, statementTimeout, logger, onUnrecorded } = options;
  const allowance = createAllowance(perMinute);

  async function write(
    { requestId, tenant, principal, operationName }: FailedOperation,
    action: Action,
    code: string,
    fields: readonly string[],
  ): Promise<void> {
    const { actor } = principal;
    await using transaction = database.begin({
      tenant: tenant.id,
      schemaVersion: tenant.schemaVersion,
      access: 'read write',
      isolation: 'read committed',
      operation: { id: randomUUID(), actor, name: operationName ?? 'anonymous', requestId },
      statementTimeout,
    });
    const told = [...new Set(fields)].slice(0, MOST_FIELDS).map((field) => field.slice(0, LONGEST_FIELD));
    await transaction.execute(RECORD, [action, code, told]);
    await transaction.commit();
  }

  async function record(operation: FailedOperation, action: Action, code: string, fields: readonly string[]) {
    if (HOPELESS.has(code)) return onUnrecorded('error');
    if (!allowance.take(operation.tenant.id)) return onUnrecorded('limit');
    try {
      await write(operation, action, code, fields);
    } catch (error) {
      onUnrecorded('error');
      logger.warn({ err: error, requestId: operation.requestId }, 'a failure is not in the audit trail');
    }
  }

  return {
    refused: (operation, fields) => record(operation, 'R', DENIED, fields),
    failed(operation, errors) {
      const code = errors[0] ? show(errors[0]).code : 'INTERNAL';
      return record(operation, code === DENIED ? 'R' : 'F', code, fieldsOf(errors));
    },
    async answered(operation, errors) {
      const denials = errors.filter((error) => show(error).code === DENIED);
      if (denials.length > 0) await record(operation, 'R', DENIED, fieldsOf(denials));
    },
  };
}

const DENIED = 'FORBIDDEN';

/** Where in the reply the errors are. */
function fieldsOf(errors: readonly GraphQLError[]): string[] {
  return errors.flatMap(({ path }) => (path ? [path.join('.')] : []));
}
