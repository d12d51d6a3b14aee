import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import validation from '@pothos/plugin-validation';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import pothosMikroOrm from '../../src/index.ts';
import {
  Author,
  Book,
  createLibrary,
  type Library,
  type LibraryContext,
  type LibraryOptions,
} from './library.ts';

function createSchema(mikroOrm: LibraryOptions) {
  const builder = new SchemaBuilder<{ Context: LibraryContext; DefaultFieldNullability: false }>({
    plugins: [validation, relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    scopeAuth: { authScopes: () => ({}) }, // asked for by the types of a plugin that is not used here
    mikroOrm,
  });
  builder.entityObject(Book, { fields: (t) => ({ title: t.expose('title') }) });
  builder.entityObject(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      books: t.relation('books', {
        args: { start: t.arg.string({ validate: z.string().trim().min(3) }) },
        query: ({ start }) => ({
          where: start ? { title: { $like: `${start}%` } } : {},
          orderBy: { id: 'asc' },
        }),
      }),
      pages: t.relatedConnection('books', {
        args: { start: t.arg.string({ validate: z.string().trim().min(3) }) },
        query: ({ start }) => ({ where: start ? { title: { $like: `${start}%` } } : {} }),
      }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      author: t.entityField({
        type: Author,
        nullable: true,
        args: { id: t.arg.int({ required: true, validate: z.number().positive() }) },
        resolve: (read, _root, { id }) => read({ key: id }),
      }),
      books: t.entityConnection({
        type: Book,
        args: { start: t.arg.string({ validate: z.string().min(3) }) },
        query: (_root, { start }) => ({ where: start ? { title: { $like: `${start}%` } } : {} }),
      }),
    }),
  });
  return builder.toSchema();
}

describe('beside the validation plugin', () => {
  let library: Library;
  beforeAll(async () => {
    library = await createLibrary(createSchema);
  });
  afterAll(() => library[Symbol.asyncDispose]());

  async function ask(source: string) {
    library.takeStatements();
    const contextValue = { em: library.em() };
    const { data, errors = [] } = await execute({
      schema: library.schema,
      document: parse(source),
      contextValue,
    });
    return {
      data: JSON.parse(JSON.stringify(data ?? null)),
      errors: errors.map(({ message }) => message),
      statements: library.takeStatements(),
    };
  }

  it.each([
    ['a row', '{ author(id: -1) { name } }'],
    ['a connection', '{ books(start: "x") { nodes { title } } }'],
    ['a relation below', '{ author(id: 1) { name books(start: "x") { title } } }'],
    ['a connection below', '{ author(id: 1) { pages(start: "x") { totalCount } } }'],
  ])('arguments of %s that are refused ask nothing of the database', async (_what, source) => {
    const { errors, statements } = await ask(source);
    expect(errors.length).toBeGreaterThan(0);
    expect(statements).toEqual([]);
  });

  it('what the validation makes of an argument is what the criteria get', async () => {
    const { data, errors, statements } = await ask(
      '{ author(id: 1) { books(start: "  The L ") { title } pages(start: " The D") { nodes { title } } } }',
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({
      author: {
        books: [{ title: 'The Lathe of Heaven' }],
        pages: { nodes: [{ title: 'The Dispossessed' }] },
      },
    });
  });
});
