import { Collection, MikroORM, Reference, type SqlEntityManager } from '@mikro-orm/postgresql';
import { execute, type FieldNode, type GraphQLResolveInfo, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CreateContender } from './contender.ts';
import { Customer, entities, Invoice } from './entities.ts';
import { plainSchema } from './plain-schema.ts';

interface Context {
  readonly em: SqlEntityManager;
}

const relations = new Set(['customer', 'lines', 'invoices', 'allocations']);

/** `customer`, `lines.allocations`: what is selected below a field, for `populate`. */
function lookahead(nodes: readonly FieldNode[]): string[] {
  return nodes.flatMap((node) =>
    (node.selectionSet?.selections ?? []).flatMap((selection) => {
      if (selection.kind !== 'Field') return [];
      const below = lookahead([selection]);
      if (!relations.has(selection.name.value)) return below;
      return below.length === 0
        ? [selection.name.value]
        : below.map((path) => `${selection.name.value}.${path}`);
    }),
  );
}

const populate = ({ fieldNodes }: GraphQLResolveInfo) => lookahead(fieldNodes) as never[];

/** What is hydrated: entities, found with what the selection needs of their relations. */
export const create: CreateContender = async ({ host, port, user, database }) => {
  const orm = new MikroORM({
    host,
    port,
    user,
    dbName: database,
    entities,
    pool: { min: 1, max: 1, idleTimeoutMillis: 0 },
  });
  const [row] = await orm.em.getConnection().execute<{ pid: number }[]>('select pg_backend_pid() as pid');
  const unwrap = (name: string) => (parent: Record<string, unknown>) => {
    const value = parent[name];
    if (value instanceof Collection) return value.getItems();
    return value instanceof Reference ? value.unwrap() : value;
  };
  const schema = await plainSchema({
    Query: {
      invoice: (_root, { id }: { id: number }, { em }: Context, info) =>
        em.findOne(Invoice, { id }, { populate: populate(info) }),
      invoices: (_root, { first, offset }: { first: number; offset: number }, { em }: Context, info) =>
        em.find(
          Invoice,
          {},
          { orderBy: { id: 'asc' }, limit: first, offset, populate: populate(info), strategy: 'select-in' },
        ),
      page: async (_root, { status, first }: { status: string; first: number }, { em }: Context, info) => {
        const cursor = await em.findByCursor(Invoice, {
          where: { status },
          first,
          orderBy: { id: 'desc' },
          populate: populate(info),
          strategy: 'select-in',
        });
        return {
          edges: cursor.items.map((node) => ({ cursor: cursor.from(node), node })),
          totalCount: cursor.totalCount,
          pageInfo: {
            hasNextPage: cursor.hasNextPage,
            hasPreviousPage: cursor.hasPrevPage,
            startCursor: cursor.startCursor,
            endCursor: cursor.endCursor,
          },
        };
      },
      customers: (_root, { first, offset }: { first: number; offset: number }, { em }: Context, info) =>
        em.find(
          Customer,
          {},
          { orderBy: { id: 'asc' }, limit: first, offset, populate: populate(info), strategy: 'select-in' },
        ),
    },
    Invoice: { customer: unwrap('customer'), lines: unwrap('lines') },
    Customer: { invoices: unwrap('invoices') },
    Line: { allocations: unwrap('allocations') },
  });
  return {
    schema,
    graphql: { parse, execute, compileQuery },
    context: () => ({ em: orm.em.fork() }),
    backend: row?.pid ?? 0,
    close: () => orm.close(),
  };
};
