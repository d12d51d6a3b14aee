import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { LifecyclePlugin } from './context.ts';
import { variableUseOf } from './variable-use.ts';

type Compiled = CompiledQuery | 'not compilable';

/**
 * Compiles operations and keeps the code with the operation's own node, so a document of two operations has two of
 * them. (Envelop's plugin keeps one for each document: asked for the query after the mutation, it runs the mutation.)
 * It replaces what executes, so it stands before the session, which wraps that.
 */
export function useJit(): LifecyclePlugin {
  const compiled = new WeakMap<OperationDefinitionNode, Compiled>();
  return {
    onExecute({ args: { schema, document, operationName, contextValue }, setExecuteFn }) {
      const node = contextValue.exchange.operation?.node;
      if (!node) return;
      let query = compiled.get(node);
      if (query === undefined) {
        query = compile(schema, document, node, operationName ?? undefined);
        compiled.set(node, query);
      }
      if (query === 'not compilable') return;
      const { query: run } = query;
      setExecuteFn((args) => run(args.rootValue, args.contextValue, args.variableValues ?? {}));
    },
  };
}

/**
 * In `{ name: $name }` the compiler makes null of a variable that was not given, where the specification leaves the
 * member out: an update would erase what it was not told. Such operations go the ordinary way.
 */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: OperationDefinitionNode,
  operationName: string | undefined,
): Compiled {
  if (variableUseOf(schema, document, node).insideLiterals) return 'not compilable';
  const attempt = compileQuery(schema, document, operationName);
  return isCompiledQuery(attempt) ? attempt : 'not compilable';
}
