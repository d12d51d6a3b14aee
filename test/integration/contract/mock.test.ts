import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { createMockServer } from '../../../tools/contract/mock-server.ts';
import { readContract } from '../../../tools/contract/proposals.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const PROPOSAL = `
  extend type Query {
    "The reminders that were sent, the latest first."
    reminders("As many." first: Int "After this." after: String "As many." last: Int "Before." before: String): ReminderConnection!
    "The reminder with that id."
    reminder("Its global id." id: ID!): Reminder
  }
  extend type Mutation {
    "Reminds a customer."
    remind("Whom." customerId: ID!): Reminder!
  }
  extend type Customer {
    "How reliably they pay, from 0 to 100."
    rating: Int!
    "Their last reminder."
    lastReminder: Reminder
  }
  extend input CustomerFilter {
    "Only those with at least this rating."
    minRating: Int
  }
  "A letter that asks for money."
  type Reminder implements Node {
    "The global id."
    id: ID!
    "When it was sent."
    sentAt: DateTime!
    "Where to."
    email: EmailAddress!
    "For which invoice."
    invoice: Invoice!
  }
  "One page of reminders."
  type ReminderConnection {
    "The rows of the page, each with its cursor."
    edges: [ReminderEdge!]!
    "The rows of the page."
    nodes: [Reminder!]!
    "Where the page stands in its list."
    pageInfo: PageInfo!
    "How many there are in all."
    totalCount: Int!
  }
  "A row of a page."
  type ReminderEdge {
    "The place of the row in its list."
    cursor: String!
    "The row itself."
    node: Reminder!
  }`;

interface Reply {
  readonly status: number | undefined;
  readonly body: {
    data?: Record<string, unknown> | null;
    errors?: { path?: unknown; extensions?: unknown }[];
  };
}

let gateway: TestGateway;
let server: Server;
let directory: string;
beforeAll(async () => {
  gateway = await startGateway({ modules });
  directory = mkdtempSync(join(tmpdir(), 'insula-proposals-'));
  writeFileSync(join(directory, 'reminders.graphql'), PROPOSAL);
  server = await serve(gateway.port);
  for (const name of ['Ada', 'Grace']) {
    const { body } = await ask(CREATE, { name });
    expect(body).toMatchObject({ data: { createCustomer: { customer: { name } } } });
  }
});
afterAll(async () => {
  server.close();
  rmSync(directory, { recursive: true });
  await gateway[Symbol.asyncDispose]();
});

const CREATE = `mutation Create($name: String!) {
  createCustomer(input: { name: $name, street: "Mill Lane 1", postalCode: "8001", city: "Zürich", country: "CH" }) {
    customer { id name rating }
  }
}`;

async function serve(port: number): Promise<Server> {
  const contract = readContract({ schema: 'schema.graphql', proposals: directory });
  expect(contract.faults).toEqual([]);
  const made = createMockServer({ contract, gateway: new URL(`http://127.0.0.1:${port}`) });
  await once(made.listen(0, '127.0.0.1'), 'listening');
  return made;
}

const portOf = (of: Server) => {
  const address = of.address();
  return typeof address === 'object' ? address?.port : undefined;
};

async function ask(
  query: string,
  variables: object = {},
  as: string | null = 'owner',
  to = server,
): Promise<Reply> {
  const authorization = as === null ? undefined : `Bearer ${await gateway.token(`${as}@north.example`)}`;
  const headers = {
    host: 'north.localhost',
    'content-type': 'application/json',
    ...(authorization && { authorization }),
  };
  const outgoing = request({
    host: '127.0.0.1',
    port: portOf(to),
    path: '/graphql',
    method: 'POST',
    headers,
  });
  outgoing.end(JSON.stringify({ query, variables }));
  const [message] = await once(outgoing, 'response');
  const body: Reply['body'] = Object(await json(message));
  return { status: message.statusCode, body };
}

test('[RG] promised fields stand among real ones, in the order of the operation', async () => {
  const query = `query List($filter: CustomerFilter, $first: Int, $unused: Int) {
    reminders(first: $unused) { totalCount }
    list: customers(first: $first, filter: $filter) { nodes { ...Part note: lastReminder { sentAt } } totalCount }
    viewer { subject }
  }
  fragment Part on Customer { score: rating called: name id }`;
  const variables = { filter: { search: 'Ada', minRating: 50 }, first: 1, unused: 2 };
  const { status, body } = await ask(query, variables);
  expect(status).toBe(200);
  expect(body).toEqual({
    data: {
      reminders: { totalCount: 25 },
      list: {
        nodes: [
          {
            score: expect.any(Number),
            called: 'Ada',
            id: expect.any(String),
            note: { sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
          },
        ],
        totalCount: 1,
      },
      viewer: { subject: 'owner@north.example' },
    },
  });
  expect(Object.keys(body.data ?? {})).toEqual(['reminders', 'list', 'viewer']);
  expect((await ask(query, variables)).body).toEqual(body);
});

test('[RG] a row has the same mocked values wherever it is met', async () => {
  const list = await ask('{ customers { nodes { id rating } } }');
  const nodes = Object(list.body.data).customers.nodes;
  expect(nodes).toHaveLength(2);
  for (const { id, rating } of nodes) {
    const one = await ask('query One($id: ID!) { customer(id: $id) { rating } }', { id });
    expect(one.body).toEqual({ data: { customer: { rating } } });
    const node = await ask(
      'query One($id: ID!) { node(id: $id) { ... on Customer { rating } ... on Reminder { sentAt } } }',
      {
        id,
      },
    );
    expect(node.body).toEqual({ data: { node: { rating } } });
  }
});

test('[RG] a mocked list is walked through page by page, both ways', async () => {
  const page = async (args: string) => {
    const { body } = await ask(
      `{ reminders(${args}) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    return Object(body.data).reminders;
  };
  const first = await page('first: 20');
  const second = await page(`first: 20, after: "${first.pageInfo.endCursor}"`);
  expect([first.nodes.length, second.nodes.length]).toEqual([20, 5]);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const back = await page(`last: 5, before: "${second.pageInfo.startCursor}"`);
  expect(back.nodes).toEqual(first.nodes.slice(15));
  expect(back.edges.map(({ node }: { node: unknown }) => node)).toEqual(back.nodes);
});

test('[RG] the gateway’s errors pass through, with their paths', async () => {
  const { body } = await ask(
    '{ bad: customer(id: "nonsense") { name rating } reminders(first: 1) { totalCount } }',
  );
  expect(body.data).toEqual({ bad: null, reminders: { totalCount: 25 } });
  expect(body.errors).toEqual([
    expect.objectContaining({ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }),
  ]);
});

test('[AN AZ] who may not, may not, whatever is promised', async () => {
  const stranger = await ask('{ reminders(first: 1) { totalCount } }', {}, null);
  expect(stranger).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
  });
  const viewer = await ask(CREATE, { name: 'Eve' }, 'viewer');
  expect(viewer).toMatchObject({ status: 403, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } });
  expect(await gateway.rows('north', "select from customer where name = 'Eve'")).toEqual([]);
});

test('[RG] a promised mutation is mocked, beside a real one of the same operation', async () => {
  const { body } = await ask(`mutation {
    remind(customerId: "any") { id sentAt invoice { number customer { name } } }
    createCustomer(input: { name: "Joan", street: "s", postalCode: "p", city: "c", country: "CH" }) { customer { name } }
  }`);
  expect(body).toMatchObject({
    data: {
      remind: { id: expect.any(String), invoice: { customer: { name: expect.any(String) } } },
      createCustomer: { customer: { name: 'Joan' } },
    },
  });
  expect(await gateway.rows('north', "select from customer where name = 'Joan'")).toHaveLength(1);
});

test('[RG] the schema of the endpoint is the whole contract', async () => {
  const { body } = await ask('{ __type(name: "Customer") { fields { name } } }');
  const { fields } = Object(body.data).__type;
  expect(fields.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['name', 'rating']),
  );
  const wrong = await ask('{ reminders(first: 1) { nope } }');
  expect(wrong.status).toBe(400);
});

test('[RG] what is promised answers without a gateway, and what is real says that there is none', async () => {
  const alone = await serve(1);
  const promised = await ask('{ reminders(first: 1) { nodes { email } } }', {}, 'owner', alone);
  expect(promised.body).toEqual({
    data: { reminders: { nodes: [{ email: expect.stringContaining('@') }] } },
  });
  for (const query of ['{ viewer { subject } }', '{ customers { nodes { rating } } }']) {
    const real = await ask(query, {}, 'owner', alone);
    expect(real).toMatchObject({
      status: 502,
      body: { errors: [{ extensions: { code: 'GATEWAY_UNREACHABLE' } }] },
    });
  }
  alone.close();
});
