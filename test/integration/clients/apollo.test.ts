import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../client/gql/errors.ts';
import { address, type Endpoint, openEndpoint } from './endpoint.ts';

interface CustomerPage {
  readonly customers: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
    readonly pageInfo: {
      readonly endCursor: string;
      readonly startCursor: string;
      readonly hasNextPage: boolean;
    };
  };
}
interface Changed {
  readonly [field: string]: { readonly customer: { readonly id: string; readonly name: string } };
}

const PAGE: TypedDocumentNode<CustomerPage, Record<string, unknown>> = gql`
  query Customers($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id name } }
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
  }
`;
const CREATE: TypedDocumentNode<Changed, Record<string, unknown>> = gql`
  mutation Create($input: CreateCustomerInput!) {
    createCustomer(input: $input) { customer { id name version } }
  }
`;
const UPDATE: TypedDocumentNode<Changed, Record<string, unknown>> = gql`
  mutation Update($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) { customer { id name version } }
  }
`;
const NAMES = ['Ada', 'Barbara', 'Cecilia', 'Dorothy', 'Edith'];

describe('Apollo Client, with its normalised cache', () => {
  let endpoint: Endpoint;
  let client: ApolloClient;
  beforeAll(async () => {
    endpoint = await openEndpoint(NAMES);
  });
  beforeEach(() => {
    client = new ApolloClient({
      link: new HttpLink({ uri: endpoint.url, headers: endpoint.headers }),
      cache: new InMemoryCache({
        typePolicies: { Query: { fields: { customers: relayStylePagination() } } },
      }),
    });
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  async function watch(variables: Record<string, unknown>) {
    const watched = client.watchQuery({ query: PAGE, variables });
    await watched.refetch();
    const page = () => {
      const data = client.readQuery({ query: PAGE, variables });
      if (!data) throw new Error('The list is not in the cache.');
      return data.customers;
    };
    return { watched, page, names: () => page().edges.map(({ node }) => node.name) };
  }

  test('[RG] a list grows page by page, forwards', async () => {
    const { watched, page, names } = await watch({ first: 2 });
    expect(names()).toEqual(['Ada', 'Barbara']);
    await watched.fetchMore({ variables: { first: 2, after: page().pageInfo.endCursor } });
    expect(names()).toEqual(['Ada', 'Barbara', 'Cecilia', 'Dorothy']);
    await watched.fetchMore({ variables: { first: 2, after: page().pageInfo.endCursor } });
    expect(names()).toEqual(NAMES);
    expect(page().pageInfo.hasNextPage).toBe(false);
  });

  test('[RG] a list grows page by page, backwards', async () => {
    const { watched, page, names } = await watch({ last: 2 });
    expect(names()).toEqual(['Dorothy', 'Edith']);
    const before = page().pageInfo.startCursor;
    await watched.fetchMore({ variables: { last: 2, before } });
    expect(names()).toEqual(['Barbara', 'Cecilia', 'Dorothy', 'Edith']);
  });

  test('[RG] a mutation adds to a list, and what another changes is changed wherever it is shown', async () => {
    const { watched, names } = await watch({ first: 10 });
    const { data } = await client.mutate({
      mutation: CREATE,
      variables: { input: { ...address, name: 'Zoe' } },
      update(cache, { data: created }) {
        const { customer } = created?.createCustomer ?? {};
        cache.updateQuery({ query: PAGE, variables: { first: 10 } }, (list) =>
          list && customer
            ? {
                customers: {
                  ...list.customers,
                  edges: [
                    ...list.customers.edges,
                    { __typename: 'CustomerEdge', cursor: '', node: customer },
                  ],
                },
              }
            : undefined,
        );
      },
    });
    expect(names()).toEqual([...NAMES, 'Zoe']);

    const { id } = data?.createCustomer?.customer ?? {};
    await client.mutate({ mutation: UPDATE, variables: { input: { id, version: 1, name: 'Zoe Zwingli' } } });
    expect(names()).toEqual([...NAMES, 'Zoe Zwingli']);

    await endpoint.gateway.ask({
      tenant: 'north',
      query:
        'mutation Behind($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id } } }',
      variables: { input: { id, version: 2, name: 'Zora' } },
    });
    await watched.refetch();
    expect(names()).toEqual([...NAMES, 'Zora']);
  });

  test('[RG EH] what is refused is an error with its code, and the cache stays as it was', async () => {
    const { page, names } = await watch({ first: 1 });
    const id = page().edges[0]?.node.id;
    const refused = client.mutate({
      mutation: UPDATE,
      variables: { input: { id, version: 99, name: 'Eve' } },
    });
    await expect(refused).rejects.toMatchObject({
      errors: [{ extensions: { code: 'CONFLICT' satisfies ErrorCode } }],
    });
    expect(names()).toEqual(['Ada']);
  });
});
