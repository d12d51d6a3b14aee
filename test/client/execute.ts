import type { Ask, GraphQLReply, TestGateway } from '../support/gateway.ts';
import type { TypedDocumentString } from './gql/graphql.ts';

/** Sends a typed document: its variables are checked when the test is compiled, and so is what is read of the reply. */
export function execute<Result, Variables>(
  gateway: TestGateway,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  who: Pick<Ask, 'tenant' | 'as'>,
): Promise<GraphQLReply<Result>> {
  return gateway.ask<Result>({ ...who, query: document.toString(), variables });
}
