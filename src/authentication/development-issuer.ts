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
import { keepKey, readKeyFile } from './key-file.ts';

interface TokenRequest {
  /** The token's `sub`. */
  readonly subject: string;
  /** A slug or an id, for the tenant claim. */
  readonly tenant?: string | undefined;
  /** Seconds. */
  readonly expiresIn: number;
  /** More claims; those that the issuer sets itself win. @default none */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** The gateway as its own issuer: for development, where no identity provider is at hand. */
export interface DevelopmentIssuer {
  /** What the authenticator is to trust. */
  readonly issuer: Issuer;
  /** The public keys, for `/.well-known/jwks.json`. */
  jwks(): JSONWebKeySet;
  /** Makes a token, as a compact JWT. */
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
 *
 * @throws Error when the directory holds a file that is no key; the message names it
 */
export async function createDevelopmentIssuer(options: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> {
  const { directory, clock = () => new Date() } = options;
  const { issuer = DEVELOPMENT_ISSUER, audience = DEVELOPMENT_AUDIENCE } = options;
  const keyFile = join(directory, KEY_FILE);
  const jwk = readKey(keyFile) ?? (await makeKey(keyFile));
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

function readKey(path: string): JWK | undefined {
  try {
    const text = readKeyFile(path);
    return text === undefined ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new Error(`The key in ${path} can't be read; delete the file to have a new one.`, { cause });
  }
}

/** Makes a key, unless another process was faster: then that one's is used. */
async function makeKey(path: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return JSON.parse(keepKey(path, JSON.stringify({ ...jwk, kid, alg: ALGORITHM, use: 'sig' })));
}
