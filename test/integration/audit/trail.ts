import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openSystemOperation } from '../../../src/audit/operation.ts';
import type { Anchor } from '../../../src/audit/sealing/seal-chain.ts';
import { sealTenants } from '../../../src/audit/sealing/seal-tenants.ts';
import { type Verification, verifyTenant } from '../../../src/audit/sealing/verify-tenant.ts';
import { createFleet, type Fleet } from '../migrate/fleet.ts';

const ITEMS = {
  migrations: [
    {
      name: 'stock/0001_items',
      checksum: '',
      statements: ['create table item (id bigint generated always as identity primary key, name text)'],
    },
  ],
  version: 1,
  hash: 'items',
};

/** Some tenants with a table each, whose trails can be written, sealed, tampered with and verified. */
export interface Trails extends Fleet {
  readonly key: Buffer;
  /** All that was sealed so far. */
  readonly anchors: Anchor[];
  /** A transaction of one operation that inserts these names. */
  write(tenant: string, ...names: string[]): Promise<void>;
  /**
   * Seals all that was written until now: other tests' transactions, which hold the horizon back, are waited for.
   *
   * @returns the number of seals
   */
  seal(most?: number): Promise<number>;
  /** Resolves when no transaction runs that is as old as what was written. */
  decided(): Promise<void>;
  verify(tenant: string, anchors?: readonly Anchor[]): Promise<Verification>;
  /** What `verify` finds after statements that a superuser runs in the tenant's schema; they are undone. */
  findingsAfter(tenant: string, statements: readonly string[]): Promise<string[]>;
}

export async function createTrails(tenants: number, options = {}): Promise<Trails> {
  const fleet = await createFleet(tenants, ITEMS, options);
  const { owner } = fleet;
  const key = randomBytes(32);
  const anchors: Anchor[] = [];
  const verify = async (tenant: string, known: readonly Anchor[] = anchors) => {
    const client = await owner.connect();
    try {
      return await verifyTenant(tenant, { client, key, anchors: known });
    } finally {
      client.release();
    }
  };
  async function decided() {
    const newest = fleet.ids
      .map((id) => `select xid from ${pg.escapeIdentifier(id)}.operation`)
      .join(' union all ');
    const horizon = `select coalesce(max(xid), '0') < pg_snapshot_xmin(pg_current_snapshot()) as passed from (${newest}) o`;
    while (!(await fleet.query<{ passed: boolean }>(horizon))[0]?.passed) await delay(20);
  }
  return {
    ...fleet,
    key,
    anchors,
    verify,
    decided,
    async write(tenant, ...names) {
      const client = await owner.connect();
      try {
        await client.query('begin');
        await openSystemOperation(client, tenant, { actor: 'system:test', name: 'write' });
        for (const name of names) {
          await client.query(`insert into ${pg.escapeIdentifier(tenant)}.item (name) values ($1)`, [name]);
        }
        await client.query('commit');
      } finally {
        client.release();
      }
    },
    async seal(most) {
      await decided();
      const run = await sealTenants({
        pool: owner,
        key,
        onSeal: (anchor) => anchors.push(anchor),
        ...(most !== undefined && { most }),
      });
      if (run.failed.length > 0) throw new Error(JSON.stringify(run.failed));
      return run.seals;
    },
    async findingsAfter(tenant, statements) {
      const schema = pg.escapeIdentifier(tenant);
      const tables = ['operation', 'audit', 'audit_seal'];
      for (const table of tables) {
        await fleet.query(`create table insula.backup_${table} as table ${schema}.${table}`);
      }
      await fleet.query(
        [`set search_path = ${schema}, pg_catalog`, ...statements, 'reset search_path'].join(';\n'),
      );
      const { faults } = await verify(tenant);
      for (const table of tables) {
        await fleet.query(`truncate ${schema}.${table}`);
        const overriding = table === 'audit' ? 'overriding system value' : '';
        await fleet.query(`insert into ${schema}.${table} ${overriding} table insula.backup_${table}`);
        await fleet.query(`drop table insula.backup_${table}`);
      }
      return faults.map(({ seal, problem }) => `${seal ?? '-'}: ${problem}`);
    },
  };
}
