import type { Criteria } from 'pothos-mikro-orm';
import type { Builder } from './builder.ts';
import { Author, Book, Edition, formats } from './entities.ts';

/** Which books a search is about: a service knows nothing of GraphQL. */
const search = (words: string): Criteria<Book> => ({
  where: {
    $or: [{ title: { $ilike: `%${words}%` } }, { authors: { $some: { name: { $ilike: `%${words}%` } } } }],
  },
  orderBy: { title: 'asc' },
});

/** Authors, books and editions. */
export function catalogue(builder: Builder): void {
  const Format = builder.enumType('Format', { values: formats });

  builder.entityNode(Author, {
    fields: (t) => ({
      name: t.expose('name'),
      born: t.expose('born'),
      books: t.relatedConnection('books', { query: () => ({ orderBy: { title: 'asc' } }) }),
    }),
  });

  builder.entityNode(Book, {
    fields: (t) => ({
      title: t.expose('title'),
      language: t.expose('language'),
      authors: t.relation('authors', { query: () => ({ orderBy: { name: 'asc' } }) }),
      editionCount: t.relatedCount('editions'),
      editions: t.relation('editions', {
        args: { format: t.arg({ type: Format }) },
        query: ({ format }) => ({ where: format ? { format } : {}, orderBy: { year: 'desc' } }),
      }),
    }),
  });

  builder.entityObject(Edition, {
    fields: (t) => ({
      isbn: t.expose('isbn'),
      format: t.expose('format', { type: Format }),
      year: t.expose('year'),
      book: t.relation('book'),
      label: t.field({
        type: 'String',
        select: ['format', 'pages'],
        resolve: ({ format, pages }) => (pages === null ? format : `${format}, ${pages} pages`),
      }),
    }),
  });

  builder.queryFields((t) => ({
    books: t.entityConnection({
      type: Book,
      args: { search: t.arg.string() },
      query: (_root, args) => search(args.search ?? ''),
    }),
    edition: t.entityField({
      type: Edition,
      nullable: true,
      args: { isbn: t.arg.string({ required: true }) },
      resolve: (read, _root, { isbn }) => read({ key: isbn }),
    }),
  }));
}
