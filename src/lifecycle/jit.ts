import {
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  execute,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
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
      if (query !== 'not compilable') setExecuteFn(runnerOf(query));
    },
  };
}

/** What an executor is told. */
type Execution = Pick<ExecutionArgs, 'rootValue' | 'contextValue' | 'variableValues'>;

/** Compiles an operation; what can't be compiled is executed as it stands. */
export function executorFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: OperationDefinitionNode,
): (execution: Execution) => ReturnType<typeof execute> {
  const operationName = node.name?.value;
  const query = compile(schema, document, node, operationName);
  if (query !== 'not compilable') return runnerOf(query);
  return ({ rootValue, contextValue, variableValues }) =>
    execute({ schema, document, operationName, rootValue, contextValue, variableValues });
}

function runnerOf({ query: run }: CompiledQuery): (execution: Execution) => ReturnType<typeof execute> {
  return ({ rootValue, contextValue, variableValues }) => run(rootValue, contextValue, variableValues ?? {});
}

/**
 * What graphql-jit 0.8.9 gets wrong goes the ordinary way:
 * - `@skip` and `@include`: it forgets a field's condition for what stands in fragments beneath it, and so resolves what
 *   authorization took as not asked for; and it writes conditions into the document's nodes, which all requests share.
 * - `{ name: $name }`: it makes null of a variable that was not given, where the specification leaves the member out; an
 *   update would erase what it was not told.
 * - a variable that is non-null and has a default: it demands a value.
 */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: OperationDefinitionNode,
  operationName: string | undefined,
): Compiled {
  if (hasConditions(document) || demandsDefaults(node)) return 'not compilable';
  if (variableUseOf(schema, document, node).insideLiterals) return 'not compilable';
  const attempt = compileQuery(schema, document, operationName);
  return isCompiledQuery(attempt) ? attempt : 'not compilable';
}

/** In the whole document: its operations share fragments. */
function hasConditions(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive({ name }) {
      found ||= name.value === 'skip' || name.value === 'include';
      return found ? BREAK : undefined;
    },
  });
  return found;
}

function demandsDefaults({ variableDefinitions = [] }: OperationDefinitionNode): boolean {
  return variableDefinitions.some(
    ({ type, defaultValue }) => defaultValue && type.kind === Kind.NON_NULL_TYPE,
  );
}
