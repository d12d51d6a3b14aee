// A public library: books and their editions, readers and what they borrowed.
import { defineEntity } from '@mikro-orm/postgresql';

export const formats = ['hardcover', 'paperback', 'audio'] as const;

const AuthorSchema = defineEntity({
  name: 'Author',
  properties: (p) => ({
    id: p.integer().primary(),
    name: p.text(),
    born: p.integer().nullable(),
    books: () => p.manyToMany(Book).mappedBy('authors'),
  }),
});

const BookSchema = defineEntity({
  name: 'Book',
  properties: (p) => ({
    id: p.integer().primary(),
    title: p.text(),
    language: p.text().default('en'),
    authors: () => p.manyToMany(Author).inversedBy('books').pivotTable('book_author'),
    editions: () => p.oneToMany(Edition).mappedBy('book'),
  }),
});

const EditionSchema = defineEntity({
  name: 'Edition',
  properties: (p) => ({
    isbn: p.text().primary(),
    format: p.enum(formats),
    year: p.integer(),
    pages: p.integer().nullable(),
    book: () => p.manyToOne(Book).ref(),
    loans: () => p.oneToMany(Loan).mappedBy('edition'),
  }),
});

const ReaderSchema = defineEntity({
  name: 'Reader',
  properties: (p) => ({ id: p.integer().primary(), name: p.text(), email: p.text() }),
});

/** What others borrow is nobody's business: a policy that every path to a loan keeps. */
const LoanSchema = defineEntity({
  name: 'Loan',
  filters: {
    own: { name: 'own', cond: ({ reader }: { reader: number }) => ({ reader }), default: true },
  },
  properties: (p) => ({
    id: p.integer().primary().autoincrement(),
    dueOn: p.date(),
    returnedOn: p.date().nullable(),
    reader: () => p.manyToOne(Reader).ref(),
    edition: () => p.manyToOne(Edition).ref(),
  }),
});

export class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);
export class Book extends BookSchema.class {}
BookSchema.setClass(Book);
export class Edition extends EditionSchema.class {}
EditionSchema.setClass(Edition);
export class Reader extends ReaderSchema.class {}
ReaderSchema.setClass(Reader);
export class Loan extends LoanSchema.class {}
LoanSchema.setClass(Loan);

export const entities = [Author, Book, Edition, Reader, Loan];
