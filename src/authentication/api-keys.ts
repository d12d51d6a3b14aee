import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Catalog } from '../tenancy/catalog/catalog.ts';
import { keyHolder } from '../tenancy/names.ts';
import type { VerifiedToken } from './authenticator.ts';

/** So that whoever finds one somewhere, a scanner of repositories too, knows what it is. */
const PREFIX = 'insula_';
const SHAPE = /^insula_([a-z0-9]{16})_([\w-]{43})$/;
const SECRET_BYTES = 32;

/** A key that was just made. */
export interface NewApiKey {
  readonly id: string;
  /** All of it, as it is sent: `Authorization: Bearer <text>`. It is known here and now, and nowhere later. */
  readonly text: string;
  /** What is kept of it. */
  readonly hash: Buffer;
}

/** Makes an API key: an id of 80 random bits, a secret of 256. */
export function makeApiKey(): NewApiKey {
  const id = Array.from(randomBytes(16), (byte) => (byte % 32).toString(32)).join('');
  const text = `${PREFIX}${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { id, text, hash: hashOf(text) };
}

/** Whether a bearer token wants to be an API key. */
export const isApiKey = (text: string) => text.startsWith(PREFIX);

/**
 * Who an API key stands for. It is asked for in the catalog each time, which knows within a second that it was revoked.
 *
 * @throws Error why it is no key that lets anybody in
 * @throws Problem `DATABASE_UNAVAILABLE`
 */
export async function verifyApiKey(
  text: string,
  catalog: Pick<Catalog, 'apiKey'>,
  now: Date,
): Promise<VerifiedToken> {
  const [, id] = SHAPE.exec(text) ?? [];
  if (id === undefined) throw new Error('The API key is malformed.');
  const key = await catalog.apiKey(id);
  if (!key || !timingSafeEqual(key.hash, hashOf(text))) throw new Error('There is no such API key.');
  if (key.expiresAt <= now.getTime()) throw new Error('The API key has expired.');
  const { tenant, expiresAt } = key;
  return { subject: keyHolder(id), issuer: 'api-key', tenant, allowedTenants: [tenant], expiresAt };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest();
