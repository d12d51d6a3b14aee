import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from 'jose';
import type { Issuer } from './issuers.ts';

interface TokenRequest {
  readonly subject: string;
  /** A slug or an id, for the tenant claim. */
  readonly tenant?: string | undefined;
  /** Seconds. */
  readonly expiresIn: number;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** The gateway as its own issuer: for development, where no identity provider is at hand. */
export interface DevelopmentIssuer {
  /** What the authenticator is to trust. */
  readonly issuer: Issuer;
  /** The public keys, for `/.well-known/jwks.json`. */
  jwks(): JSONWebKeySet;
  sign(request: TokenRequest): Promise<string>;
}

export interface DevelopmentIssuerOptions {
  /** Where the private key is kept, readable by its owner alone; made when there is none. */
  readonly directory: string;
  /** @default 'insula-development' */
  readonly issuer?: string;
  /** @default 'insula' */
  readonly audience?: string;
  /** @default () => new Date() */
  readonly clock?: () => Date;
}

/** The `iss` and the `aud` of development's tokens. */
export const DEVELOPMENT_ISSUER = 'insula-development';
export const DEVELOPMENT_AUDIENCE = 'insula';

const ALGORITHM = 'ES256';
const KEY_FILE = 'issuer.jwk';

/**
 * Opens the development issuer, with the key that the directory holds or a new one.
 *
 * The authenticator gets the public keys themselves rather than their address: the gateway need not be reachable
 * under a name that it knows, and the first request need not wait for one to itself.
 */
export async function createDevelopmentIssuer(options: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> {
  const { directory, clock = () => new Date() } = options;
  const { issuer = DEVELOPMENT_ISSUER, audience = DEVELOPMENT_AUDIENCE } = options;
  const jwk = readKey(directory) ?? (await makeKey(directory));
  const privateKey = await importJWK(jwk, ALGORITHM);
  const { d: _, ...published } = jwk;
  const keys: JSONWebKeySet = { keys: [published] };
  return {
    issuer: { issuer, audience, jwks: keys, algorithms: [ALGORITHM] },
    jwks: () => keys,
    sign({ subject, tenant, expiresIn, claims }) {
      const now = Math.floor(clock().getTime() / 1000);
      return new SignJWT({ ...claims, ...(tenant !== undefined && { tenant }) })
        .setProtectedHeader({ alg: ALGORITHM, kid: jwk.kid ?? '', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresIn)
        .sign(privateKey);
    },
  };
}

function readKey(directory: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, KEY_FILE), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(
      `The key in ${join(directory, KEY_FILE)} can't be read; delete the file to have a new one.`,
      {
        cause: error,
      },
    );
  }
}

/** Makes a key, unless another process was faster: then that one's is used. */
async function makeKey(directory: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const key: JWK = { ...jwk, kid, alg: ALGORITHM, use: 'sig' };

  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `${KEY_FILE}.${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(key), { mode: 0o600, flag: 'wx' });
  try {
    // A link, unlike a rename, fails when the name is taken; and nobody sees a file that is half written.
    linkSync(draft, join(directory, KEY_FILE));
    return key;
  } catch (error) {
    const winner = readKey(directory);
    if (winner) return winner;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
