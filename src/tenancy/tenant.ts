import type { TenantLimits } from './limits.ts';

/** A tenant as the catalog knows it. Immutable: a change makes a new object. */
export interface Tenant {
  /** Opaque and immutable; also the name of the tenant's schema and role. */
  readonly id: string;
  /** The name in addresses: a DNS label. */
  readonly slug: string;
  /** The name for people. */
  readonly name: string;
  readonly status: 'active' | 'suspended';
  /** How many migrations the tenant's schema has. */
  readonly schemaVersion: number;
  /** Digest of those migrations: two gateways with as many, but other, migrations differ here. */
  readonly schemaHash: string;
  /** True while the last migration of the schema failed. */
  readonly migrationFailed: boolean;
  /** What it may use of each gateway. */
  readonly limits: TenantLimits;
}

/** Who may enter a tenant, and as what. */
export interface Membership {
  /** The tenant's id. */
  readonly tenant: string;
  /** The token's `sub`; for an API key `key:` and its id. */
  readonly subject: string;
  /** None for an API key. */
  readonly roles: readonly string[];
  /** What an API key was made for; undefined for people, whose roles say it. */
  readonly permissions?: ReadonlySet<string>;
}

/** A key with which a program enters a tenant. */
export interface ApiKey {
  readonly id: string;
  /** The tenant's id. */
  readonly tenant: string;
  /** SHA-256 of the secret. */
  readonly hash: Buffer;
  readonly permissions: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}
