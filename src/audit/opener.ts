import { readFileSync } from 'node:fs';
import type { Executor } from '../database/client.ts';

const OPENER_SQL = readFileSync(new URL('./opener.sql', import.meta.url), 'utf8');

/** HMAC's block with SHA-256, in bytes. */
const BLOCK = 64;

/** Installs the opener of operations. Run as insula_owner after the catalog's tables; may be run again. */
export async function installOpener(client: Executor): Promise<void> {
  await client.query(OPENER_SQL);
}

/**
 * Makes `key` (at most 64 bytes) the one that signs operations. The key before it stays valid, so that gateways which
 * still have it go on until they are restarted. Run as insula_owner, in a transaction.
 */
export async function storeOpenerKey(client: Executor, key: Buffer): Promise<void> {
  const pads = [pad(key, 0x36), pad(key, 0x5c)];
  const current = 'select from insula.opener_key where slot = 1 and inner_pad = $1 and outer_pad = $2';
  if ((await client.query(current, pads)).rowCount) return;
  await client.query('delete from insula.opener_key where slot = 2');
  await client.query('update insula.opener_key set slot = 2 where slot = 1');
  await client.query('insert into insula.opener_key (slot, inner_pad, outer_pad) values (1, $1, $2)', pads);
}

/** One of the two keys of HMAC (RFC 2104). */
function pad(key: Buffer, byte: number): Buffer {
  if (key.length > BLOCK)
    throw new RangeError(`The opener's key has ${key.length} bytes; ${BLOCK} is the most.`);
  return Buffer.from(Buffer.concat([key], BLOCK).map((value) => value ^ byte));
}
