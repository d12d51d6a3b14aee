import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { Author, Book, Edition, Loan, Reader } from './entities.ts';

/** Four books, seven editions, two readers. */
export async function seed(em: SqlEntityManager): Promise<void> {
  em.create(Author, { id: 1, name: 'Ursula K. Le Guin', born: 1929 });
  em.create(Author, { id: 2, name: 'Terry Pratchett', born: 1948 });
  em.create(Author, { id: 3, name: 'Neil Gaiman', born: 1960 });
  em.create(Book, { id: 1, title: 'The Dispossessed', authors: [1] });
  em.create(Book, { id: 2, title: 'The Lathe of Heaven', authors: [1] });
  em.create(Book, { id: 3, title: 'Good Omens', authors: [2, 3] });
  em.create(Book, { id: 4, title: 'Mort', authors: [2] });
  em.create(Edition, { isbn: '978-0-06-012563-9', format: 'hardcover', year: 1974, pages: 341, book: 1 });
  em.create(Edition, { isbn: '978-0-06-051275-0', format: 'paperback', year: 2003, pages: 387, book: 1 });
  em.create(Edition, { isbn: '978-0-684-12529-9', format: 'hardcover', year: 1971, pages: 184, book: 2 });
  em.create(Edition, { isbn: '978-0-575-04800-3', format: 'hardcover', year: 1990, pages: 288, book: 3 });
  em.create(Edition, { isbn: '978-0-06-085398-3', format: 'paperback', year: 2006, pages: 412, book: 3 });
  em.create(Edition, { isbn: '978-1-4417-6104-0', format: 'audio', year: 2009, book: 3 });
  em.create(Edition, { isbn: '978-0-575-04171-4', format: 'hardcover', year: 1987, pages: 272, book: 4 });
  em.create(Reader, { id: 1, name: 'Ada', email: 'ada@example.com' });
  em.create(Reader, { id: 2, name: 'Bo', email: 'bo@example.com' });
  em.create(Loan, { reader: 1, edition: '978-0-06-051275-0', dueOn: '2026-10-01', returnedOn: '2026-09-20' });
  em.create(Loan, { reader: 1, edition: '978-0-575-04800-3', dueOn: '2026-12-24' });
  em.create(Loan, { reader: 2, edition: '978-0-575-04800-3', dueOn: '2026-06-30', returnedOn: '2026-07-04' });
  await em.flush();
}
