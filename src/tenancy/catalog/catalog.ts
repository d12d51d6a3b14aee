import type { WrappedKey } from '../../encryption/master-keys.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isDomain, isKeyId, isSlug, isSubject, isTenantId, keyOf } from '../names.ts';
import type { ApiKey, Membership, Tenant } from '../tenant.ts';
import { GenerationCache } from './cache.ts';
import { DirectoryConnections } from './connections.ts';
import { Generation } from './generation.ts';
import { startHeartbeat } from './heartbeat.ts';
import { listenToCatalog } from './listener.ts';
import { createCatalogReads } from './reads.ts';

/** What was established when an operation was let in. */
export interface Access {
  readonly tenant: Tenant;
  readonly membership: Membership;
}

/**
 * The catalog of tenants, domains and memberships, read through a cache whose answers were true at most `overdue`
 * milliseconds ago: a suspension or a revoked membership is felt within that time, whatever happens to connections.
 *
 * A name, id, domain or subject that is malformed is answered with undefined, without asking the database.
 * Every read that needs the database and can't have it throws Problem `DATABASE_UNAVAILABLE`.
 */
export interface Catalog extends AsyncDisposable {
  bySlug(slug: string): Promise<Tenant | undefined>;
  byId(id: string): Promise<Tenant | undefined>;
  byDomain(domain: string): Promise<Tenant | undefined>;
  apiKey(id: string): Promise<ApiKey | undefined>;
  /** Whether, and as what, somebody is a member; whoever has an API key is one of its tenant. @param tenant the tenant's id. */
  membership(tenant: string, subject: string): Promise<Membership | undefined>;
  /** Every member of a tenant, in the order of their subjects. Asks the database each time. @param tenant the tenant's id. */
  membersOf(tenant: string): Promise<readonly Membership[]>;
  /** Every tenant in which the subject is a member, in the order of their slugs. Asks the database each time. */
  membershipsOf(subject: string): Promise<{ tenant: Tenant; roles: readonly string[] }[]>;
  /** The tenant's data key as it is kept. Asks the database each time. @param tenant the tenant's id. */
  wrappedKey(tenant: string): Promise<WrappedKey | undefined>;
  /** The number of changes to the catalog that this process knows of. */
  readonly generation: bigint;
  /**
   * True when what let the operation in still holds: the tenant has the same status, the member the same roles.
   * To be asked again before COMMIT.
   */
  stillHolds(access: Access): Promise<boolean>;
}

export interface CatalogOptions {
  /** Connection string of the directory login. */
  readonly url: string;
  /** The same login, directly, where `url` leads through a pooler in transaction mode. @default url */
  readonly listenUrl?: string;
  /** Milliseconds between two reads of the generation. @default 250 */
  readonly heartbeat?: number;
  /** Milliseconds without confirmation after which each request asks the database. @default 750 */
  readonly overdue?: number;
  /** Milliseconds that the database may take, for a connection and for an answer each. @default 1000 */
  readonly timeout?: number;
  /** @default 4 */
  readonly maxConnections?: number;
  /** Milliseconds between two looks whether the listening connection is alive. @default 5000 */
  readonly probeEvery?: number;
  readonly logger: Logger;
}

/** Answers of each kind (tenants by slug, by id, by domain; memberships; API keys) that are kept at the most. */
const CACHE_SIZE = 20_000;

/**
 * Opens the catalog.
 *
 * @throws Problem `DATABASE_UNAVAILABLE` when the database can't be reached now; nothing is left open then.
 */
export async function createCatalog(options: CatalogOptions): Promise<Catalog> {
  const { url, listenUrl = url, heartbeat = 250, overdue = 750, timeout = 1_000, logger } = options;
  const { maxConnections = 4, probeEvery = 5_000 } = options;

  await using opened = new AsyncDisposableStack();
  const connections = opened.use(new DirectoryConnections({ url, maxConnections, timeout, logger }));
  const reads = createCatalogReads(connections);
  // One of its own: however many requests ask the catalog, what is known stays confirmed.
  const pulse = opened.use(new DirectoryConnections({ url, maxConnections: 1, timeout, logger }));
  const { generation: readGeneration } = createCatalogReads(pulse);
  const generation = new Generation({ overdue });
  const beat = async () => {
    const askedAt = generation.now();
    generation.observe(await readGeneration(), askedAt);
  };

  await beat();
  const listener = opened.use(
    listenToCatalog({
      url: listenUrl,
      onGeneration: (heard) => generation.hear(heard),
      onConnect: () => generation.forget(),
      probeEvery,
      timeout,
      logger,
    }),
  );
  await listener.attempted;
  await beat();
  const renew = () => {
    pulse.renew();
    connections.renew();
  };
  opened.use(startHeartbeat({ every: heartbeat, beat, onFailure: renew, logger }));

  const cache = <Value extends object>() =>
    new GenerationCache<Value>({ generation, limit: CACHE_SIZE, joinable: heartbeat });
  const slugs = cache<Tenant>();
  const ids = cache<Tenant>();
  const domains = cache<Tenant>();
  const memberships = cache<Membership>();
  const apiKeys = cache<ApiKey>();

  const close = opened.move();
  const catalog: Catalog = {
    bySlug: async (slug) => (isSlug(slug) ? slugs.get(slug, () => reads.tenantBySlug(slug)) : undefined),
    byId: async (id) => (isTenantId(id) ? ids.get(id, () => reads.tenantById(id)) : undefined),
    byDomain: async (domain) =>
      isDomain(domain) ? domains.get(domain, () => reads.tenantByDomain(domain)) : undefined,
    apiKey: async (id) => (isKeyId(id) ? apiKeys.get(id, () => reads.apiKey(id)) : undefined),
    async membership(tenant, subject) {
      const id = keyOf(subject);
      if (id !== undefined) return keyMembership(tenant, subject, await catalog.apiKey(id));
      if (!isTenantId(tenant) || !isSubject(subject)) return undefined;
      return memberships.get(`${tenant} ${subject}`, () => reads.membership(tenant, subject));
    },
    membersOf: async (tenant) => (isTenantId(tenant) ? reads.membersOf(tenant) : []),
    membershipsOf: async (subject) => (isSubject(subject) ? reads.membershipsOf(subject) : []),
    wrappedKey: async (tenant) => (isTenantId(tenant) ? reads.wrappedKey(tenant) : undefined),
    get generation() {
      return generation.known;
    },
    async stillHolds({ tenant, membership }) {
      const [tenantNow, membershipNow] = await Promise.all([
        catalog.byId(tenant.id),
        catalog.membership(tenant.id, membership.subject),
      ]);
      return tenantNow?.status === tenant.status && sameRoles(membershipNow?.roles, membership.roles);
    },
    [Symbol.asyncDispose]: () => close.disposeAsync(),
  };
  return catalog;
}

const NO_ROLES: readonly string[] = [];

function keyMembership(tenant: string, subject: string, key: ApiKey | undefined): Membership | undefined {
  if (key?.tenant !== tenant) return undefined;
  return { tenant, subject, roles: NO_ROLES, permissions: key.permissions };
}

function sameRoles(now: readonly string[] | undefined, before: readonly string[]): boolean {
  return now !== undefined && now.length === before.length && before.every((role) => now.includes(role));
}
