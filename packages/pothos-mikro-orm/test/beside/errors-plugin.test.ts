import SchemaBuilder from '@pothos/core';
import errors from '@pothos/plugin-errors';
import relay from '@pothos/plugin-relay';
import { execute, parse, validate } from 'graphql';
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

class TooDear extends Error {}

function createSchema(mikroOrm: LibraryOptions) {
  const builder = new SchemaBuilder<{ Context: LibraryContext; DefaultFieldNullability: false }>({
    plugins: [errors, relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    errors: { defaultTypes: [] },
    scopeAuth: { authScopes: () => ({}) }, // asked for by the types of a plugin that is not used here
    mikroOrm,
  });
  builder.objectType(Error, { name: 'Problem', fields: (t) => ({ message: t.exposeString('message') }) });
  builder.objectType(TooDear, { name: 'TooDear', fields: (t) => ({ message: t.exposeString('message') }) });
  builder.entityObject(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      books: t.relation('books', { query: () => ({ orderBy: { id: 'asc' } }), errors: { types: [TooDear] } }),
      pages: t.relatedConnection('books', { errors: { types: [TooDear] } }),
    }),
  });
  builder.entityObject(Book, {
    fields: (t) => ({
      title: t.expose('title'),
      author: t.relation('author', { nullable: true, errors: { types: [Error] } }),
      directAuthor: t.relation('author', { nullable: true, errors: { types: [Error], directResult: true } }),
      price: t.field({
        type: 'Int',
        select: ['price'],
        resolve: ({ price }) => price,
        errors: { types: [TooDear] },
      }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      book: t.entityField({
        type: Book,
        args: { id: t.arg.int({ required: true }) },
        errors: { types: [Error] },
        resolve: (read, _root, { id }) => {
          if (id < 0) throw new TooDear('No such price.');
          return read({ key: id });
        },
      }),
      directBook: t.entityField({
        type: Book,
        args: { id: t.arg.int({ required: true }) },
        errors: { types: [Error], directResult: true },
        resolve: (read, _root, { id }) => read({ key: id }),
      }),
      books: t.entityField({
        type: [Book],
        errors: { types: [Error] },
        resolve: (read) => read({ orderBy: { id: 'asc' } }),
      }),
      eachBook: t.entityField({
        type: [Book],
        itemErrors: { types: [Error] },
        resolve: (read) => read({ orderBy: { id: 'asc' } }),
      }),
      bookPages: t.entityConnection({
        type: Book,
        errors: { types: [Error] },
        query: () => ({ orderBy: { id: 'asc' } }),
      }),
      authors: t.entityField({ type: [Author], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
    }),
  });
  return builder.toSchema();
}

describe('beside the errors plugin', () => {
  let library: Library;
  beforeAll(async () => {
    library = await createLibrary(createSchema);
  });
  afterAll(() => library[Symbol.asyncDispose]());

  async function ask(source: string) {
    const document = parse(source);
    expect(validate(library.schema, document)).toEqual([]);
    library.takeStatements();
    const contextValue = { em: library.em() };
    const { data, errors: found } = await execute({ schema: library.schema, document, contextValue });
    expect(found).toBeUndefined();
    return { data: JSON.parse(JSON.stringify(data)), statements: library.takeStatements() };
  }

  it('what is selected inside a result is loaded in one statement', async () => {
    const { data, statements } = await ask(`{ book(id: 1) {
      __typename
      ... on QueryBookSuccess { data { title author { ... on BookAuthorSuccess { data { name } } } } }
    } }`);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({
      book: {
        __typename: 'QueryBookSuccess',
        data: { title: 'The Dispossessed', author: { data: { name: 'Ursula' } } },
      },
    });
  });

  it('under several aliases and fragments, too', async () => {
    const { data, statements } = await ask(`
      { book(id: 1) { ...A ... on QueryBookSuccess { other: data { price { ... on BookPriceSuccess { data } } } } } }
      fragment A on QueryBookSuccess { data { title } }`);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({ book: { data: { title: 'The Dispossessed' }, other: { price: { data: 10 } } } });
  });

  it('a result that is the row itself', async () => {
    const { data, statements } = await ask(`{ directBook(id: 3) {
      __typename ... on Book { title directAuthor { __typename ... on Author { name } } }
    } }`);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({
      directBook: {
        __typename: 'Book',
        title: 'Excession',
        directAuthor: { __typename: 'Author', name: 'Iain' },
      },
    });
  });

  it('lists, and lists whose items are results', async () => {
    const { data, statements } = await ask(`{
      books { ... on QueryBooksSuccess { data { title } } }
      eachBook { __typename ... on QueryEachBookItemSuccess { data { title } } }
    }`);
    expect(statements).toHaveLength(2);
    const titles = ['The Dispossessed', 'The Lathe of Heaven', 'Excession', 'Withdrawn'];
    expect(data.books.data).toEqual(titles.map((title) => ({ title })));
    expect(data.eachBook).toEqual(
      titles.map((title) => ({ __typename: 'QueryEachBookItemSuccess', data: { title } })),
    );
  });

  it('connections, at the root and of a relation', async () => {
    const { data, statements } = await ask(`{
      bookPages(first: 1) { ... on QueryBookPagesSuccess { data { totalCount edges { node { title } } } } }
      authors { pages(first: 1) { ... on AuthorPagesSuccess { data { totalCount nodes { title } } } }
        books { ... on AuthorBooksSuccess { data { title } } } }
    }`);
    expect(statements).toHaveLength(2);
    expect(data).toEqual({
      bookPages: { data: { totalCount: 4, edges: [{ node: { title: 'The Dispossessed' } }] } },
      authors: [
        {
          pages: { data: { totalCount: 2, nodes: [{ title: 'The Dispossessed' }] } },
          books: { data: [{ title: 'The Dispossessed' }, { title: 'The Lathe of Heaven' }] },
        },
        {
          pages: { data: { totalCount: 1, nodes: [{ title: 'Excession' }] } },
          books: { data: [{ title: 'Excession' }] },
        },
      ],
    });
  });

  it('a missing row and an error of the service are members of the union', async () => {
    const { data } = await ask(`{
      missing: book(id: 99) { __typename ... on Problem { message } }
      refused: book(id: -1) { __typename ... on Problem { message } }
    }`);
    expect(data).toEqual({
      missing: { __typename: 'Problem', message: 'There is no such Book, or it may not be seen.' },
      refused: { __typename: 'Problem', message: 'No such price.' },
    });
  });

  it('a hidden row is null inside a result as anywhere', async () => {
    const { data, statements } = await ask(`{ book(id: 4) { ... on QueryBookSuccess {
      data { title author { ... on BookAuthorSuccess { data { name } } } directAuthor { ... on Author { name } } }
    } } }`);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({ book: { data: { title: 'Withdrawn', author: null, directAuthor: null } } });
  });
});
