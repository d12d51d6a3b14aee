import { createHash } from 'node:crypto';
import { isAsyncIterable } from '@envelop/core';
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { Principal } from '../authorization/principal.ts';
import { problems } from '../errors/problems.ts';
import type { IdempotencyClaim } from '../session/idempotency.ts';
import type { ExecuteDocument, OperationFacts, SessionRunner } from '../session/runner.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';
import { rootFieldsOf } from './protection/fragments.ts';
import { SingleStatements } from './single-statements.ts';

export interface SessionOptions {
  readonly schema: GraphQLSchema;
  readonly sessions: SessionRunner;
  /** How long an operation may take, all attempts together, in milliseconds. @default 30_000 */
  readonly operationTimeout?: number;
}

/**
 * [SI SC SD] Runs the operation inside the tenant's session: one snapshot for a query, one transaction for a mutation,
 * committed before the reply. What resolvers get as their context is the session's, a new one for each attempt.
 */
export function useSession({ schema, sessions, operationTimeout = 30_000 }: SessionOptions): LifecyclePlugin {
  const isSerializable = createIsolationReader(schema);
  const singles = new SingleStatements();
  return {
    onExecute({ args: { document, contextValue }, executeFn, setExecuteFn }) {
      const { exchange, params } = contextValue;
      const { operation, access, principal } = exchange;
      if (!operation || !access || !principal)
        throw new Error('An operation got past routing or authentication.');
      const facts: OperationFacts = {
        requestId: exchange.id,
        tenant: access.tenant,
        membership: access.membership,
        principal,
        ...(exchange.allowedTenants && { allowedTenants: exchange.allowedTenants }),
        operationName: operation.name,
        signal: exchange.signal,
        ...(operation.type === 'mutation' &&
          mutationFacts(isSerializable(document, operation.node), exchange, params)),
        ...(operation.type === 'query' && { single: singles.expectsOf(operation.node) }),
      };
      const run = operation.type === 'mutation' ? sessions.mutation : sessions.query;
      setExecuteFn(async (args) => {
        const execute: ExecuteDocument = async (context) =>
          single(await executeFn({ ...args, contextValue: context }));
        exchange.enter('execution');
        exchange.executed = true;
        exchange.expireAfter(operationTimeout);
        const began = performance.now();
        try {
          return await exchange.within(() => run.call(sessions, facts, execute, operation.report));
        } finally {
          operation.duration = performance.now() - began;
          singles.learn(operation.node, operation.report);
        }
      });
    },
  };
}

/** Whether a field of a mutation asks for SERIALIZABLE, which the document alone decides. */
function createIsolationReader(schema: GraphQLSchema) {
  const known = new WeakMap<OperationDefinitionNode, boolean>();
  const fields = schema.getMutationType()?.getFields() ?? {};
  return (document: DocumentNode, node: OperationDefinitionNode): boolean => {
    const answer =
      known.get(node) ??
      rootFieldsOf(document, node).some(
        ({ name }) => fields[name.value]?.extensions.isolation === 'serializable',
      );
    known.set(node, answer);
    return answer;
  };
}

function mutationFacts(
  serializable: boolean,
  { req, principal }: Exchange,
  params: GraphQLParams,
): Pick<OperationFacts, 'idempotency' | 'isolation'> {
  const key = req.headers['idempotency-key'];
  return {
    ...(key !== undefined && { idempotency: claimOf(key, principal, params) }),
    ...(serializable && { isolation: 'serializable' }),
  };
}

/**
 * The digest covers who asks, and as what: a key that somebody else of the tenant used is another request, and so is
 * one from before the caller's roles changed, whose reply they may no longer see.
 */
function claimOf(
  key: string | string[],
  principal: Principal | undefined,
  { query, variables, operationName }: GraphQLParams,
): IdempotencyClaim {
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw problems.BAD_REQUEST('An Idempotency-Key has 1 to 255 visible ASCII characters.');
  }
  const request = JSON.stringify([
    principal?.subject,
    principal?.roles.toSorted(),
    query,
    variables,
    operationName,
  ]);
  return { key, bodyHash: createHash('sha256').update(request).digest() };
}

function single(result: ExecutionResult | AsyncIterable<ExecutionResult>): ExecutionResult {
  if (isAsyncIterable(result)) throw new Error('A session ends with its operation; this one would go on.');
  return result;
}
