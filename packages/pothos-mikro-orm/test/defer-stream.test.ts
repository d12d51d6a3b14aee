import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pothosMikroOrm from '../src/index.ts';
import {
  Author,
  Book,
  createLibrary,
  type Library,
  type LibraryContext,
  type LibraryOptions,
} from './beside/library.ts';

function createSchema(mikroOrm: LibraryOptions) {
  const builder = new SchemaBuilder<{ Context: LibraryContext; DefaultFieldNullability: false }>({
    plugins: [relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    mikroOrm,
  });
  builder.entityNode(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      books: t.relation('books', { query: () => ({ orderBy: { id: 'asc' } }) }),
      pages: t.relatedConnection('books'),
      bookCount: t.relatedCount('books'),
    }),
  });
  builder.entityObject(Book, {
    fields: (t) => ({
      title: t.expose('title'),
      label: t.field({ type: 'String', select: ['price'], resolve: ({ price }) => `${price}.00` }),
      author: t.relation('author', { nullable: true }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      authors: t.entityField({ type: [Author], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
      books: t.entityConnection({ type: Book, query: () => ({ orderBy: { id: 'asc' } }) }),
    }),
  });
  return builder.toSchema();
}

interface Part {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly items?: readonly unknown[];
  readonly path?: readonly (string | number)[];
  readonly incremental?: readonly Part[];
}

type Tree = Record<string | number, unknown>;

const at = (root: unknown, path: readonly (string | number)[]) =>
  path.reduce<unknown>((value, key) => (value as Tree)[key], root);

function merge(into: unknown, from: unknown): void {
  for (const [key, value] of Object.entries(from as Tree)) {
    const known = (into as Tree)[key];
    if (known !== null && typeof known === 'object' && value !== null) merge(known, value);
    else (into as Tree)[key] = value;
  }
}

/** The whole that the parts of a multipart reply make. */
function assemble(parts: readonly Part[]): { data: unknown; later: number } {
  const [first, ...more] = parts;
  let later = 0;
  const apply = (part: Part) => {
    expect(part.errors).toBeUndefined();
    const path = part.path ?? [];
    if (part.items) {
      const list = at(first?.data, path.slice(0, -1)) as Tree;
      part.items.forEach((item, i) => {
        list[Number(path.at(-1)) + i] = item;
      });
    } else if (part.data) merge(at(first?.data, path), part.data);
    later += 1;
  };
  for (const part of more) for (const one of part.incremental ?? []) apply(one);
  return { data: first?.data, later };
}

const createServer = (library: Library) =>
  createYoga({
    schema: library.schema,
    plugins: [useDeferStream()],
    context: () => ({ em: library.em() }),
    maskedErrors: false,
    logging: false,
  });

describe('@defer and @stream', () => {
  let library: Library;
  let yoga: ReturnType<typeof createServer>;
  beforeAll(async () => {
    library = await createLibrary(createSchema);
    yoga = createServer(library);
  });
  afterAll(() => library[Symbol.asyncDispose]());

  async function ask(query: string) {
    library.takeStatements();
    const response = await yoga.fetch('http://library/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed, application/json' },
      body: JSON.stringify({ query }),
    });
    const body = await response.text();
    const parts = body
      .split('\r\n---')
      .flatMap((part) => part.match(/\{.*\}/s)?.[0] ?? [])
      .map((json) => JSON.parse(json) as Part);
    expect(parts[0]?.errors).toBeUndefined();
    return { ...assemble(parts), statements: library.takeStatements() };
  }

  it.each<[string, string]>([
    [
      'columns and computed fields of a row',
      '{ books { nodes { title ...D } } } fragment E on Book { label }',
    ],
    [
      'a relation',
      '{ authors { name ...D } } fragment E on Author { books { title author { name } } bookCount }',
    ],
    [
      'the rows of a page',
      '{ authors { pages(first: 1) { totalCount ...D } } } fragment E on BookConnection { nodes { title } edges { cursor node { label } } pageInfo { endCursor } }',
    ],
    [
      'a page’s count',
      '{ books(first: 2) { nodes { title } ...D } } fragment E on BookConnection { totalCount }',
    ],
    [
      'a row of an edge',
      '{ books(first: 2) { edges { cursor ...D } } } fragment E on BookEdge { node { title author { name } } }',
    ],
    [
      'more of a relation that is shown at once',
      '{ authors { books { title } ...D } } fragment E on Author { books { label author { name } } pages { totalCount } }',
    ],
    [
      'a fragment inside another',
      '{ authors { ...D } } fragment E on Author { name ... @defer { books { title ... @defer { label } } } }',
    ],
  ])('what is deferred comes with the rest, in one statement: %s', async (_what, source) => {
    const type = /fragment E on (\w+)/.exec(source)?.[1] ?? '';
    const deferred = source.replace('...D', `... on ${type} @defer { ...E }`);
    const plain = source.replace('...D', '...E').replaceAll('@defer', '');
    const expected = await ask(plain);
    const found = await ask(deferred);
    expect(expected.later).toBe(0);
    expect(found.later).toBeGreaterThan(0);
    expect(found.data).toEqual(expected.data);
    expect(found.statements).toHaveLength(1);
  });

  it('a root field that is deferred is read on its own', async () => {
    const { data, later, statements } = await ask(
      '{ authors { name } ... @defer { books(first: 1) { nodes { title } } } }',
    );
    expect(later).toBe(1);
    expect(statements).toHaveLength(2);
    expect(data).toEqual({
      authors: [{ name: 'Ursula' }, { name: 'Iain' }],
      books: { nodes: [{ title: 'The Dispossessed' }] },
    });
  });

  it('a list that is streamed is one statement', async () => {
    const { data, later, statements } = await ask(
      '{ authors { name books @stream(initialCount: 1) { title } } }',
    );
    expect(later).toBeGreaterThan(0);
    expect(statements).toHaveLength(1);
    expect(data).toEqual({
      authors: [
        { name: 'Ursula', books: [{ title: 'The Dispossessed' }, { title: 'The Lathe of Heaven' }] },
        { name: 'Iain', books: [{ title: 'Excession' }] },
      ],
    });
  });
});
