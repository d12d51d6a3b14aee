import SchemaBuilder from '@pothos/core';
import complexity from '@pothos/plugin-complexity';
import relay from '@pothos/plugin-relay';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    plugins: [relay, pothosMikroOrm, complexity],
    defaultFieldNullability: false,
    relay: {},
    complexity: { limit: { complexity: 200, depth: 6 }, defaultListMultiplier: 1 },
    scopeAuth: { authScopes: () => ({}) }, // asked for by the types of a plugin that is not used here
    mikroOrm,
  });
  builder.entityObject(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      books: t.relation('books', {
        args: { first: t.arg.int({ defaultValue: 10 }) },
        complexity: ({ first }) => ({ field: 1, multiplier: Number(first ?? 10) }),
        query: ({ first }) => ({ limit: first ?? 10, orderBy: { id: 'asc' } }),
      }),
    }),
  });
  builder.entityObject(Book, {
    fields: (t) => ({ title: t.expose('title'), author: t.relation('author', { nullable: true }) }),
  });
  builder.queryType({
    fields: (t) => ({
      authors: t.entityField({ type: [Author], complexity: { multiplier: 5 }, resolve: (read) => read() }),
      books: t.entityConnection({
        type: Book,
        complexity: ({ first }) => ({ multiplier: Number(first ?? 20) }),
        query: () => ({ orderBy: { id: 'asc' } }),
      }),
    }),
  });
  return builder.toSchema();
}

describe('beside the complexity plugin', () => {
  let library: Library;
  beforeAll(async () => {
    library = await createLibrary(createSchema);
  });
  afterAll(() => library[Symbol.asyncDispose]());

  async function ask(source: string) {
    library.takeStatements();
    const contextValue = { em: library.em() };
    const { errors = [] } = await execute({ schema: library.schema, document: parse(source), contextValue });
    return { errors: errors.map(({ message }) => message), statements: library.takeStatements() };
  }

  it.each([
    ['the arguments of a relation', '{ authors { books(first: 50) { title } } }'],
    ['the size of a page', '{ books(first: 90) { nodes { title author { name } } } }'],
    [
      'its depth',
      '{ books(first: 1) { nodes { author { books(first: 1) { author { books(first: 1) { title } } } } } } }',
    ],
  ])('a selection that is too dear by %s asks nothing of the database', async (_what, source) => {
    const { errors, statements } = await ask(source);
    expect(errors.length).toBeGreaterThan(0);
    expect(statements).toEqual([]);
  });

  it.each([
    '{ authors { books(first: 5) { title } } }',
    '{ books(first: 10) { nodes { title author { name } } } }',
  ])('one that is not is answered in one statement: %s', async (source) => {
    const { errors, statements } = await ask(source);
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
  });
});
