import { defineEntity, MikroORM, p, type SqlEntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyFilters, rowPolicy } from '../../../src/authorization/policies.ts';
import { createPrincipal } from '../../../src/authorization/principal.ts';
import { rolePermissions } from '../../../src/authorization/roles.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const AuthorSchema = defineEntity({
  name: 'Author',
  properties: { id: p.integer().primary(), posts: () => p.oneToMany(Post).mappedBy('author') },
});
class Author extends AuthorSchema.class {}
AuthorSchema.setClass(Author);

const PostSchema = defineEntity({
  name: 'Post',
  properties: { id: p.integer().primary(), status: p.string(), author: () => p.manyToOne(Author) },
});
class Post extends PostSchema.class {}
PostSchema.setClass(Post);

const permissions = rolePermissions([{ name: 'posts', permissions: { 'posts:drafts': ['editor'] } }]);
const policies = [
  rowPolicy({
    name: 'readers see no drafts',
    entity: Post,
    where: (principal) => (principal.may('posts:drafts') ? undefined : { status: { $ne: 'draft' } }),
  }),
  rowPolicy({
    name: 'nobody sees what is hidden',
    entity: Post,
    where: () => ({ status: { $ne: 'hidden' } }),
  }),
];

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createDatabase();
  orm = new MikroORM({
    clientUrl: database.adminUrl,
    entities: [Author, Post],
    filters: policyFilters(policies),
    ensureDatabase: false,
  });
  await orm.em.getConnection().execute(`
    create table author (id int primary key);
    create table post (id int primary key, status text, author_id int references author);
    insert into author values (1);
    insert into post values (1, 'draft', 1), (2, 'published', 1), (3, 'hidden', 1);
  `);
});

afterAll(async () => {
  await orm.close();
  await database.drop();
});

function as(role: string): SqlEntityManager {
  const em = orm.em.fork();
  const principal = createPrincipal({
    subject: role,
    tenant: 't_aaaaaaaaaaaaaaaa',
    roles: [role],
    rolePermissions: permissions,
  });
  em.setFilterParams('principal', { principal });
  return em;
}

const ids = (posts: Iterable<Post>) => [...posts].map(({ id }) => id).sort();

describe.each([
  ['reader', [2]],
  ['editor', [1, 2]],
])('a row policy for a %s', (role, visible) => {
  it('[AZ] holds when rows are found and counted', async () => {
    const em = as(role);
    expect(ids(await em.find(Post, {}))).toEqual(visible);
    expect(await em.count(Post)).toBe(visible.length);
    expect(ids(await em.find(Post, { status: ['draft', 'hidden', 'published'] }))).toEqual(visible);
    expect(await em.findOne(Post, { id: 3 })).toBeNull();
  });

  it('[AZ] holds through a relation', async () => {
    const [author] = await as(role).find(Author, {}, { populate: ['posts'] });
    expect(ids(author?.posts ?? [])).toEqual(visible);
  });

  it('[AZ] holds in forks and transactions', async () => {
    expect(ids(await as(role).fork().find(Post, {}))).toEqual(visible);
    expect(ids(await as(role).transactional((em) => em.find(Post, {})))).toEqual(visible);
  });

  it('[AZ] holds when rows are changed in bulk', async () => {
    const em = as(role);
    await em.begin();
    expect(await em.nativeUpdate(Post, {}, { status: 'changed' })).toBe(visible.length);
    await em.rollback();
  });
});

describe('without a principal', () => {
  it('[AZ] nothing that a policy guards can be read', async () => {
    const em = orm.em.fork();
    await expect(em.find(Post, {})).rejects.toThrow('without a principal');
    await expect(em.count(Post)).rejects.toThrow('without a principal');
    await expect(em.find(Author, {}, { populate: ['posts'] })).rejects.toThrow('without a principal');
    await expect(em.nativeDelete(Post, {})).rejects.toThrow('without a principal');
  });

  it('[AZ] parameters of another kind are no principal', async () => {
    const em = orm.em.fork();
    em.setFilterParams('principal', {});
    await expect(em.find(Post, {})).rejects.toThrow('without a principal');
  });
});

it('[AZ] two policies of one name are a mistake', () => {
  expect(() => policyFilters([...policies, ...policies])).toThrow('Two row policies');
});
