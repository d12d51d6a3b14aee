import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { address, type Endpoint, openEndpoint } from './endpoint.ts';

interface CustomerPage {
  readonly customers: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
    readonly pageInfo: { readonly endCursor: string; readonly startCursor: string };
  };
}

const PAGE = gql<CustomerPage, Record<string, unknown>>`
  query Customers($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
      __typename
      edges { __typename cursor node { id name } }
      pageInfo { __typename startCursor endCursor hasNextPage hasPreviousPage }
    }
  }
`;
const CREATE = gql`
  mutation Create($input: CreateCustomerInput!) {
    createCustomer(input: $input) { customer { id name version } }
  }
`;
const UPDATE = gql`
  mutation Update($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) { customer { id name version } }
  }
`;
const NAMES = ['Ada', 'Barbara', 'Cecilia', 'Dorothy', 'Edith'];

describe('urql, with its normalised cache', () => {
  let endpoint: Endpoint;
  let client: Client;
  beforeAll(async () => {
    endpoint = await openEndpoint(NAMES);
  });
  beforeEach(() => {
    client = new Client({
      url: endpoint.url,
      preferGetMethod: false,
      fetchOptions: { headers: endpoint.headers },
      exchanges: [
        cacheExchange({
          resolvers: { Query: { customers: relayPagination() } },
          updates: {
            Mutation: {
              createCustomer(_result, _args, cache) {
                for (const field of cache.inspectFields('Query')) {
                  if (field.fieldName === 'customers')
                    cache.invalidate('Query', field.fieldName, field.arguments);
                }
              },
            },
          },
        }),
        fetchExchange,
      ],
    });
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  async function page(
    variables: Record<string, unknown>,
    requestPolicy: 'cache-first' | 'network-only' = 'cache-first',
  ) {
    const { data, error } = await client.query(PAGE, variables, { requestPolicy }).toPromise();
    if (!data) throw error ?? new Error('There is no reply.');
    const { edges, pageInfo } = data.customers;
    return { pageInfo, first: edges[0]?.node, names: edges.map(({ node }) => node.name) };
  }

  test('[RG] a list grows page by page, forwards', async () => {
    const { names, pageInfo } = await page({ first: 2 });
    expect(names).toEqual(['Ada', 'Barbara']);
    const more = await page({ first: 2, after: pageInfo.endCursor });
    expect(more.names).toEqual(['Ada', 'Barbara', 'Cecilia', 'Dorothy']);
  });

  test('[RG] a list grows page by page, backwards', async () => {
    const { names, pageInfo } = await page({ last: 2 });
    expect(names).toEqual(['Dorothy', 'Edith']);
    const more = await page({ last: 2, before: pageInfo.startCursor });
    expect(more.names).toEqual(['Barbara', 'Cecilia', 'Dorothy', 'Edith']);
  });

  test('[RG] a mutation makes a list be read anew, and what another changes is changed in the cache', async () => {
    expect((await page({ first: 10 })).names).toEqual(NAMES);
    const created = await client.mutation(CREATE, { input: { ...address, name: 'Zoe' } }).toPromise();
    expect((await page({ first: 10 })).names).toEqual([...NAMES, 'Zoe']);

    const { id } = created.data.createCustomer.customer;
    await client.mutation(UPDATE, { input: { id, version: 1, name: 'Zoe Zwingli' } }).toPromise();
    expect((await page({ first: 10 })).names).toEqual([...NAMES, 'Zoe Zwingli']);

    await endpoint.gateway.ask({
      tenant: 'north',
      query:
        'mutation Behind($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id } } }',
      variables: { input: { id, version: 2, name: 'Zora' } },
    });
    expect((await page({ first: 10 }, 'network-only')).names).toEqual([...NAMES, 'Zora']);
  });

  test('[RG EH] what is refused is an error with its code', async () => {
    const { first } = await page({ first: 1 });
    const input = { id: first?.id, version: 99, name: 'Eve' };
    const { error } = await client.mutation(UPDATE, { input }).toPromise();
    expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    expect(error?.response.status).toBe(409);
  });
});
