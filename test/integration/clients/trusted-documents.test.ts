import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Endpoint, openEndpoint } from './endpoint.ts';

const MANIFEST = 'test/client/gql/persisted-documents.json';
/** The documents that the code generator wrote down, by their ids. */
const manifest: Record<string, string> = JSON.parse(readFileSync(MANIFEST, 'utf8'));

/** The id of a document: operations have their names once. */
function idOf(document: DocumentNode): string {
  const name = getOperationAST(document)?.name?.value;
  const known = Object.entries(manifest).find(
    ([, text]) => getOperationAST(parse(text))?.name?.value === name,
  );
  return known?.[0] ?? 'unknown';
}

const document = (name: string) =>
  parse(Object.values(manifest).find((text) => text.includes(` ${name}(`)) ?? `{ ${name} }`);
const UNKNOWN = parse('query NotInTheManifest { viewer { subject } }');

describe('where trusted documents alone run', () => {
  let endpoint: Endpoint;
  beforeAll(async () => {
    endpoint = await openEndpoint([], {
      INSULA_TRUSTED_DOCUMENTS: MANIFEST,
      INSULA_TRUSTED_DOCUMENTS_ONLY: 'true',
    });
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  /** The bodies that reach the gateway. */
  function listen() {
    const sent: string[] = [];
    const listening: typeof fetch = (url, options) => {
      sent.push(String(options?.body));
      return fetch(url, options);
    };
    return { sent, listening };
  }

  test('[SM] Apollo’s link for persisted queries sends ids, and nothing else runs', async () => {
    const { sent, listening } = listen();
    const link = new PersistedQueryLink({ generateHash: idOf });
    const http = new HttpLink({ uri: endpoint.url, headers: endpoint.headers, fetch: listening });
    // The cache would add __typename to documents that are already settled.
    const client = new ApolloClient({ link: link.concat(http), cache: new InMemoryCache() });
    const { data } = await client.mutate({
      mutation: document('CreateCustomer'),
      variables: { name: 'Ada' },
    });
    expect(data).toMatchObject({ createCustomer: { customer: { name: 'Ada' } } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain('createCustomer');
    await expect(client.query({ query: UNKNOWN })).rejects.toMatchObject({
      errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
    });
  });

  test('[SM] urql’s exchange for persisted documents sends ids, and nothing else runs', async () => {
    const { sent, listening } = listen();
    const client = new Client({
      url: endpoint.url,
      preferGetMethod: false,
      fetch: listening,
      fetchOptions: { headers: endpoint.headers },
      exchanges: [
        persistedExchange({
          enforcePersistedQueries: true,
          enableForMutation: true,
          preferGetForPersistedQueries: false,
          generateHash: async (_text, operation) => idOf(operation),
        }),
        fetchExchange,
      ],
    });
    const { data } = await client.mutation(document('CreateCustomer'), { name: 'Grace' }).toPromise();
    expect(data).toMatchObject({ createCustomer: { customer: { name: 'Grace' } } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain('createCustomer');
    const { error } = await client.query(UNKNOWN, {}).toPromise();
    expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
  });
});
