import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { execute, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import pothosMikroOrm from '../src/index.ts';
import type { CreateContender } from './contender.ts';
import { Allocation, Customer, entities, Invoice, Line } from './entities.ts';
import { createExecutor, type Executor } from './executor.ts';
import { type Scalars, scalarNames, serialize } from './scalars.ts';

export const create: CreateContender = async (connection) => {
  const executor = await createExecutor(connection);
  const orm = new MikroORM({ dbName: 'postgres', entities });
  return {
    schema: createSchema(orm, executor),
    graphql: { parse, execute, compileQuery },
    context: () => ({ em: orm.em.fork() }),
    backend: executor.backend,
    close: async () => {
      await executor.close();
      await orm.close();
    },
  };
};

export function createSchema(orm: Pick<MikroORM, 'getMetadata'>, executor?: Executor) {
  const builder = new SchemaBuilder<{
    Context: { em: SqlEntityManager };
    DefaultFieldNullability: false;
    Scalars: Scalars;
  }>({
    plugins: [relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    mikroOrm: {
      orm,
      em: ({ em }) => em,
      ...(executor ? { execute: (_context, text, parameters) => executor.execute(text, parameters) } : {}),
    },
  });
  for (const name of scalarNames) builder.scalarType(name, { serialize });
  builder.entityObject(Customer, {
    fields: (t) => ({
      id: t.expose('id'),
      name: t.expose('name'),
      email: t.expose('email'),
      credit: t.expose('credit'),
      invoices: t.relation('invoices', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.entityObject(Invoice, {
    fields: (t) => ({
      id: t.expose('id'),
      number: t.expose('number'),
      status: t.expose('status'),
      total: t.expose('total'),
      issuedAt: t.expose('issuedAt'),
      customer: t.relation('customer'),
      lines: t.relation('lines', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.entityObject(Line, {
    fields: (t) => ({
      id: t.expose('id'),
      description: t.expose('description'),
      quantity: t.expose('quantity'),
      unitCents: t.expose('unitCents'),
      allocations: t.relation('allocations', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.entityObject(Allocation, {
    fields: (t) => ({
      id: t.expose('id'),
      method: t.expose('method'),
      amount: t.expose('amount'),
      paidAt: t.expose('paidAt'),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      invoice: t.entityField({
        type: Invoice,
        nullable: true,
        args: { id: t.arg.int({ required: true }) },
        resolve: (read, _root, { id }) => read({ key: id }),
      }),
      invoices: t.entityField({
        type: [Invoice],
        args: { first: t.arg.int({ required: true }), offset: t.arg.int({ required: true }) },
        resolve: (read, _root, { first, offset }) => read({ orderBy: { id: 'asc' }, limit: first, offset }),
      }),
      page: t.entityConnection({
        type: Invoice,
        args: { status: t.arg.string({ required: true }) },
        query: (_root, { status }) => ({ where: { status }, orderBy: { id: 'desc' } }),
      }),
      customers: t.entityField({
        type: [Customer],
        args: { first: t.arg.int({ required: true }), offset: t.arg.int({ required: true }) },
        resolve: (read, _root, { first, offset }) => read({ orderBy: { id: 'asc' }, limit: first, offset }),
      }),
    }),
  });
  return builder.toSchema();
}
