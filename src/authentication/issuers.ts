import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '../telemetry/logger.ts';
import { type RemoteKeyTiming, remoteKeys } from './remote-keys.ts';

/** Asymmetric signatures alone: with a shared secret, whoever can verify a token can also make one. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

type Algorithm = (typeof ALGORITHMS)[number];

/** Somebody whose tokens are believed. */
export type Issuer = {
  /** The token's `iss`, to the letter. */
  readonly issuer: string;
  /** The token's `aud` must name one of these. */
  readonly audience: string | readonly string[];
  /** @default ['RS256', 'ES256', 'EdDSA'] */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** The only tenants, by slug or id, for which the issuer is trusted. @default every tenant */
  readonly tenants?: readonly string[] | undefined;
  /** The claim that names the tenant. @default 'tenant' */
  readonly tenantClaim?: string | undefined;
  /** Seconds by which clocks may differ. @default 5 */
  readonly clockTolerance?: number | undefined;
} & KeySource;

/** Where the issuer's public keys are: at an address, or here. */
type KeySource = { readonly jwksUri: string } | { readonly jwks: JSONWebKeySet };

/** An issuer with all that is needed to verify its tokens. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string[];
  readonly algorithms: string[];
  readonly allowedTenants: readonly string[] | undefined;
  readonly tenantClaim: string;
  readonly clockTolerance: number;
  readonly keys: JWTVerifyGetKey;
}

const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];
const DEFAULT_CLOCK_TOLERANCE = 5;

/**
 * The issuers by their name, as tokens give it.
 *
 * @throws Error when two share a name.
 */
export function trustIssuers(
  issuers: readonly Issuer[],
  options: { readonly timing?: RemoteKeyTiming | undefined; readonly logger: Logger },
): ReadonlyMap<string, TrustedIssuer> {
  const trusted = new Map<string, TrustedIssuer>();
  for (const settings of issuers) {
    const { issuer, audience } = settings;
    if (trusted.has(issuer)) throw new Error(`The issuer ${issuer} is configured twice.`);
    trusted.set(issuer, {
      issuer,
      audience: [audience].flat(),
      algorithms: [...(settings.algorithms ?? DEFAULT_ALGORITHMS)],
      allowedTenants: settings.tenants,
      tenantClaim: settings.tenantClaim ?? 'tenant',
      clockTolerance: settings.clockTolerance ?? DEFAULT_CLOCK_TOLERANCE,
      keys:
        'jwks' in settings
          ? createLocalJWKSet(settings.jwks)
          : remoteKeys({ uri: settings.jwksUri, ...options.timing, logger: options.logger }),
    });
  }
  return trusted;
}
