import { AsyncLocalStorage } from 'node:async_hooks';
import type { TenantCipher } from './tenant-cipher.ts';

/** MikroORM's types are synchronous and know no request: the session's cipher reaches them this way alone. */
const active = new AsyncLocalStorage<TenantCipher>();

/** Runs work that may read and write the encrypted columns of the cipher's tenant. */
export function withCipher<Result>(cipher: TenantCipher, work: () => Result): Result {
  return active.run(cipher, work);
}

/** @throws Error outside of `withCipher` */
export function activeCipher(): TenantCipher {
  const cipher = active.getStore();
  if (!cipher) throw new Error("There is no tenant's key here: encrypted values live inside a session.");
  return cipher;
}
