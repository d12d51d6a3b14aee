import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealTenants } from '../../../src/audit/sealing/seal-tenants.ts';
import { createTrails, type Trails } from './trail.ts';

/** The transaction of the nth event, counted from the oldest. */
const xid = (n: number) => `(select xid from audit order by seg, xid, id offset ${n} limit 1)`;
const idOf = (n: number) => `(select id from audit order by seg, xid, id offset ${n} limit 1)`;
/** A seal whose signature whoever has no key copies from the one that was there. */
const RECOMPUTE = `
  create temp table known as select seq, mac from audit_seal;
  delete from audit_seal;
  update insula.seal_state set sealed = '0', settles = '1';`;

/** What a superuser's hand can do to a trail of four seals with ten events each, and what is said of it. */
const TAMPERING: readonly (readonly [
  name: string,
  statements: readonly string[],
  findings: readonly RegExp[],
])[] = [
  ['nothing', [], []],
  [
    'a new value altered',
    [`update audit set new = '{"id": 1}' where id = ${idOf(12)}`],
    [/^2: rows were altered/],
  ],
  [
    'a time altered',
    [`update audit set at = at + interval '1 s' where id = ${idOf(12)}`],
    [/^2: rows were altered/],
  ],
  ['an action altered', [`update audit set action = 'U' where id = ${idOf(12)}`], [/^2: rows were altered/]],
  [
    'the actor altered',
    [`update operation set actor = 'user:x' where xid = ${xid(12)}`],
    [/^2: rows were altered/],
  ],
  [
    'a row removed',
    [`delete from audit where id = ${idOf(12)}`],
    [/^2: 1 of 10 events were removed \(segment 1, tr/],
  ],
  [
    'an operation removed',
    [`delete from operation where xid = ${xid(12)}`],
    [/^2: 1 of 5 operations were removed/],
  ],
  [
    'a row inserted, back-dated',
    [`insert into audit (seg, xid, relation, action) values (1, ${xid(12)}, 'item', 'D')`],
    [/^2: 1 events were inserted/],
  ],
  [
    'an operation inserted, back-dated',
    [
      `insert into operation (seg, xid, id, actor, name, request_id)
       select 1, (from_xid::text::numeric + 1)::text::xid8, gen_random_uuid(), 'user:x', 'y', 'z'
       from audit_seal where seq = 3
       on conflict (seg, xid) do update set actor = 'user:x'`,
    ],
    [/^3: (1 operations were inserted|rows were altered)/],
  ],
  [
    'the contents of two rows swapped',
    [
      `update audit a set new = b.new from audit b
       where (a.id, b.id) in ((${idOf(12)}, ${idOf(13)}), (${idOf(13)}, ${idOf(12)}))`,
    ],
    [/^2: rows were altered, swapped/],
  ],
  [
    'a row moved under another seal',
    [`update audit set xid = ${xid(32)} where id = ${idOf(12)}`],
    [/^2: 1 of 10 events were removed/, /^4: 1 events were inserted/],
  ],
  [
    'a removed row made up for by an invented one',
    [
      `insert into audit (seg, xid, relation, action) values (1, ${xid(12)}, 'item', 'D')`,
      `delete from audit where id = ${idOf(13)}`,
    ],
    [/^2: rows were altered, swapped or replaced/],
  ],
  [
    'the end cut off, with its seals',
    [
      'delete from audit where xid >= (select from_xid from audit_seal where seq = 3)',
      'delete from operation where xid >= (select from_xid from audit_seal where seq = 3)',
      'delete from audit_seal where seq > 2',
    ],
    [/^3: the end was cut off: seal 4 is anchored, 2 is the last/],
  ],
  ['all seals removed', ['delete from audit_seal'], [/^1: the end was cut off/]],
  [
    'the beginning cut off, with its seals',
    [
      'delete from audit where xid < (select to_xid from audit_seal where seq = 2)',
      'delete from operation where xid < (select to_xid from audit_seal where seq = 2)',
      'delete from audit_seal where seq <= 2',
    ],
    [/^3: the seals before it are missing/, /^3: it leaves out a part of the trail/],
  ],
  [
    'a seal removed from the middle, and its neighbour widened',
    [
      'update audit_seal set from_xid = (select from_xid from audit_seal where seq = 2) where seq = 3',
      'delete from audit_seal where seq = 2',
    ],
    [
      /^3: the seals before it are missing/,
      /^3: the seal was altered/,
      /^3: 5 operations were ins/,
      /^3: 10 events were ins/,
    ],
  ],
  [
    'a seal altered to fit',
    [`delete from audit where id = ${idOf(12)}`, 'update audit_seal set events = 9 where seq = 2'],
    [/^2: the seal was altered/, /^2: rows were altered/],
  ],
  [
    'rows removed and the whole chain made anew, without the key',
    [
      `delete from audit where id = ${idOf(12)}`,
      RECOMPUTE,
      'select insula.seal(:tenant, 10000)',
      'update audit_seal s set mac = k.mac from known k where k.seq = s.seq',
      'drop table known',
    ],
    [/^1: its signature is wrong/, /^1: it is not the seal that was anchored/, /^2: the end was cut off/],
  ],
  [
    'a row where no seal will ever look',
    [`insert into audit (seg, xid, relation, action) values (0, '5', 'item', 'D')`],
    [/^-: 1 rows are where no transaction can have written them/],
  ],
  [
    'a row of the future',
    [`insert into audit (seg, xid, relation, action) values (1, '99999999999', 'item', 'D')`],
    [/^-: 1 rows are where/],
  ],
];

describe('[TA] tampering', () => {
  let trails: Trails;
  let tenant: string;
  beforeAll(async () => {
    trails = await createTrails(1, { untilTestEnds: false });
    tenant = trails.ids[0] ?? '';
    // The making of the tenant is no part of what is tampered with.
    await trails.query(`truncate ${tenant}.operation`);
    for (let seal = 1; seal <= 4; seal++) {
      for (let n = 0; n < 5; n++) await trails.write(tenant, `a${seal}${n}`, `b${seal}${n}`);
      expect(await trails.seal()).toBe(1);
    }
    return trails.close;
  });

  test.each(TAMPERING)('[TA] with a superuser’s hand: %s', async (_name, statements, findings) => {
    const bound = statements.map((text) => text.replaceAll(':tenant', pg.escapeLiteral(tenant)));
    const found = await trails.findingsAfter(tenant, bound);
    expect(found).toEqual(findings.map((finding) => expect.stringMatching(finding)));
  });

  test('[TA] a cut end is not found without anchors', async () => {
    const statements = ['audit', 'operation'].map(
      (table) => `delete from ${table} where xid >= (select from_xid from audit_seal where seq = 4)`,
    );
    const anchors = trails.anchors.splice(0);
    const found = await trails.findingsAfter(tenant, [...statements, 'delete from audit_seal where seq = 4']);
    trails.anchors.push(...anchors);
    expect(found).toEqual([]);
  });
});

test('[TA] what was written is sealed once, in order, by whoever comes first', async () => {
  const trails = await createTrails(3);
  for (const tenant of trails.ids) await trails.write(tenant, 'one', 'two');
  const runs = await Promise.all([trails.seal(), trails.seal(), trails.seal()]);
  expect(runs.reduce((sum, seals) => sum + seals, 0)).toBe(3);
  for (const tenant of trails.ids) {
    expect(await trails.verify(tenant)).toMatchObject({ seals: 1, sealed: 2, unsealed: 0, faults: [] });
  }
  await trails.write(trails.ids[1] ?? '', 'three');
  expect(await trails.verify(trails.ids[1] ?? '')).toMatchObject({ sealed: 2, unsealed: 1, faults: [] });
  expect(await trails.seal()).toBe(1);
  expect(trails.anchors.at(-1)).toEqual({
    tenant: trails.ids[1],
    seq: 2,
    head: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('[TA] where there is nothing to seal, a run is one query', async () => {
  const trails = await createTrails(20);
  for (const tenant of trails.ids) await trails.write(tenant, 'x');
  expect(await trails.seal()).toBe(20);
  let connections = 0;
  trails.owner.on('acquire', () => connections++);
  const run = async () => {
    connections = 0;
    expect(await sealTenants({ pool: trails.owner, key: trails.key })).toEqual({ seals: 0, failed: [] });
    return connections;
  };
  // Whether all transactions of the time of the first run have ended, a later one knows.
  await expect.poll(run, { timeout: 10_000 }).toBe(1);
});

test('[TA] no row is left out by transactions that end in another order than they began', async () => {
  const trails = await createTrails(1);
  const [tenant = ''] = trails.ids;
  let writing = true;
  const writer = async (name: number) => {
    const client = await trails.owner.connect();
    for (let n = 0; n < 25; n++) {
      await client.query('begin');
      await client.query(
        `insert into ${tenant}.operation (seg, id, actor, name, request_id) values (1, gen_random_uuid(), 'a', 'b', 'c')`,
      );
      for (let row = 0; row <= n % 3; row++) {
        await client.query(`insert into ${tenant}.item (name) values ('${name}-${n}')`);
        await delay(Math.random() * 8);
      }
      await client.query(n % 5 === 0 ? 'rollback' : 'commit');
    }
    client.release();
  };
  const sealer = async () => {
    while (writing) await Promise.all([sealTenants({ pool: trails.owner, key: trails.key }), delay(10)]);
  };
  const sealing = sealer();
  await Promise.all([1, 2, 3, 4, 5].map(writer));
  writing = false;
  await sealing;
  await trails.seal();
  const [count] = await trails.query<{ n: number }>(`select count(*)::int as n from ${tenant}.audit`);
  expect(await trails.verify(tenant, [])).toMatchObject({ sealed: count?.n, unsealed: 0, faults: [] });
});

test('[TA] a long trail is sealed in parts that divide no transaction', async () => {
  const trails = await createTrails(1);
  const [tenant = ''] = trails.ids;
  for (let n = 0; n < 4; n++) await trails.write(tenant, 'a', 'b', 'c');
  expect(await trails.seal(4)).toBe(2);
  expect(await trails.verify(tenant)).toMatchObject({ seals: 2, sealed: 12, unsealed: 0, faults: [] });
});

test('[TA] after a restore into a cluster with lower transaction ids a new segment goes on', async () => {
  const trails = await createTrails(1);
  const [tenant = ''] = trails.ids;
  await trails.write(tenant, 'before');
  await trails.seal();
  await trails.write(tenant, 'never sealed before the restore');
  await trails.query('update insula.segment set n = 2');
  await trails.write(tenant, 'after');
  expect(await trails.seal()).toBe(2);
  expect(await trails.verify(tenant)).toMatchObject({ seals: 3, sealed: 3, unsealed: 0, faults: [] });
});

test('[TA] a tenant that can not be sealed is told and stops nobody else', async () => {
  const trails = await createTrails(3);
  for (const tenant of trails.ids) await trails.write(tenant, 'x');
  const [, broken = ''] = [...trails.ids].sort();
  await trails.query(`alter table ${broken}.audit_seal rename to gone`);
  await trails.decided();
  const run = await sealTenants({ pool: trails.owner, key: trails.key });
  expect(run).toEqual({
    seals: 2,
    failed: [{ tenant: broken, message: expect.stringContaining('audit_seal') }],
  });
});

test('[TA PR] the worker seals, and reads no row', async () => {
  const trails = await createTrails(1);
  const [tenant = ''] = trails.ids;
  await trails.write(tenant, 'x');
  await trails.decided();
  const worker = new pg.Pool({ connectionString: trails.url('worker'), max: 1 });
  try {
    expect(await sealTenants({ pool: worker, key: trails.key })).toEqual({ seals: 1, failed: [] });
    await expect(worker.query(`select from ${tenant}.audit_seal`)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await worker.end();
  }
  expect(await trails.verify(tenant)).toMatchObject({ sealed: 1, faults: [] });
});
