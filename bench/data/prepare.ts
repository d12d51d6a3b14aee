import type pg from 'pg';
import { readMigrations } from '../../src/fleet/migrations.ts';
import { modules } from '../../src/modules/index.ts';
import { composeModules } from '../../src/platform/index.ts';
import { asAdmin, type BenchServer } from '../machine/database.ts';
import { fillInsula, renewInsula } from './insula.ts';
import { fillPeers } from './peers.ts';
import type { Place } from './place.ts';
import type { Sizes } from './sizes.ts';

/** Insula's database and the peers', filled. */
export interface Places {
  readonly insula: Place;
  readonly peers: Place;
}

/**
 * Fills what is not filled yet; a second run finds everything there.
 *
 * @param peerTenants how many tenants the peers get, if not all of them
 */
export async function preparePlaces(
  server: BenchServer,
  sizes: Sizes,
  peerTenants = sizes.tenants,
): Promise<Places> {
  const plan = readMigrations(composeModules(modules));
  // Other migrations make other tables: those of the peers are made once.
  const name = `${sizes.customers}_${sizes.invoices}_${plan.hash.slice(0, 8)}`;
  const places = { insula: await server.place(`insula_${name}`), peers: await server.place(`peers_${name}`) };
  await renewInsula(places.insula, plan);
  const provisioned = await asAdmin(places.insula.url, (admin) =>
    countOf(admin, 'insula.membership', 'tenant'),
  );
  const copied = await asAdmin(places.peers.url, (admin) => countOf(admin, 'bench.tenant', 'slug'));
  const filling: Promise<void>[] = [];
  if (provisioned < sizes.tenants) {
    console.log(`provisioning ${sizes.tenants - provisioned} tenants …`);
    const told = fillInsula(places.insula, sizes, provisioned).then((each) =>
      console.log(`provisioned: ${each.toFixed(1)} ms for each tenant`),
    );
    filling.push(told);
  }
  if (copied < peerTenants) filling.push(fillPeers(places.peers, { ...sizes, tenants: peerTenants }, copied));
  await Promise.all(filling);
  return places;
}

/** How many different values a column has; none where there is no such table. */
async function countOf(admin: pg.Client, table: string, column: string): Promise<number> {
  const { rows } = await admin.query<{ name: string | null }>('select to_regclass($1) as name', [table]);
  if (rows[0]?.name == null) return 0;
  const { rows: counted } = await admin.query<{ count: number }>(
    `select count(distinct ${column})::int as count from ${table}`,
  );
  return counted[0]?.count ?? 0;
}
