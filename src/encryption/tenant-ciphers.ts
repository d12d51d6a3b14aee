import { LRUCache } from 'lru-cache';
import type { MasterKeys, WrappedKey } from './master-keys.ts';
import { TenantCipher } from './tenant-cipher.ts';

export interface TenantCiphersOptions {
  readonly masterKeys: MasterKeys;
  /** Reads a tenant's wrapped key from wherever it is kept. */
  readonly loadWrappedKey: (tenant: string) => Promise<WrappedKey | undefined>;
  /** Unwrapped keys that are kept in memory at the most. @default 1000 */
  readonly limit?: number;
}

/** The ciphers of tenants. */
export interface TenantCiphers {
  /** @throws Error when the tenant has no key, or it can't be unwrapped; what `loadWrappedKey` throws */
  of(tenant: string): Promise<TenantCipher>;
}

/** Unwraps each tenant's key once, and keeps those that were used last. A key never changes, only what it is wrapped under. */
export function createTenantCiphers(options: TenantCiphersOptions): TenantCiphers {
  const { masterKeys, loadWrappedKey, limit = 1_000 } = options;
  const known = new LRUCache<string, Promise<TenantCipher>>({ max: limit });

  async function unwrap(tenant: string): Promise<TenantCipher> {
    const key = await loadWrappedKey(tenant);
    if (!key) throw new Error(`The tenant ${tenant} has no key: run "insula install".`);
    return new TenantCipher(tenant, masterKeys.unwrap(tenant, key));
  }

  return {
    of(tenant) {
      const cipher = known.get(tenant);
      if (cipher) return cipher;
      // Whoever asks meanwhile shares the answer; a failure is not kept.
      const unwrapping = unwrap(tenant).catch((error: unknown) => {
        if (known.peek(tenant) === unwrapping) known.delete(tenant);
        throw error;
      });
      known.set(tenant, unwrapping);
      return unwrapping;
    },
  };
}
