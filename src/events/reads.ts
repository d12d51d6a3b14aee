import type { DirectoryConnections } from '../tenancy/catalog/connections.ts';

/** An event as it was published. */
export interface PublishedEvent {
  /** The tenant's id. */
  readonly tenant: string;
  readonly topic: string;
  readonly payload: unknown;
}

/** What a look at the table found, and the snapshot that it saw. */
export interface Look {
  readonly snapshot: string;
  readonly events: readonly PublishedEvent[];
}

const SNAPSHOT = 'select pg_current_snapshot()::text as snapshot';

// What this snapshot sees and the last one did not. Rows become visible in another order than that of their numbers, so
// no number tells which are new; the snapshot itself does, exactly, however long a transaction was open. Its plan: the
// index on xid, from the oldest transaction that was running at the last look.
const NEWLY_VISIBLE = `
  select s.now::text as snapshot, e.tenant, e.topic, e.payload
  from (select pg_current_snapshot() as now) s
  left join insula.event e
    on e.xid >= pg_snapshot_xmin($1::pg_snapshot)
    and not pg_visible_in_snapshot(e.xid, $1::pg_snapshot)
    and e.tenant = any ($2::text[])
  order by e.id`;

/**
 * Looks at the events of some tenants that became visible since the last look.
 *
 * @param since the snapshot of the last look; without one there are no events yet
 * @param tenants their ids
 * @throws Problem `DATABASE_UNAVAILABLE`
 */
export async function look(
  connections: DirectoryConnections,
  since: string | undefined,
  tenants: Iterable<string>,
): Promise<Look> {
  const rows =
    since === undefined
      ? await connections.query(SNAPSHOT)
      : await connections.query(NEWLY_VISIBLE, [since, `{${[...tenants].join(',')}}`]);
  const [first] = rows;
  if (!first) throw new Error('The database has no snapshot.');
  return {
    snapshot: String(first.snapshot),
    events: rows.flatMap(({ tenant, topic, payload }) =>
      typeof tenant === 'string' ? { tenant, topic: String(topic), payload } : [],
    ),
  };
}

/** Whether one snapshot can't come after another of the same database, which must have been restored or replaced. */
export function wentBack(before: string, now: string): boolean {
  return newest(now) < newest(before);
}

/** The first transaction that had not begun: `xmin:xmax:…` */
function newest(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] ?? 0);
}
