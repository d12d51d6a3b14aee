import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Catalog } from '../tenancy/catalog/catalog.ts';
import { isSubject } from '../tenancy/names.ts';
import { isApiKey, verifyApiKey } from './api-keys.ts';
import { bearerToken } from './bearer.ts';
import { type Issuer, type TrustedIssuer, trustIssuers } from './issuers.ts';
import type { RemoteKeyTiming } from './remote-keys.ts';
import { TokenCache } from './token-cache.ts';

/** What a valid token, or API key, says of its bearer. */
export interface VerifiedToken {
  readonly subject: string;
  /** The tenant claim: an id or a slug. */
  readonly tenant?: string;
  readonly issuer: string;
  /** The only tenants, by slug or id, for which this issuer is trusted; absent when it is trusted for all. */
  readonly allowedTenants?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Authenticator {
  /**
   * @param authorization the `Authorization` header.
   * @throws Problem `UNAUTHENTICATED`, always with the same message; the reason is its `cause`.
   */
  verify(authorization: string | null): Promise<VerifiedToken>;
}

export interface AuthenticatorOptions {
  readonly issuers: readonly Issuer[];
  /** Where API keys are kept. @default there are none */
  readonly apiKeys?: Pick<Catalog, 'apiKey'>;
  /** Verified tokens that are remembered at the most. @default 10000 */
  readonly cacheSize?: number;
  /** When the issuers' keys are fetched. */
  readonly timing?: RemoteKeyTiming;
  /** @default () => new Date() */
  readonly clock?: () => Date;
  readonly logger: Logger;
}

/** Characters; a header of that size is no token that an issuer would make. */
const LONGEST_TOKEN = 8_192;
/** Milliseconds. */
const VERIFY_AGAIN_AFTER = 300_000;

/** Verifies bearer tokens of the configured issuers, and API keys of tenants. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { apiKeys, cacheSize = 10_000, clock = () => new Date(), timing, logger } = options;
  const issuers = trustIssuers(options.issuers, { timing, logger });
  const cache = new TokenCache({ limit: cacheSize, maxAge: VERIFY_AGAIN_AFTER });

  async function verifyAnew(text: string, now: Date): Promise<VerifiedToken> {
    if (text.length > LONGEST_TOKEN) throw new Error(`The token has ${text.length} characters.`);
    // Read before it is verified, to know whose keys to verify it with; the verification compares it again.
    const { iss = '' } = decodeJwt(text);
    const issuer = issuers.get(iss);
    if (!issuer) throw new Error('The issuer is unknown.', { cause: iss });
    const { payload } = await jwtVerify(text, issuer.keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: issuer.algorithms,
      clockTolerance: issuer.clockTolerance,
      currentDate: now,
      requiredClaims: ['sub', 'exp'],
    });
    return describe(payload, issuer);
  }

  return {
    async verify(authorization) {
      const text = bearerToken(authorization);
      if (text === undefined) throw unauthenticated();
      const now = clock();
      const known = cache.get(text, now.getTime());
      if (known) return known;
      try {
        if (apiKeys && isApiKey(text)) return await verifyApiKey(text, apiKeys, now);
        const token = await verifyAnew(text, now);
        cache.set(text, token, now.getTime());
        return token;
      } catch (reason) {
        // Whether a key is right can't be said without the database, which is no fault of the caller's.
        if (reason instanceof Problem) throw reason;
        throw unauthenticated(reason);
      }
    },
  };
}

function describe(
  payload: JWTPayload,
  { issuer, tenantClaim, allowedTenants }: TrustedIssuer,
): VerifiedToken {
  const { sub, exp = 0 } = payload;
  if (typeof sub !== 'string' || !isSubject(sub))
    throw new Error('The subject is no name that can be recorded.');
  // Some issuers send null for what they don't know.
  const tenant = payload[tenantClaim] ?? undefined;
  if (tenant !== undefined && typeof tenant !== 'string') throw new Error(`"${tenantClaim}" is no text.`);
  return {
    subject: sub,
    issuer,
    expiresAt: exp * 1000,
    ...(tenant && { tenant }),
    ...(allowedTenants && { allowedTenants }),
  };
}

/** @param reason why the token that was sent is refused; for the log alone. Absent when none was sent. */
function unauthenticated(reason?: unknown): Problem {
  const challenge = 'Bearer realm="insula"';
  return problems.UNAUTHENTICATED('Send a valid token: Authorization: Bearer <token>.', {
    headers: { 'www-authenticate': reason === undefined ? challenge : `${challenge}, error="invalid_token"` },
    cause: reason ?? new Error('No token was sent.'),
  });
}
