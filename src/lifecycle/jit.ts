import type { OperationDefinitionNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { LifecyclePlugin } from './context.ts';

/**
 * Compiles operations and keeps the code with the operation's own node, so a document of two operations has two of
 * them. (Envelop's plugin keeps one for each document: asked for the query after the mutation, it runs the mutation.)
 * It replaces what executes, so it stands before the session, which wraps that.
 */
export function useJit(): LifecyclePlugin {
  const compiled = new WeakMap<OperationDefinitionNode, CompiledQuery | 'not compilable'>();
  return {
    onExecute({ args: { schema, document, operationName, contextValue }, setExecuteFn }) {
      const node = contextValue.exchange.operation?.node;
      if (!node) return;
      let query = compiled.get(node);
      if (query === undefined) {
        const attempt = compileQuery(schema, document, operationName ?? undefined);
        query = isCompiledQuery(attempt) ? attempt : 'not compilable';
        compiled.set(node, query);
      }
      if (query === 'not compilable') return;
      const { query: run } = query;
      setExecuteFn((args) => run(args.rootValue, args.contextValue, args.variableValues ?? {}));
    },
  };
}
