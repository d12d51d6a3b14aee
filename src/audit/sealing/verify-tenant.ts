import pg from 'pg';
import { digestsOf } from './install.ts';
import {
  type Anchor,
  type Content,
  chainFaults,
  contentFaults,
  type Fault,
  type Seal,
} from './seal-chain.ts';

export interface VerifyOptions {
  /** Connected as insula_owner, outside of a transaction. */
  readonly client: pg.ClientBase;
  readonly key: Buffer;
  /** What was kept of earlier seals, of all tenants. @default none: an end that was cut off is not found */
  readonly anchors?: readonly Anchor[];
}

/** What became of a tenant's trail. */
export interface Verification {
  /** The tenant's id. */
  readonly tenant: string;
  readonly seals: number;
  /** Events that are under a seal, and those that are not yet. */
  readonly sealed: number;
  readonly unsealed: number;
  readonly faults: readonly Fault[];
}

/**
 * Compares a tenant's trail with its seals. Every statement is sent as text and every head computed here: functions that
 * somebody changed in the database can't lie about it.
 */
export async function verifyTenant(tenant: string, options: VerifyOptions): Promise<Verification> {
  const { client, key, anchors = [] } = options;
  // One snapshot for all: it is sealed meanwhile, perhaps.
  await client.query('begin isolation level repeatable read read only');
  try {
    const seals = await readSeals(client, tenant);
    const faults = chainFaults(key, tenant, seals, anchors);
    for (const seal of seals) faults.push(...contentFaults(seal, await readContent(client, tenant, seal)));
    const { unsealed, strays } = await readRest(client, tenant);
    if (strays > 0) faults.push({ problem: `${strays} rows are where no transaction can have written them` });
    const sealed = seals.reduce((sum, { events }) => sum + Number(events), 0);
    return { tenant, seals: seals.length, sealed, unsealed, faults: inOrder(faults) };
  } finally {
    await client.query('rollback');
  }
}

const inOrder = (faults: readonly Fault[]) =>
  [...faults].sort((a, b) => (a.seal ?? Infinity) - (b.seal ?? Infinity));

async function readSeals(client: pg.ClientBase, tenant: string): Promise<Seal[]> {
  const { rows } = await client.query<Seal>(
    `select seq, seg, from_xid as "from", to_xid as "to", operations, events, root, prev, head, mac, at
     from ${pg.escapeIdentifier(tenant)}.audit_seal s order by s.seq`,
  );
  return rows;
}

async function readContent(client: pg.ClientBase, tenant: string, { seg, from, to }: Seal): Promise<Content> {
  const { rows } = await client.query<Content>(digestsOf(tenant), [seg, from, to]);
  const [content] = rows;
  if (!content) throw new Error('An aggregate gave no row.');
  return content;
}

/** What no seal covers: the end, which will be sealed, and rows that never will. */
async function readRest(client: pg.ClientBase, tenant: string) {
  const schema = pg.escapeIdentifier(tenant);
  const { rows } = await client.query<{ unsealed: number; strays: number }>(
    `with last as (
       select coalesce(max(s.seg), 0) as seg, coalesce((select to_xid from ${schema}.audit_seal order by seq desc limit 1), '0') as to_xid
       from ${schema}.audit_seal s
     ),
     rest as (
       select 1 as kind, a.seg, a.xid from ${schema}.audit a union all select 0, o.seg, o.xid from ${schema}.operation o
     )
     select count(*) filter (where kind = 1 and (r.seg > l.seg or r.seg = l.seg and r.xid >= l.to_xid))::int as unsealed,
       count(*) filter (where r.seg < l.seg and not exists (select from ${schema}.audit_seal s where s.seg = r.seg)
         or r.seg > (select n from insula.segment)
         or r.seg = (select n from insula.segment) and r.xid >= pg_snapshot_xmax(pg_current_snapshot()))::int as strays
     from last l, rest r`,
  );
  return rows[0] ?? { unsealed: 0, strays: 0 };
}
