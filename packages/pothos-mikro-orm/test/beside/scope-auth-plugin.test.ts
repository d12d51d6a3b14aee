import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import scopeAuth from '@pothos/plugin-scope-auth';
import { execute, type GraphQLField, parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import pothosMikroOrm from '../../src/index.ts';
import {
  Author,
  Book,
  CountedType,
  createLibrary,
  type Library,
  type LibraryContext,
  type LibraryOptions,
} from './library.ts';

interface Context extends LibraryContext {
  readonly roles: readonly string[];
  readonly authorId?: number;
}

interface Scopes {
  staff: boolean;
  self: number;
}

const isStaff = ({ roles }: Context) => roles.includes('staff');

/** The scopes that do not depend on the row, as the field states them. */
function allowed({ extensions }: GraphQLField<unknown, unknown>, _type: unknown, context: Context): boolean {
  const options = extensions.pothosOptions as { authScopes?: unknown } | undefined;
  const scopes = options?.authScopes;
  return typeof scopes !== 'object' || scopes === null || !('staff' in scopes) || isStaff(context);
}

function createSchema(mikroOrm: LibraryOptions) {
  const builder = new SchemaBuilder<{
    Context: Context;
    DefaultFieldNullability: false;
    AuthScopes: Scopes;
  }>({
    plugins: [scopeAuth, relay, pothosMikroOrm],
    defaultFieldNullability: false,
    relay: {},
    scopeAuth: {
      authScopes: (context) => ({ staff: isStaff(context), self: (id) => id === context.authorId }),
    },
    mikroOrm: { ...mikroOrm, allowed },
  });
  builder.entityNode(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      phone: t.expose('phone', { authScopes: { staff: true } }),
      ownPhone: t.field({
        type: 'String',
        nullable: true,
        select: ['id', 'phone'],
        authScopes: ({ id }) => ({ self: Number(id) }),
        resolve: ({ phone }) => phone,
      }),
      books: t.relation('books'),
      pages: t.relatedConnection('books', { nullable: true, authScopes: { staff: true } }),
    }),
  });
  builder.entityObject(Book, {
    authScopes: (_row, context) => context.roles.includes('staff'),
    fields: (t) => ({ title: t.expose('title'), author: t.relation('author', { nullable: true }) }),
  });
  builder.queryType({
    fields: (t) => ({
      authors: t.entityField({ type: [Author], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
    }),
  });
  return builder.toSchema();
}

describe('beside the scope-auth plugin', () => {
  let library: Library;
  beforeAll(async () => {
    library = await createLibrary(createSchema);
  });
  afterAll(() => library[Symbol.asyncDispose]());
  beforeEach(() => {
    CountedType.decoded = 0;
  });

  async function ask(source: string, context: Partial<Context> = {}) {
    library.takeStatements();
    const { data, errors = [] } = await execute({
      schema: library.schema,
      document: parse(source),
      contextValue: { em: library.em(), roles: [], ...context },
    });
    return {
      data: JSON.parse(JSON.stringify(data ?? null)),
      errors: errors.map(({ path }) => path?.join('.')),
      statements: library.takeStatements(),
    };
  }

  it('a field whose scope does not depend on the row is neither loaded nor decoded', async () => {
    const { data, errors, statements } = await ask('{ authors { name phone pages { totalCount } } }');
    expect(errors).toEqual(['authors.0.phone', 'authors.0.pages', 'authors.1.phone', 'authors.1.pages']);
    expect(data.authors).toEqual([
      { name: 'Ursula', phone: null, pages: null },
      { name: 'Iain', phone: null, pages: null },
    ]);
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toMatch(/"phone"|from "book"/);
    expect(CountedType.decoded).toBe(0);
  });

  it('a caller with the scope gets it, decoded once for each row', async () => {
    const { data, errors, statements } = await ask('{ authors { name phone books { title } } }', {
      roles: ['staff'],
    });
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.authors[1]).toEqual({ name: 'Iain', phone: '22', books: [{ title: 'Excession' }] });
    expect(CountedType.decoded).toBe(2);
  });

  it('a scope of the row reads the columns that its field declares', async () => {
    const { data, errors, statements } = await ask('{ authors { ownPhone } }', { authorId: 2 });
    expect(errors).toEqual(['authors.0.ownPhone']);
    expect(data.authors).toEqual([{ ownPhone: null }, { ownPhone: '22' }]);
    expect(statements).toHaveLength(1);
  });
});
