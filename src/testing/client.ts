import { type DocumentNode, print } from 'graphql';
import type { GraphQLReply, ReplyError } from './request.ts';

/** A document that knows its types, as GraphQL Code Generator writes it: `TypedDocumentString` or `TypedDocumentNode`. */
export interface TypedDocument<Data, Variables> {
  readonly __apiType?: (variables: Variables) => Data;
}

/** What came back. */
export interface TestReply<Data> extends Pick<GraphQLReply<Data>, 'status' | 'headers' | 'code'> {
  /** Undefined when the operation was refused before it ran, null when it was rolled back. */
  readonly data: Data | null | undefined;
  readonly errors: readonly ReplyError[] | undefined;
}

type VariablesArgument<Variables> =
  Variables extends Readonly<Record<string, never>> ? [variables?: Variables] : [variables: Variables];

/** One caller of one tenant. */
export interface TestClient {
  /** Sends a document as text; what comes back has the type that the caller says. */
  execute<Data = unknown>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<TestReply<Data>>;
  /** Sends a typed document: variables and what is read of the reply are checked when the test is compiled. */
  execute<Data, Variables>(
    document: TypedDocument<Data, Variables>,
    ...variables: VariablesArgument<Variables>
  ): Promise<TestReply<Data>>;
}

/** @param ask sends a query with its variables as the caller */
export function createTestClient(
  ask: <Data>(query: string, variables: unknown) => Promise<GraphQLReply<Data>>,
): TestClient {
  return {
    async execute<Data>(document: string | TypedDocument<Data, never>, variables?: unknown) {
      const { status, headers, code, body } = await ask<Data>(textOf(document), variables);
      return { status, headers, code, data: body.data, errors: body.errors };
    },
  };
}

function textOf(document: string | object): string {
  return isParsed(document) ? print(document) : document.toString();
}

function isParsed(document: string | object): document is DocumentNode {
  return typeof document === 'object' && 'kind' in document;
}
