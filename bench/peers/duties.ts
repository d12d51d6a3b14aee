import type { IncomingHttpHeaders } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import pg from 'pg';

/** Where a tenant's tables are, and the role that may use them. */
export interface Tenant {
  readonly schema: string;
  readonly role: string;
}

/** Answered with 401 or 403. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** A setting that the benchmark starts every peer with. @throws Error when it is missing */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing.`);
  return value;
}

/** Tells who may enter which tenant. Synchronous where the token is known: no request waits for a promise then. */
export type Admit = (headers: IncomingHttpHeaders) => Tenant | Promise<Tenant>;

/**
 * What each peer does before it looks at a document: the token is verified, once until it expires; it names the same
 * tenant as the request; the tenant exists.
 */
export async function openDuties(): Promise<Admit> {
  const keys = createRemoteJWKSet(new URL(setting('JWKS_URI')));
  const expected = { issuer: setting('ISSUER'), audience: setting('AUDIENCE'), algorithms: ['EdDSA'] };
  const tenants = await readTenants();
  const verified = new LRUCache<string, { tenant: unknown; expires: number }>({ max: 200_000 });

  const tenantOf = (claim: unknown, header: unknown): Tenant => {
    const tenant = typeof header === 'string' && header === claim ? tenants.get(header) : undefined;
    if (!tenant) throw new Refused('This token is for another tenant.');
    return tenant;
  };
  return ({ authorization = '', 'x-tenant-id': header }) => {
    const known = verified.get(authorization);
    if (known && known.expires > Date.now()) return tenantOf(known.tenant, header);
    return jwtVerify(authorization.slice('Bearer '.length), keys, expected).then(
      ({ payload: { tenant, exp = 0 } }) => {
        verified.set(authorization, { tenant, expires: exp * 1000 });
        return tenantOf(tenant, header);
      },
      () => {
        throw new Refused('This token is not valid.');
      },
    );
  };
}

async function readTenants(): Promise<ReadonlyMap<string, Tenant>> {
  const client = new pg.Client({ connectionString: setting('DATABASE_URL') });
  await client.connect();
  const { rows } = await client.query<{ slug: string; schema: string }>('select * from bench.tenant');
  await client.end();
  return new Map(rows.map(({ slug, schema }) => [slug, { schema, role: schema }]));
}
