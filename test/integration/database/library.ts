import { randomUUID } from 'node:crypto';
import { type AnyEntity, defineEntity, type EntityClass, p } from '@mikro-orm/postgresql';
import pg from 'pg';
import { openerKey } from '../../../src/database/keys.ts';
import { createOrm } from '../../../src/database/orm.ts';
import {
  createTenantDatabase,
  type TenantDatabase,
  type TenantDatabaseOptions,
} from '../../../src/database/tenant-database.ts';
import type { Operation, TransactionOptions } from '../../../src/database/transaction.ts';
import { createTenant } from '../../../src/fleet/provision.ts';
import { createDatabase, MASTER_KEY, type TestDatabase, throughPooler } from '../../support/database.ts';

const AuthorSchema = defineEntity({
  name: 'Author',
  tableName: 'author',
  schema: '*',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    born: p.date().nullable(),
    books: () => p.oneToMany(Book).mappedBy('author'),
    version: p.integer().version(),
  },
});
export class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);

const BookSchema = defineEntity({
  name: 'Book',
  tableName: 'book',
  schema: '*',
  properties: {
    id: p.integer().primary(),
    title: p.string(),
    price: p.decimal().precision(12).scale(2),
    sold: p.bigint().defaultRaw('0'),
    tags: p.array().defaultRaw("'{}'"),
    meta: p.json<Record<string, unknown>>().nullable(),
    cover: p.blob().nullable(),
    available: p.boolean().default(true),
    score: p.double().nullable(),
    printedAt: p.datetime(6).nullable(),
    author: () => p.manyToOne(Author),
    version: p.integer().version(),
  },
});
export class Book extends BookSchema.class {}
BookSchema.setClass(Book);

export const entities: EntityClass<AnyEntity>[] = [Author, Book];

export const TABLES = `
  create table author (id int primary key, name text not null, born date, version int not null default 1);
  create table book (
    id int primary key,
    title text not null unique,
    price numeric(12, 2) not null check (price >= 0),
    sold bigint not null default 0,
    tags text[] not null default '{}',
    meta jsonb,
    cover bytea,
    available boolean not null default true,
    score double precision,
    printed_at timestamptz,
    author_id int not null constraint book_author references author deferrable initially deferred,
    version int not null default 1
  );
  create table slow_commit (id int primary key, seconds double precision not null);
  insert into author (id, name, born) values (1, 'Ada', '1815-12-10'), (2, 'Bo', null);
  insert into book (id, title, price, author_id) select n, 'Book ' || n, n * 1.5, 1 + n % 2 from generate_series(1, 50) n;
  set constraints all immediate;
`;

/** Sleeping is no tenant's privilege, so it is the superuser who makes a row's COMMIT slow. */
const SLOW_COMMIT = `
  create function sleep_at_commit() returns trigger language plpgsql security definer as
    'begin perform pg_catalog.pg_sleep(new.seconds); return null; end';
  create constraint trigger sleep_at_commit after insert on slow_commit
    deferrable initially deferred for each row execute function sleep_at_commit();
`;

/** Two tenants with the same tables and books, in a database of their own. */
export interface Library extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly tenants: readonly [string, string];
  /** The tenants' database; closed with the library. */
  connect(options?: Partial<TenantDatabaseOptions>): TenantDatabase;
  /** A client of the superuser's, for looking from outside; closed with the library. */
  readonly admin: pg.Client;
}

export async function openLibrary(): Promise<Library> {
  const database = await createDatabase();
  const owner = new pg.Client({ connectionString: database.url('owner') });
  await owner.connect();
  const create = async (slug: string) => {
    const applyMigrations = async (client: pg.ClientBase) => {
      await client.query(TABLES);
      return { version: 1, hash: 'test' };
    };
    return (await createTenant({ masterKey: MASTER_KEY, client: owner, slug, name: slug, applyMigrations }))
      .tenant.id;
  };
  const tenants = [await create('north-library'), await create('south-library')] as const;
  await owner.end();
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  for (const tenant of tenants) await admin.query(`set search_path = ${tenant}; ${SLOW_COMMIT}`);
  await admin.query('reset search_path');
  const opened: TenantDatabase[] = [];
  return {
    database,
    tenants,
    admin,
    connect(options) {
      const connected = createTenantDatabase({
        url: database.url('gateway'),
        openerKey: openerKey(MASTER_KEY),
        maxConnections: 4,
        connectionTimeout: 2_000,
        logger: { warn: () => undefined },
        ...throughPooler(),
        ...options,
      });
      opened.push(connected);
      return connected;
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await admin.end();
      await database.drop();
    },
  };
}

export const ormOf = (database: TenantDatabase) => createOrm({ entities, dialect: database.dialect });

export function operation(name = 'test'): Operation {
  return { id: randomUUID(), actor: 'user:ada', name, requestId: 'request-1' };
}

export function reading(tenant: string, more: Partial<TransactionOptions> = {}): TransactionOptions {
  return { tenant, access: 'read only', isolation: 'repeatable read', statementTimeout: 5_000, ...more };
}

export function writing(tenant: string, more: Partial<TransactionOptions> = {}): TransactionOptions {
  return {
    tenant,
    access: 'read write',
    isolation: 'read committed',
    operation: operation(),
    statementTimeout: 5_000,
    ...more,
  };
}
