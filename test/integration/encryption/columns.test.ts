import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/module.ts';
import { createVaultModule, Secret, type VaultHooks } from '../../fixtures/vault/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

const hooks: VaultHooks = {};
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: [createVaultModule(hooks)] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Does something inside a mutation (or a query), and tells its result and how many statements it took. */
async function inside(
  work: (context: RequestContext) => Promise<unknown>,
  type = 'mutation',
  tenant = 'north',
) {
  hooks.work = work;
  const query = type === 'mutation' ? 'mutation { result: work }' : '{ result: look }';
  const reply = await gateway.ask<{ result: string }>({ tenant, query });
  const { statements } = await gateway.logLine(reply);
  return { ...reply, result: JSON.parse(reply.body.data?.result ?? 'null'), statements };
}

const add = (label: string, text: string | null, tenant = 'north') =>
  inside(
    async ({ em }) => {
      em.create(Secret, { label, text });
      await em.flush();
    },
    'mutation',
    tenant,
  );
const stored = async (label: string, tenant = 'north') => {
  const [row] = await gateway.rows<{ text: string | null; version: number }>(
    tenant,
    'select text, version from secret where label = $1',
    [label],
  );
  return row;
};
const shown = async (label: string, tenant = 'north') => {
  hooks.criteria = { where: { label } };
  const query = '{ secrets { nodes { text hint } } }';
  const reply = await gateway.ask<{ secrets: { nodes: { text: string | null }[] } }>({ tenant, query });
  return { ...reply, text: reply.body.data?.secrets.nodes[0]?.text };
};
/** The whole log about what was masked. */
const logged = () => JSON.stringify(gateway.log.filter(({ msg }) => msg === 'unexpected error'));

describe('an encrypted column', () => {
  test.each(['plain', 'Zürich 🏔', ''])(
    '[DS] is ciphertext in the table and plain on both paths: %j',
    async (text) => {
      const label = `both paths ${text}`;
      await add(label, text);
      expect((await stored(label))?.text).toMatch(/^v1:[\w-]{38,}$/);
      expect((await shown(label)).text).toBe(text);
      const { result } = await inside(
        async ({ em }) => (await em.findOneOrFail(Secret, { label })).text,
        'query',
      );
      expect(result).toBe(text);
    },
  );

  test('[DS] may be null, and rows can be found by that', async () => {
    await add('nothing', null);
    expect((await stored('nothing'))?.text).toBeNull();
    expect((await shown('nothing')).text).toBeNull();
    const { result } = await inside(async ({ em }) => [
      await em.count(Secret, { label: 'nothing', text: null }),
      await em.count(Secret, { label: 'nothing', text: { $ne: null } }),
    ]);
    expect(result).toEqual([1, 0]);
    hooks.criteria = { where: { label: 'nothing', text: null } };
    const reply = await gateway.ask({ tenant: 'north', query: '{ secrets { totalCount } }' });
    expect(reply.body.data).toEqual({ secrets: { totalCount: 1 } });
  });

  test('[DS] that was loaded and not touched is not written again', async () => {
    await add('untouched', 'the same');
    const before = await stored('untouched');
    const alone = await inside(({ em }) => em.findOneOrFail(Secret, { label: 'untouched' }));
    const flushed = await inside(async ({ em }) => {
      const secret = await em.findOneOrFail(Secret, { label: 'untouched' });
      await em.flush();
      secret.text = 'the same';
      await em.flush();
      em.assign(secret, { text: 'the same' });
      await em.flush();
    });
    expect([alone.status, flushed.status]).toEqual([200, 200]);
    expect(flushed.statements).toBe(alone.statements);
    expect(await stored('untouched')).toEqual(before);
  });

  test('[DS] that was written and then not touched is not written again', async () => {
    const once = await add('written once', 'value');
    const twice = await inside(async ({ em }) => {
      em.create(Secret, { label: 'written twice', text: 'value' });
      await em.flush();
      await em.flush();
    });
    expect(twice.statements).toBe(once.statements);
  });

  test('[DS] is written when it changes: to another text, to null, from null', async () => {
    await add('changing', 'first');
    for (const text of ['second', null, 'third']) {
      await inside(async ({ em }) => {
        (await em.findOneOrFail(Secret, { label: 'changing' })).text = text;
      });
      expect((await shown('changing')).text).toBe(text);
    }
    expect((await stored('changing'))?.version).toBe(4);
  });

  test('[DS] is encrypted by insertMany, nativeUpdate and upsert too', async () => {
    await inside(async ({ em }) => {
      await em.insertMany(Secret, [
        { id: '0190a000-0000-7000-8000-000000000001', label: 'native', text: 'one' },
      ]);
      await em.nativeUpdate(Secret, { label: 'native' }, { text: 'two' });
      await em.upsert(Secret, { id: '0190a000-0000-7000-8000-000000000002', label: 'upsert', text: 'three' });
    });
    for (const [label, text] of [
      ['native', 'two'],
      ['upsert', 'three'],
    ] as const) {
      expect((await stored(label))?.text).toMatch(/^v1:/);
      expect((await shown(label)).text).toBe(text);
    }
  });

  test('[DS] is left out where an entity becomes JSON', async () => {
    await add('json', 'marked-json');
    const { result } = await inside(({ em }) => em.findOneOrFail(Secret, { label: 'json' }));
    expect(result).toMatchObject({ label: 'json' });
    expect(JSON.stringify(result)).not.toContain('marked-json');
  });

  test('[DS] moved to another column or tenant is not shown, and the log says why without the value', async () => {
    await add('moved', 'marked-moved');
    const before = await stored('moved');
    await gateway.rows('north', 'alter table secret disable trigger user');
    await gateway.rows('north', `update secret set hint = text, text = null where label = 'moved'`);
    const elsewhere = await shown('moved');
    expect([elsewhere.text, elsewhere.body.errors?.[0]?.extensions?.code]).toEqual([undefined, 'INTERNAL']);
    await add('moved', 'other', 'south');
    await gateway.rows('south', 'alter table secret disable trigger user');
    await gateway.rows('south', `update secret set text = $1 where label = 'moved'`, [before?.text]);
    expect((await shown('moved', 'south')).code).toBe('INTERNAL');
    expect(logged()).toContain('was encrypted with another key or for another place');
    expect(logged()).not.toContain('marked-moved');
  });

  test('[DS] that holds plain text is an error, not an answer', async () => {
    await add('not encrypted', 'x');
    await gateway.rows('north', 'alter table secret disable trigger user');
    await gateway.rows('north', `update secret set text = 'marked-plain' where label = 'not encrypted'`);
    const reply = await shown('not encrypted');
    expect(reply.code).toBe('INTERNAL');
    expect(reply.text).toBeUndefined();
    expect(logged()).not.toContain('marked-plain');
  });
});

describe('finding and ordering by an encrypted column', () => {
  const where = [
    { text: 'marked-x' },
    { text: { $like: 'marked-%' } },
    { text: ['marked-x'] },
    { text: { $in: ['marked-x'] } },
    { text: { $ne: 'marked-x' } },
    { $not: { text: 'marked-x' } },
    { $or: [{ label: 'x' }, { text: { $gt: 'marked-x' } }] },
  ];
  const wheres = where.map((condition) => [JSON.stringify(condition), condition] as const);

  test.each(wheres)('[DS] em.find refuses %s', async (_, condition) => {
    const { code } = await inside(({ em }) => em.find(Secret, condition));
    expect(code).toBe('INTERNAL');
    expect(logged()).toContain("Secret.text is encrypted: rows can't be found by it");
  });

  test.each(wheres)('[DS] criteria refuse %s', async (_, condition) => {
    hooks.criteria = { where: condition };
    const { code } = await gateway.ask({ tenant: 'north', query: '{ secrets { nodes { label } } }' });
    expect(code).toBe('INTERNAL');
    expect(logged()).toMatch(/can't be compared: its values mean nothing to the database/);
  });

  test('[DS] neither orders by it', async () => {
    const { code } = await inside(({ em }) => em.find(Secret, {}, { orderBy: { text: 'asc' } }));
    expect(code).toBe('INTERNAL');
    hooks.criteria = { orderBy: [{ label: 'asc' }, { text: 'desc' }] };
    const reply = await gateway.ask({ tenant: 'north', query: '{ secrets { nodes { label } } }' });
    expect(reply.code).toBe('INTERNAL');
    expect(logged()).toContain("Rows can't be ordered by Secret.text");
  });

  test('[DS] what was looked for is in no log', () => {
    expect(JSON.stringify(gateway.log)).not.toContain('marked-x');
  });
});

describe('without the permission', () => {
  test('[DS AZ] the whole operation is refused before anything is loaded or decrypted', async () => {
    await add('forbidden', 'marked-forbidden');
    const query = '{ secrets { nodes { label text } } }';
    const reply = await gateway.ask({ tenant: 'north', as: 'viewer', query });
    expect([reply.status, reply.code]).toEqual([403, 'FORBIDDEN']);
    expect(reply.text).not.toContain('marked-forbidden');
    expect((await gateway.logLine(reply)).statements).toBe(0);
  });
});
