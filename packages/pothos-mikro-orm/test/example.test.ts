import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLibrary, type Library } from '../examples/library/server.ts';
import { createEmptyDatabase, type EmptyDatabase } from './support/database.ts';

let database: EmptyDatabase;
let library: Library;
let url: string;

beforeAll(async () => {
  database = await createEmptyDatabase();
  library = await createLibrary(database.url);
  library.server.listen(0);
  await once(library.server, 'listening');
  const address = library.server.address();
  url = `http://localhost:${typeof address === 'object' ? address?.port : ''}/graphql`;
});
afterAll(async () => {
  await library?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

async function ask(query: string, reader = 1): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'x-reader': String(reader) };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return reply.json();
}

describe('the example, over HTTP', () => {
  it('finds books by their authors, with editions of a format', async () => {
    expect(
      await ask(`{ books(search: "pratchett") { totalCount nodes {
        title authors { name } editionCount editions(format: paperback) { isbn label }
      } } }`),
    ).toEqual({
      data: {
        books: {
          totalCount: 2,
          nodes: [
            {
              title: 'Good Omens',
              authors: [{ name: 'Neil Gaiman' }, { name: 'Terry Pratchett' }],
              editionCount: 3,
              editions: [{ isbn: '978-0-06-085398-3', label: 'paperback, 412 pages' }],
            },
            { title: 'Mort', authors: [{ name: 'Terry Pratchett' }], editionCount: 1, editions: [] },
          ],
        },
      },
    });
  });

  it('shows a reader their own loans alone, whichever way they come', async () => {
    const source =
      '{ me { name loans { totalCount } } edition(isbn: "978-0-575-04800-3") { loans { dueOn } } }';
    expect(await ask(source, 1)).toEqual({
      data: { me: { name: 'Ada', loans: { totalCount: 2 } }, edition: { loans: [{ dueOn: '2026-12-24' }] } },
    });
    expect(await ask(source, 2)).toEqual({
      data: { me: { name: 'Bo', loans: { totalCount: 1 } }, edition: { loans: [{ dueOn: '2026-06-30' }] } },
    });
  });

  it('shows what a mutation wrote', async () => {
    const source = 'mutation { borrow(isbn: "978-0-575-04171-4") { dueOn edition { book { title } } } }';
    expect(await ask(source, 2)).toEqual({
      data: { borrow: { dueOn: '2027-01-31', edition: { book: { title: 'Mort' } } } },
    });
  });
});
