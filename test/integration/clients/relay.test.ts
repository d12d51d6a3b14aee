import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  type ConcreteRequest,
  commitMutation,
  createOperationDescriptor,
  Environment,
  type FetchFunction,
  fetchQuery,
  getRequest,
  getSingularSelector,
  Network,
  type ReaderFragment,
  RecordSource,
  Store,
} from 'relay-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { address, type Endpoint, openEndpoint } from './endpoint.ts';

/** As they stand in a front end's components, inside of graphql`…`. */
const OPERATIONS = [
  `query CustomersQuery($first: Int, $after: String, $last: Int, $before: String) {
    ...Customers_list @arguments(first: $first, after: $after, last: $last, before: $before)
  }`,
  `fragment Customers_list on Query
    @refetchable(queryName: "CustomersPageQuery")
    @argumentDefinitions(
      first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" }
    ) {
    customers(first: $first, after: $after, last: $last, before: $before)
      @connection(key: "Customers_customers") {
      __id
      edges { node { id name ...Customers_row } }
    }
  }`,
  `fragment Customers_row on Customer @refetchable(queryName: "CustomersRowQuery") { name version city }`,
  `mutation CustomersCreateMutation($input: CreateCustomerInput!, $connections: [ID!]!) {
    createCustomer(input: $input) {
      customer @appendNode(connections: $connections, edgeTypeName: "CustomerEdge") { id name ...Customers_row }
    }
  }`,
  `mutation CustomersUpdateMutation($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) { customer { id name version } }
  }`,
  `query CustomersDraftsQuery { invoices(first: 10) @connection(key: "Customers_invoices") { edges { node { id status } } } }`,
  `mutation CustomersDraftMutation($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }`,
  `mutation CustomersDeleteMutation($input: DeleteInvoiceInput!) {
    deleteInvoice(input: $input) { deletedInvoiceId @deleteRecord }
  }`,
];
const NAMES = ['Ada', 'Barbara', 'Cecilia', 'Dorothy', 'Edith'];

interface Edge {
  readonly node: { readonly id: string; readonly name: string };
}
interface CustomerList {
  readonly customers: { readonly __id: string; readonly edges: readonly Edge[] };
}

describe('Relay', () => {
  let endpoint: Endpoint;
  let folder: string;
  let environment: Environment;
  beforeAll(async () => {
    endpoint = await openEndpoint(NAMES);
    folder = await compile();
  });
  beforeEach(() => {
    environment = new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await endpoint[Symbol.asyncDispose]();
  });

  const send: FetchFunction = async ({ text }, variables) => {
    const headers = { ...endpoint.headers, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: text, variables });
    return (await fetch(endpoint.url, { method: 'POST', headers, body })).json();
  };
  const artifact = (name: string) =>
    createRequire(join(folder, 'made/'))(`./${name}.graphql.js`) as ConcreteRequest & ReaderFragment;
  const query = (name: string, variables = {}) =>
    fetchQuery(environment, artifact(name), variables, { fetchPolicy: 'network-only' }).toPromise();
  const mutate = (name: string, variables: Record<string, unknown>) =>
    new Promise<Record<string, unknown>>((done, onError) => {
      commitMutation(environment, {
        mutation: artifact(name),
        variables,
        onError,
        onCompleted: (reply) => done({ ...Object(reply) }),
      });
    });

  /** What a component would now see. */
  function list(variables = {}): CustomerList {
    const operation = createOperationDescriptor(getRequest(artifact('CustomersQuery')), variables);
    const { data } = environment.lookup(operation.fragment);
    const selector = getSingularSelector(artifact('Customers_list'), data);
    if (!selector) throw new Error('The list is not in the store.');
    return Object(environment.lookup(selector).data);
  }
  const names = (variables = {}) => list(variables).customers.edges.map(({ node }) => node.name);

  test('[RG] its compiler takes the schema: connections, refetchable rows, deleted records', () => {
    expect(readdirSync(join(folder, 'made')).sort()).toEqual(
      [
        'CustomersCreateMutation',
        'CustomersDeleteMutation',
        'CustomersDraftMutation',
        'CustomersDraftsQuery',
        'CustomersPageQuery',
        'CustomersQuery',
        'CustomersRowQuery',
        'CustomersUpdateMutation',
        'Customers_list',
        'Customers_row',
      ].map((name) => `${name}.graphql.js`),
    );
  });

  test('[RG] a list grows page by page, forwards', async () => {
    const first = { first: 2 };
    await query('CustomersQuery', first);
    expect(names(first)).toEqual(['Ada', 'Barbara']);
    const { pageInfo } = connection();
    expect(pageInfo).toMatchObject({ hasNextPage: true });
    await query('CustomersPageQuery', { first: 2, after: pageInfo.endCursor });
    expect(names(first)).toEqual(['Ada', 'Barbara', 'Cecilia', 'Dorothy']);
  });

  test('[RG] a list grows page by page, backwards', async () => {
    const last = { last: 2 };
    await query('CustomersQuery', last);
    expect(names(last)).toEqual(['Dorothy', 'Edith']);
    await query('CustomersPageQuery', { last: 2, before: connection().pageInfo.startCursor });
    expect(names(last)).toEqual(['Barbara', 'Cecilia', 'Dorothy', 'Edith']);
  });

  /** The record that Relay keeps of the list. */
  function connection() {
    const records = Object.values(environment.getStore().getSource().toJSON());
    const pages = records.filter((record) => record?.__typename === 'PageInfo');
    const page = pages.find((record) => String(record?.__id).includes('__Customers_customers'));
    return { pageInfo: { ...Object(page) } };
  }

  test('[RG] a mutation adds to a list, another changes a row in it, and a row is fetched anew', async () => {
    const all = { first: 10 };
    await query('CustomersQuery', all);
    const connections = [list(all).customers.__id];
    const created = await mutate('CustomersCreateMutation', {
      input: { ...address, name: 'Zoe' },
      connections,
    });
    expect(names(all)).toEqual([...NAMES, 'Zoe']);
    const { id } = Object(created).createCustomer.customer;

    await mutate('CustomersUpdateMutation', { input: { id, version: 1, name: 'Zoe Zwingli' } });
    expect(names(all)).toEqual([...NAMES, 'Zoe Zwingli']);

    const change = { name: 'Zora', id, version: 2 };
    const behind = `mutation Behind($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id } } }`;
    await endpoint.gateway.ask({ tenant: 'north', query: behind, variables: { input: change } });
    await query('CustomersRowQuery', { id });
    expect(names(all)).toEqual([...NAMES, 'Zora']);
  });

  test('[RG] a deleted record leaves its list', async () => {
    await query('CustomersQuery', { first: 1 });
    const customerId = list({ first: 1 }).customers.edges[0]?.node.id;
    const line = { description: 'Work', quantity: 1, unitPrice: 100, taxRate: 0 };
    const input = { customerId, currency: 'EUR', lines: [line] };
    const created = await mutate('CustomersDraftMutation', { input });
    const { id } = Object(created).createInvoice.invoice;
    const drafts = () => {
      const operation = createOperationDescriptor(getRequest(artifact('CustomersDraftsQuery')), {});
      const { edges } = Object(environment.lookup(operation.fragment).data).invoices;
      return edges.filter((edge: { node: unknown }) => edge.node !== null);
    };
    await query('CustomersDraftsQuery');
    expect(drafts()).toEqual([expect.objectContaining({ node: expect.objectContaining({ id }) })]);
    await mutate('CustomersDeleteMutation', { input: { id } });
    expect(drafts()).toEqual([]);
  });
});

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'insula-relay-'));
  for (const name of ['src', 'made']) mkdirSync(join(folder, name));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(folder, 'src/Customers.js'), OPERATIONS.map((text) => `graphql\`${text}\`;\n`).join(''));
  const config = {
    src: 'src',
    schema: 'schema.graphql',
    language: 'javascript',
    eagerEsModules: false,
    artifactDirectory: 'made',
  };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  symlinkSync(resolve('schema.graphql'), join(folder, 'schema.graphql'));
  const compiler = resolve('node_modules/relay-compiler/cli.js');
  await promisify(execFile)(process.execPath, [compiler, '--noWatchman'], { cwd: folder });
  return folder;
}
