import type { ExecutionResult, GraphQLSchema } from 'graphql';

import { sqlState } from '../database/failures.ts';
import { type TextOperation, textOperation, wasAbandoned } from '../graphql/written-json.ts';
import { faultsOf } from '../session/outcome.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { LifecyclePlugin } from './context.ts';
import { executorFor } from './jit.ts';

export interface PassThroughOptions {
  readonly schema: GraphQLSchema;
  readonly metrics: Pick<Metrics, 'passedThrough'>;
}

/**
 * [RR RG] Where the database can write a query's reply itself, its JSON is put into the reply as it comes: neither
 * parsed, nor walked by resolvers. Who may have it was decided before; errors, nulls, and the fields that need
 * resolvers are as ever. It wraps what executes, so it stands after the compiler, and before the session.
 */
export function usePassThrough({ schema, metrics }: PassThroughOptions): LifecyclePlugin {
  const executors = new WeakMap<TextOperation, ReturnType<typeof executorFor>>();
  const executorOf = (operation: TextOperation) => {
    const known =
      executors.get(operation) ?? executorFor(operation.schema, operation.document, operation.node);
    executors.set(operation, known);
    return known;
  };
  return {
    onExecute({ args: { document, contextValue }, executeFn, setExecuteFn }) {
      const node = contextValue.exchange.operation?.node;
      const operation = node && textOperation(schema, document, node);
      if (!operation) return;
      const execute = executorOf(operation);
      setExecuteFn(async (args) => {
        // The session's, a new one for each attempt.
        const context: object = args.contextValue;
        // The resolvers' own barrier refuses it.
        if (!operation.allows(context)) return executeFn(args);
        const result = await execute(args);
        if (!wasAbandoned(context)) {
          metrics.passedThrough(operation.whole ? 'whole' : 'part');
          return result;
        }
        metrics.passedThrough('abandoned');
        // The transaction is over: nothing can be read again.
        if (hasFailedStatement(result)) return { data: null, errors: result.errors ?? [] };
        return executeFn(args);
      });
    },
  };
}

function hasFailedStatement(result: ExecutionResult): boolean {
  return faultsOf(result).some((fault) => sqlState(fault) !== undefined);
}
