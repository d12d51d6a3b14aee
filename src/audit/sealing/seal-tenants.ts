import type pg from 'pg';
import { type Anchor, signSeal } from './seal-chain.ts';

export interface SealOptions {
  /** Connections of insula_worker or insula_owner; one is used. */
  readonly pool: pg.Pool;
  /** The sealing key, see `sealingKey`. */
  readonly key: Buffer;
  /** Told of every new seal once it is committed: where it is kept, a cut trail is found. */
  readonly onSeal?: (anchor: Anchor) => void;
  /** About how many events a seal covers at the most. @default 100_000 */
  readonly most?: number;
  /** Begins no further tenant once it is aborted. */
  readonly signal?: AbortSignal;
}

export interface SealRun {
  readonly seals: number;
  /** Tenants that could not be sealed, by id, and why; they stop nobody else. */
  readonly failed: readonly { readonly tenant: string; readonly message: string }[];
}

/** A statement asks for so many tenants at once whether they have anything to seal. */
const BATCH = 500;

/**
 * Seals the audit trails of all tenants as far as everything in them is decided. Can be stopped or killed, and run by
 * several at once. Where there is nothing to seal it costs a query for each 500 tenants.
 */
export async function sealTenants(options: SealOptions): Promise<SealRun> {
  const { pool, signal } = options;
  const failed: { tenant: string; message: string }[] = [];
  let seals = 0;
  for (let past: string | undefined = ''; past !== undefined; ) {
    const { rows }: pg.QueryResult<{ tenant: string; may_have_more: boolean }> = await pool.query(
      'select tenant, may_have_more from insula.tenants_to_seal($1, $2)',
      [past, BATCH],
    );
    for (const { tenant } of rows.filter((row) => row.may_have_more)) {
      if (signal?.aborted) return { seals, failed };
      try {
        seals += await sealTenant(tenant, options);
      } catch (error) {
        failed.push({ tenant, message: error instanceof Error ? error.message : String(error) });
      }
    }
    past = rows.length === BATCH ? rows.at(-1)?.tenant : undefined;
  }
  return { seals, failed };
}

async function sealTenant(tenant: string, options: SealOptions): Promise<number> {
  for (let seals = 0; ; seals++) {
    const seal = await sealOnce(tenant, options);
    if (!seal) return seals;
    options.onSeal?.({ tenant, seq: Number(seal.seq), head: seal.head.toString('hex') });
    if (!seal.more || options.signal?.aborted) return seals + 1;
  }
}

interface NewSeal {
  readonly seq: string;
  readonly head: Buffer;
  readonly more: boolean;
}

async function sealOnce(tenant: string, { pool, key, most = 100_000 }: SealOptions) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<NewSeal>('select seq, head, more from insula.seal($1, $2)', [
      tenant,
      most,
    ]);
    const [seal] = rows;
    if (seal) {
      const mac = signSeal(key, tenant, seal.seq, seal.head);
      await client.query('select insula.sign_seal($1, $2, $3)', [tenant, seal.seq, mac]);
    }
    await client.query('commit');
    return seal;
  } catch (error) {
    // On a broken connection the server has rolled back by itself, and the pool drops it.
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
