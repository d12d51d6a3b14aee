import { createHmac, hkdfSync, type KeyObject } from 'node:crypto';
import type { Operation } from './transaction.ts';

/** The gateway's logins at PostgreSQL; the role of each is named `insula_<login>`. */
export const LOGINS = ['owner', 'gateway', 'directory', 'worker'] as const;

export type Login = (typeof LOGINS)[number];

const derive = (masterKey: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `insula ${purpose}`, 32));

/** The password of a login, derived from the master key (HKDF-SHA256): 43 characters of base64url. */
export function loginPassword(masterKey: Buffer, login: Login): string {
  return derive(masterKey, `login ${login}`).toString('base64url');
}

/** The key that signs the opening of operations: 32 bytes, derived from the master key. */
export function openerKey(masterKey: Buffer): Buffer {
  return derive(masterKey, 'opener');
}

/** The key that signs the seals of the audit trail, where none of its own is configured: derived from the master key. */
export function derivedSealingKey(masterKey: Buffer): Buffer {
  return derive(masterKey, 'sealing');
}

/**
 * The address of a server and database, with a login's name and password in place of those in `url`. A socket's
 * directory stands percent-encoded where the host would: `postgresql://%2Frun%2Fpostgresql:5432/app`.
 *
 * @throws Error when the address has no host
 */
export function loginUrl(url: string, masterKey: Buffer, login: Login): string {
  const address = new URL(url);
  if (address.host === '') throw new Error("The database's address has no host.");
  address.username = `insula_${login}`;
  address.password = loginPassword(masterKey, login);
  return address.href;
}

/**
 * The signature that `insula.open_operation` demands: HMAC-SHA256 over its other arguments, one a line.
 *
 * @param key as a KeyObject where much is signed: Node makes one of bytes each time
 * @param expiresAt seconds since 1970
 */
export function signOperation(
  key: Buffer | KeyObject,
  tenant: string,
  operation: Operation,
  expiresAt: number,
): Buffer {
  const { id, actor, name, requestId } = operation;
  return createHmac('sha256', key)
    .update([tenant, id, actor, name, requestId, expiresAt].join('\n'))
    .digest();
}
