import { defineEntity } from '@mikro-orm/postgresql';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from './support/small-world.ts';

interface Caller {
  readonly owner: number;
  readonly level: number;
}

const FolderSchema = defineEntity({
  name: 'Folder',
  filters: {
    level: { name: 'level', cond: ({ level }: Caller) => ({ level: { $lte: level } }), default: true },
  },
  properties: (p) => ({
    id: p.integer().primary(),
    level: p.integer(),
    documents: () => p.oneToMany(Paper).mappedBy('folder'),
  }),
});
class Folder extends FolderSchema.class {}
FolderSchema.setClass(Folder);
const PaperSchema = defineEntity({
  name: 'Paper',
  filters: {
    own: {
      name: 'own',
      // Settles at no certain time: conditions of callers that ask together come in any order.
      cond: async ({ owner }: Caller) => {
        await new Promise((resolve) => setTimeout(resolve, owner % 3));
        return { owner };
      },
      default: true,
    },
  },
  properties: (p) => ({
    id: p.integer().primary(),
    owner: p.integer(),
    folder: () => p.manyToOne(Folder).ref(),
  }),
});
class Paper extends PaperSchema.class {}
PaperSchema.setClass(Paper);

describe('filters whose conditions are functions, one sync and one async', () => {
  let world: SmallWorld;
  let built = 0;
  beforeAll(async () => {
    world = await createSmallWorld(
      [Folder, Paper],
      (builder) => {
        builder.entityObject(Paper, {
          fields: (t) => ({
            owner: t.field({ type: 'Int', select: ['owner'], resolve: ({ owner }) => owner }),
          }),
        });
        builder.entityObject(Folder, {
          fields: (t) => ({
            level: t.field({ type: 'Int', select: ['level'], resolve: ({ level }) => level }),
            documents: t.relation('documents'),
            count: t.relatedCount('documents'),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            folders: t.entityField({
              type: [Folder],
              args: { owner: t.arg.int() },
              resolve: (read, _root, { owner }) =>
                read(typeof owner === 'number' ? { where: { documents: { $some: { owner } } } } : {}),
            }),
          }),
        });
      },
      {
        seed: `insert into folder select i, i from generate_series(1, 4) i;
          insert into paper select i, i % 5, 1 + i % 4 from generate_series(1, 40) i;`,
      },
    );
    const driver = world.orm.em.getDriver();
    const create = driver.createQueryBuilder.bind(driver);
    driver.createQueryBuilder = ((...args: Parameters<typeof create>) => {
      built++;
      return create(...args);
    }) as typeof driver.createQueryBuilder;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const document = parse(
    'query ($owner: Int) { folders(owner: $owner) { level count documents { owner } } }',
  );
  const ask = async (caller: Caller, owner?: number) => {
    const em = world.orm.em.fork();
    em.setFilterParams('level', { ...caller });
    em.setFilterParams('own', { ...caller });
    const variableValues = owner === undefined ? {} : { owner };
    const { data, errors } = await execute({
      schema: world.schema,
      document,
      variableValues,
      contextValue: { em },
    });
    expect(errors).toBeUndefined();
    return data?.folders as { level: number; count: number; documents: { owner: number }[] }[];
  };

  it('[AZ] are evaluated for each request, though the SQL is built once', async () => {
    await ask({ owner: 1, level: 4 });
    built = 0;
    for (const level of [1, 4, 2]) {
      for (const owner of [0, 1, 2, 3, 4]) {
        const folders = await ask({ owner, level });
        expect(folders.map((folder) => folder.level)).toEqual(Array.from({ length: level }, (_, i) => i + 1));
        for (const { count, documents } of folders) {
          expect(documents.map((one) => one.owner)).toEqual([owner, owner]);
          expect(count).toBe(2);
        }
      }
    }
    expect(built).toBe(0);
  });

  it('[AZ] never mix, not with those of callers at the same time nor with what is asked for', async () => {
    await ask({ owner: 1, level: 4 }, 1);
    built = 0;
    const callers = Array.from({ length: 60 }, (_, i) => ({
      owner: i % 5,
      level: 1 + (i % 4),
      asked: (i * 7) % 5,
    }));
    const answers = await Promise.all(callers.map(({ asked, ...caller }) => ask(caller, asked)));
    for (const [i, { owner, level, asked }] of callers.entries()) {
      const folders = answers[i] ?? [];
      // A condition that follows the relation sees the caller's own documents alone.
      expect(folders).toHaveLength(asked === owner ? level : 0);
      for (const { documents } of folders) for (const one of documents) expect(one.owner).toBe(owner);
    }
    expect(built).toBe(0);
  });
});
