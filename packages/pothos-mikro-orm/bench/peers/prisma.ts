import SchemaBuilder from '@pothos/core';
import prismaPlugin from '@pothos/plugin-prisma';
import relay from '@pothos/plugin-relay';
import { PrismaPg } from '@prisma/adapter-pg';
import { execute, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CreateContender } from '../contender.ts';
import { type Scalars, scalarNames, serialize } from '../scalars.ts';
import { PrismaClient } from './generated/client/index.js';
import type PrismaTypes from './generated/pothos.ts';
import { getDatamodel } from './generated/pothos.ts';

/**
 * Prisma with its compiler in WebAssembly and one connection; its statements are sent under names. A statement for each
 * level: with `relationLoadStrategy: 'join'` (a preview) four levels took a hundred times as long here.
 */
export const create: CreateContender = async (connection) => {
  const names = new Map<string, string>();
  const adapter = new PrismaPg(
    { ...connection, max: 1, idleTimeoutMillis: 0 },
    {
      statementNameGenerator: ({ sql }) => {
        const name = names.get(sql) ?? `s${names.size}`;
        names.set(sql, name);
        return name;
      },
    },
  );
  const prisma = new PrismaClient({ adapter });
  const [row] = await prisma.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const builder = new SchemaBuilder<{
    DefaultFieldNullability: false;
    PrismaTypes: PrismaTypes;
    Scalars: Scalars;
  }>({
    plugins: [relay, prismaPlugin],
    defaultFieldNullability: false,
    relay: {},
    prisma: { client: prisma, dmmf: getDatamodel() },
  });
  for (const name of scalarNames) builder.scalarType(name, { serialize });
  builder.prismaObject('Customer', {
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      email: t.exposeString('email'),
      credit: t.expose('credit', { type: 'BigInt' }),
      invoices: t.relation('invoices', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.prismaObject('Invoice', {
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeString('number'),
      status: t.exposeString('status'),
      total: t.field({
        type: 'Decimal',
        select: { total: true },
        resolve: ({ total }) => total.toFixed(2),
      }),
      issuedAt: t.expose('issuedAt', { type: 'DateTime' }),
      customer: t.relation('customer'),
      lines: t.relation('lines', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.prismaObject('Line', {
    fields: (t) => ({
      id: t.exposeID('id'),
      description: t.exposeString('description'),
      quantity: t.exposeInt('quantity'),
      unitCents: t.expose('unitCents', { type: 'BigInt' }),
      allocations: t.relation('allocations', { query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  builder.prismaObject('Allocation', {
    fields: (t) => ({
      id: t.exposeID('id'),
      method: t.exposeString('method'),
      amount: t.field({
        type: 'Decimal',
        select: { amount: true },
        resolve: ({ amount }) => amount.toFixed(2),
      }),
      paidAt: t.expose('paidAt', { type: 'DateTime' }),
    }),
  });
  const slice = { first: { type: 'Int', required: true }, offset: { type: 'Int', required: true } } as const;
  builder.queryType({
    fields: (t) => ({
      invoice: t.prismaField({
        type: 'Invoice',
        nullable: true,
        args: { id: t.arg.int({ required: true }) },
        resolve: (query, _root, { id }) => prisma.invoice.findUnique({ ...query, where: { id } }),
      }),
      invoices: t.prismaField({
        type: ['Invoice'],
        args: { first: t.arg(slice.first), offset: t.arg(slice.offset) },
        resolve: (query, _root, { first, offset }) =>
          prisma.invoice.findMany({ ...query, orderBy: { id: 'asc' }, take: first, skip: offset }),
      }),
      page: t.prismaConnection({
        type: 'Invoice',
        cursor: 'id',
        args: { status: t.arg.string({ required: true }) },
        totalCount: (_root, { status }) => prisma.invoice.count({ where: { status } }),
        resolve: (query, _root, { status }) =>
          prisma.invoice.findMany({ ...query, where: { status }, orderBy: { id: 'desc' } }),
      }),
      customers: t.prismaField({
        type: ['Customer'],
        args: { first: t.arg(slice.first), offset: t.arg(slice.offset) },
        resolve: (query, _root, { first, offset }) =>
          prisma.customer.findMany({ ...query, orderBy: { id: 'asc' }, take: first, skip: offset }),
      }),
    }),
  });
  return {
    schema: builder.toSchema(),
    graphql: { parse, execute, compileQuery },
    context: () => ({}),
    backend: row?.pid ?? 0,
    close: () => prisma.$disconnect(),
  };
};
