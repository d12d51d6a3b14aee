import { setTimeout as delay } from 'node:timers/promises';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { problems } from '../../../src/errors/problems.ts';
import type { RequestContext } from '../../../src/session/context.ts';

const typeDefs = /* GraphQL */ `
  type Query {
    hello: String!
    echo(text: String, number: Int, list: [Int!], input: Input): String
    twice(number: Int!): Int!
    secret: String
    hidden: Hidden
    boom: String
    boomNonNull: String!
    tooLarge: Int
    missing: String
    items(first: Int, last: Int): ItemConnection!
    plain: [Item!]!
    nodes(ids: [ID!]!): [Item]!
    slow(ms: Int!): String
    whoAmI: String!
  }
  type Hidden { value: String other: String }
  input Input { name: String! amount: Int! color: Color lines: [Line!] }
  input Line { quantity: Int! }
  enum Color { RED GREEN }
  type ItemConnection { edges: [ItemEdge!]! totalCount: Int! }
  type ItemEdge { node: Item! }
  type Item { id: ID! name: String! children(first: Int = 5): [Item!]! }
  type Mutation {
    add(number: Int!): Int!
    fail: Int
    crash: Int
    again(times: Int!): Int
    secretAdd: Int
    serially: Int
    slowAdd(ms: Int!): Int
  }
  type Subscription { ticks: Int }
`;

/** What the resolvers of a gateway under test write to, and what they saw. */
export interface Store {
  /** Committed. */
  count: number;
  /** Written by the attempt that is running. */
  pending: number;
  attempts: number;
  readonly contexts: RequestContext[];
}

const item = (id: number) => ({ id, name: `Item ${id}`, children: [] });
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

/** An error that the test's session runner answers with another attempt. */
export class Collision extends Error {}

export function createTestSchema(store: Store): GraphQLSchema {
  const schema = createSchema<RequestContext>({
    typeDefs,
    resolvers: {
      Query: {
        hello: () => 'world',
        echo: (_root, args) => JSON.stringify(args),
        twice: (_root, { number }) => number * 2,
        secret: () => 'told',
        hidden: () => ({ value: 'a', other: 'b' }),
        boom: () => {
          throw new Error('a private detail');
        },
        boomNonNull: () => {
          throw new Error('a private detail');
        },
        tooLarge: () => 5_000_000_000,
        missing: () => {
          throw problems.NOT_FOUND('There is no such thing.');
        },
        items: (_root, { first, last }) => {
          const found = items(first ?? last ?? 3);
          return { edges: found.map((node) => ({ node })), totalCount: found.length };
        },
        plain: () => items(2),
        nodes: (_root, { ids }) => items(ids.length),
        slow: async (_root, { ms }) => {
          await delay(ms);
          return 'done';
        },
        whoAmI: (_root, _args, context) => {
          store.contexts.push(context);
          return context.principal.actor;
        },
      },
      Mutation: {
        add: (_root, { number }) => {
          store.pending += number;
          return number;
        },
        fail: () => {
          throw problems.CONFLICT('Somebody was faster.');
        },
        crash: () => {
          throw new Error('a private detail');
        },
        again: (_root, { times }, context) => {
          store.contexts.push(context);
          store.pending += 1;
          if (store.attempts <= times) throw new Collision();
          return store.attempts;
        },
        secretAdd: () => {
          store.pending += 1000;
          return 1;
        },
        serially: () => 1,
        slowAdd: async (_root, { ms }) => {
          await delay(ms);
          store.pending += 1;
          return 1;
        },
      },
      Subscription: {
        ticks: {
          subscribe: async function* () {
            yield { ticks: 1 };
          },
        },
      },
    },
  });
  const needs: Record<string, string> = {
    'Query.secret': 'secret:read',
    'Hidden.value': 'hidden:read',
    'Hidden.other': 'hidden:read',
    'Mutation.secretAdd': 'secret:write',
  };
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const permission = needs[`${type.name}.${field.name}`] ?? 'public';
      field.extensions = { permission, ...(field.name === 'serially' && { isolation: 'serializable' }) };
    }
  }
  return schema;
}
