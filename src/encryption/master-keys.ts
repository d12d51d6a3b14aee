import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { open, seal } from './seal.ts';

/** A tenant's data key, encrypted under a master key: what the catalog keeps. */
export interface WrappedKey {
  /** Which master key: a name that is derived from it and tells nothing of it. */
  readonly master: string;
  readonly wrapped: Buffer;
}

export interface MasterKeyOptions {
  /** 32 bytes; new keys are wrapped under it. */
  readonly current: Buffer;
  /** The one before it, while keys are still wrapped under that. */
  readonly previous?: Buffer | undefined;
}

/** What wraps the data keys of tenants, and unwraps them. */
export interface MasterKeys {
  /** The name of the current master key. */
  readonly current: string;
  /** A new data key for a tenant, already wrapped. */
  make(tenant: string): WrappedKey;
  /** @throws Error when it is wrapped under neither master key, or is another tenant's */
  unwrap(tenant: string, key: WrappedKey): KeyObject;
  /** The same data key under the current master key. @throws as `unwrap` */
  rewrap(tenant: string, key: WrappedKey): WrappedKey;
}

/** Bytes of a data key: AES-256. */
const DATA_KEY = 32;

/** The wrapping keys that follow from the master keys (HKDF-SHA256). */
export function createMasterKeys({ current: newest, previous }: MasterKeyOptions): MasterKeys {
  const current = wrappingKey(newest);
  const known = new Map([current, ...(previous ? [wrappingKey(previous)] : [])].map((key) => [key.id, key]));

  const wrap = (tenant: string, dataKey: Buffer): WrappedKey => ({
    master: current.id,
    wrapped: seal(current.key, dataKey, contextOf(tenant)),
  });
  const unwrap = (tenant: string, { master, wrapped }: WrappedKey): Buffer => {
    const wrapping = known.get(master);
    if (!wrapping) {
      throw new Error(
        `The key of the tenant ${tenant} is wrapped under the master key "${master}", which is neither INSULA_MASTER_KEY nor INSULA_MASTER_KEY_PREVIOUS.`,
      );
    }
    return open(wrapping.key, wrapped, contextOf(tenant));
  };

  return {
    current: current.id,
    make: (tenant) => wrap(tenant, randomBytes(DATA_KEY)),
    unwrap: (tenant, key) => createSecretKey(unwrap(tenant, key)),
    rewrap: (tenant, key) => wrap(tenant, unwrap(tenant, key)),
  };
}

const contextOf = (tenant: string) => `key of ${tenant}`;

function wrappingKey(masterKey: Buffer): { readonly id: string; readonly key: KeyObject } {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `insula ${purpose}`, length));
  return {
    id: derive('wrapping key id', 6).toString('hex'),
    key: createSecretKey(derive('wrapping key', 32)),
  };
}
