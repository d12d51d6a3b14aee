import pg from 'pg';
import { readMigrations } from '../../src/fleet/migrations.ts';
import { onConnection } from '../../src/fleet/transaction.ts';
import { modules } from '../../src/modules/index.ts';
import { composeModules } from '../../src/platform/index.ts';
import { PEER_LOGIN, type Place } from './place.ts';
import { settle } from './settle.ts';
import { type Sizes, slugOf } from './sizes.ts';
import { sqlFile } from './sql.ts';

/** How many tenants a connection makes before another takes its place: backends keep what they know of each. */
const USES = 100;

/** The schema and the role of a peers' tenant. */
export const peerSchemaOf = (number: number): string => `s${String(number).padStart(5, '0')}`;

/**
 * The same tables, indexes and rows without what is Insula's own (audit, operations), for the peers: they could not
 * write into tables that demand a signed operation.
 *
 * @param from how many tenants there are already
 */
export async function fillPeers({ url, masterKey }: Place, sizes: Sizes, from = 0): Promise<void> {
  const { migrations } = readMigrations(composeModules(modules));
  const pool = new pg.Pool({ connectionString: url, max: 1, maxUses: USES });
  try {
    await pool.query(`
      do $$ begin
        if not exists (select from pg_roles where rolname = '${PEER_LOGIN}') then
          create role ${PEER_LOGIN} login noinherit;
        end if;
      end $$;
      alter role ${PEER_LOGIN} password ${pg.escapeLiteral(masterKey.toString('hex'))};
      create schema if not exists bench;
      create table if not exists bench.tenant (slug text primary key, schema text not null);
      grant usage on schema bench to ${PEER_LOGIN};
      grant select on bench.tenant to ${PEER_LOGIN}`);
    for (let number = from + 1; number <= sizes.tenants; number++) {
      const [slug, tenant] = [slugOf(number), peerSchemaOf(number)];
      await onConnection(pool, async (admin) => {
        await admin.query(`
          begin;
          do $$ begin
            if not exists (select from pg_roles where rolname = '${tenant}') then create role ${tenant} nologin; end if;
          end $$;
          grant ${tenant} to ${PEER_LOGIN} with inherit false, set true;
          create schema ${tenant};
          set local search_path = ${tenant};
          set local session_replication_role = replica;
          ${migrations.flatMap(({ statements }) => statements).join(';\n')};
          ${sqlFile('rows.sql', { slug, ...sizes })}
          ${sqlFile('peer-tenant.sql', { tenant })}
          insert into bench.tenant values ('${slug}', '${tenant}');
          commit`);
        await admin.query(`set search_path = ${tenant}`);
        await settle(admin, number);
      });
    }
  } finally {
    await pool.end();
  }
}
