import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDomain } from '../../../src/fleet/domains.ts';
import { addMember, removeMember } from '../../../src/fleet/members.ts';
import { createTenant } from '../../../src/fleet/provision.ts';
import { resumeTenant, suspendTenant } from '../../../src/fleet/tenants.ts';
import { type Catalog, type CatalogOptions, createCatalog } from '../../../src/tenancy/catalog/catalog.ts';
import { type BlackHoleProxy, openBlackHoleProxy } from '../../support/black-hole-proxy.ts';
import { createDatabase, MASTER_KEY, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let owner: pg.Client;
let opened: AsyncDisposableStack;
let tenants = 0;

beforeAll(async () => {
  database = await createDatabase();
  owner = new pg.Client({ connectionString: database.url('owner') });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

beforeEach(() => {
  opened = new AsyncDisposableStack();
});

afterEach(() => opened.disposeAsync());

async function open(options: Partial<CatalogOptions> = {}): Promise<Catalog> {
  const logger = pino({ level: 'silent' });
  return opened.use(await createCatalog({ url: database.url('directory'), logger, ...options }));
}

async function proxy(): Promise<BlackHoleProxy> {
  return opened.use(await openBlackHoleProxy(database.url('directory')));
}

/** A tenant of the test's own with one member, `vera`, a viewer. */
async function freshTenant(): Promise<{ id: string; slug: string }> {
  const slug = `tenant-${++tenants}`;
  const { tenant } = await createTenant({
    masterKey: MASTER_KEY,
    client: owner,
    slug,
    name: `Tenant ${tenants}`,
    applyMigrations: async () => ({ version: 3, hash: 'three' }),
  });
  await addMember(owner, tenant.id, 'vera', ['viewer']);
  return tenant;
}

/** Milliseconds until the condition holds; asked all the time, as requests would. */
async function felt(condition: () => Promise<boolean>, limit = 1_000): Promise<number> {
  const from = performance.now();
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: limit, interval: 10 });
  return performance.now() - from;
}

/** Only notifications tell this catalog anything. */
const listeningAlone = { heartbeat: 60_000, overdue: 60_000 };

describe('what the catalog knows', () => {
  it('[TI] finds a tenant by slug, id and domain', async () => {
    const { id, slug } = await freshTenant();
    await addDomain(owner, id, 'api.first.example');
    const catalog = await open();
    const tenant = await catalog.bySlug(slug);
    expect(tenant).toEqual({
      id,
      slug,
      name: expect.any(String),
      status: 'active',
      schemaVersion: 3,
      schemaHash: 'three',
      migrationFailed: false,
      limits: {},
    });
    expect(await catalog.byId(id)).toEqual(tenant);
    expect(await catalog.byDomain('api.first.example')).toEqual(tenant);
  });

  it('[TI] a failed migration shows', async () => {
    const { id, slug } = await freshTenant();
    await owner.query(`update insula.tenant set migration_error = '{"statement": "…"}' where id = $1`, [id]);
    expect(await (await open()).bySlug(slug)).toMatchObject({ migrationFailed: true });
  });

  it('[AN] knows who is a member, with which roles, and in which tenants', async () => {
    const [one, two] = [await freshTenant(), await freshTenant()];
    await addMember(owner, one.id, 'paula@example.com', ['admin', 'accountant']);
    await addMember(owner, two.id, 'paula@example.com', ['viewer']);
    const catalog = await open();
    expect((await catalog.membership(one.id, 'paula@example.com'))?.roles.toSorted()).toEqual([
      'accountant',
      'admin',
    ]);
    expect(await catalog.membership(two.id, 'stranger')).toBeUndefined();
    const memberships = await catalog.membershipsOf('paula@example.com');
    expect(memberships.map(({ tenant, roles }) => [tenant.slug, roles.length])).toEqual([
      [one.slug, 2],
      [two.slug, 1],
    ]);
    expect(await catalog.membershipsOf('stranger')).toEqual([]);
  });

  it.each(["a'b", 'a"b', '../a', 'A', 'a.b', 'a\0', 'ä', '', 'a'.repeat(300), 'a;select 1', '\ud800'])(
    '[TI] %j is nobody, without asking the database',
    async (name) => {
      const line = await proxy();
      const catalog = await open({ url: line.url, ...listeningAlone });
      const before = line.bytes;
      const answers = await Promise.all([
        catalog.bySlug(name),
        catalog.byId(name),
        catalog.byDomain(name.replace('.', '')),
        catalog.membership(name, 'vera'),
      ]);
      expect(answers).toEqual([undefined, undefined, undefined, undefined]);
      expect(line.bytes).toBe(before);
    },
  );

  it('[AN] a subject with NUL is no member, not an error', async () => {
    const { id } = await freshTenant();
    const catalog = await open();
    expect(await catalog.membership(id, 'vera\0')).toBeUndefined();
    expect(await catalog.membershipsOf('vera\0')).toEqual([]);
  });
});

describe('the cache', () => {
  it('[TI] answers again without asking the database, about who is not there too', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ url: line.url, ...listeningAlone });
    const ask = () =>
      Promise.all([
        catalog.bySlug(slug),
        catalog.byId(id),
        catalog.bySlug('ghost'),
        catalog.membership(id, 'vera'),
        catalog.membership(id, 'stranger'),
      ]);
    const first = await ask();
    const before = line.bytes;
    for (let repeat = 0; repeat < 100; repeat++) expect(await ask()).toEqual(first);
    expect(line.bytes).toBe(before);
  });

  it('[TI] a thousand simultaneous questions are one', async () => {
    const { slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ url: line.url, ...listeningAlone });
    const before = line.bytes;
    await catalog.bySlug('warm-up');
    const one = line.bytes - before;
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => catalog.bySlug(slug)));
    expect(new Set(answers).size).toBe(1);
    expect(line.bytes - before).toBeLessThan(3 * one);
  });

  it('[TI] a new tenant, domain or member is there at once, though it was asked for before', async () => {
    const catalog = await open(listeningAlone);
    const slug = `tenant-${tenants + 1}`;
    expect(await catalog.bySlug(slug)).toBeUndefined();
    expect(await catalog.byDomain('api.later.example')).toBeUndefined();
    const { id } = await freshTenant();
    await felt(async () => (await catalog.bySlug(slug))?.id === id);
    await addDomain(owner, id, 'api.later.example');
    await felt(async () => (await catalog.byDomain('api.later.example'))?.id === id);
    expect(await catalog.membership(id, 'new')).toBeUndefined();
    await addMember(owner, id, 'new', ['viewer']);
    await felt(async () => (await catalog.membership(id, 'new')) !== undefined);
  });

  it('[TI] a change that is rolled back is never seen', async () => {
    const { id, slug } = await freshTenant();
    const catalog = await open({ heartbeat: 20 });
    const before = await catalog.bySlug(slug);
    await owner.query('begin');
    await suspendTenant(owner, id);
    for (let look = 0; look < 5; look++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await catalog.bySlug(slug)).toEqual(before);
    }
    await owner.query('rollback');
    expect(await catalog.bySlug(slug)).toEqual(before);
  });

  it('[TI] while changes rain down, answers never go back and end with the last change', async () => {
    const { id } = await freshTenant();
    const catalog = await open();
    const last = 300;
    let raining = true;
    const rain = async () => {
      for (let version = 4; version <= last; version++) {
        await owner.query('update insula.tenant set schema_version = $2 where id = $1', [id, version]);
      }
      raining = false;
    };
    const askAgainAndAgain = async () => {
      for (let newest = 3; raining; ) {
        const seen = (await catalog.byId(id))?.schemaVersion ?? 0;
        expect(seen).toBeGreaterThanOrEqual(newest);
        newest = seen;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([rain(), askAgainAndAgain(), askAgainAndAgain()]);
    await felt(async () => (await catalog.byId(id))?.schemaVersion === last);
  });
});

describe('a suspension or a revoked membership is felt within a second', () => {
  it('[TI] by a notification, in every gateway', async () => {
    const { id, slug } = await freshTenant();
    const gateways = [await open(listeningAlone), await open(listeningAlone), await open(listeningAlone)];
    for (const catalog of gateways) expect((await catalog.bySlug(slug))?.status).toBe('active');
    await suspendTenant(owner, id);
    await Promise.all(
      gateways.map((catalog) => felt(async () => (await catalog.bySlug(slug))?.status === 'suspended')),
    );
    await resumeTenant(owner, id);
    await Promise.all(
      gateways.map((catalog) => felt(async () => (await catalog.bySlug(slug))?.status === 'active')),
    );
  });

  it('[TI] by the heartbeat, when the listening connection was silently cut', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ listenUrl: line.url });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    expect(await catalog.membership(id, 'vera')).toBeDefined();
    line.goSilent();
    await suspendTenant(owner, id);
    expect(await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended')).toBeLessThan(1_000);
    await removeMember(owner, id, 'vera');
    expect(await felt(async () => (await catalog.membership(id, 'vera')) === undefined)).toBeLessThan(1_000);
  });

  it('[TI] by the heartbeat alone', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ listenUrl: line.url, overdue: 60_000 });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    line.goSilent();
    await suspendTenant(owner, id);
    expect(await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended')).toBeLessThan(1_000);
  });

  it('[TI] and the heartbeat keeps what is known valid, so that requests need not ask', async () => {
    const { slug } = await freshTenant();
    const catalog = await open({ heartbeat: 50, overdue: 500 });
    const known = await catalog.bySlug(slug);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await catalog.bySlug(slug)).toBe(known);
  });

  it('[TI] by asking each time, when the heartbeat is overdue', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ listenUrl: line.url, heartbeat: 60_000 });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    line.goSilent();
    await suspendTenant(owner, id);
    expect(await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended')).toBeLessThan(1_000);
  });

  it('[TI] when every connection was silently cut: nothing is served that is too old to be sure of', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ url: line.url, timeout: 300 });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    line.goSilent();
    await suspendTenant(owner, id);
    await removeMember(owner, id, 'vera');

    // Known entries go on for less than a second, then the catalog owns up.
    const from = performance.now();
    let refused: unknown;
    while (!refused) {
      const tenant = await catalog.bySlug(slug).catch((error: unknown) => {
        refused = error;
      });
      if (tenant) expect(performance.now() - from).toBeLessThan(1_000);
    }
    expect(refused).toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503 });
    expect(refused).toMatchObject({ extensions: { http: { headers: { 'retry-after': '1' } } } });
    await expect(catalog.membership(id, 'vera')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(catalog.membershipsOf('vera')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });

    // The line is back; the old connections are not. No answer from before the cut may come through.
    line.recover();
    let answered = false;
    await felt(async () => {
      const tenant = await catalog.bySlug(slug).catch(() => undefined);
      if (tenant) expect(tenant.status).toBe('suspended');
      answered = tenant !== undefined;
      return answered;
    }, 3_000);
    expect(await catalog.membership(id, 'vera')).toBeUndefined();
  });
});

describe('the connections of the directory', () => {
  it('[TI] are all replaced when one was silently cut: not each of them costs a request its patience', async () => {
    const line = await proxy();
    const maxConnections = 12;
    const catalog = await open({ url: line.url, heartbeat: 50, timeout: 300, maxConnections });
    await Promise.all(Array.from({ length: 100 }, (_, n) => catalog.bySlug(`warm-up-${n}`)));
    expect(line.connections).toBeGreaterThan(maxConnections);
    line.goSilent();
    line.recover();
    let failures = 0;
    for (let request = 0; request < 8; request++) {
      await catalog.bySlug(`asked-${request}`).catch(() => failures++);
    }
    expect(failures).toBeLessThanOrEqual(3);
  });
});

describe('the listening connection', () => {
  it('[TI] that was silently cut is noticed and replaced, and what it missed is not missed', async () => {
    const { id, slug } = await freshTenant();
    const line = await proxy();
    const catalog = await open({ listenUrl: line.url, ...listeningAlone, probeEvery: 50, timeout: 200 });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    line.goSilent();
    await suspendTenant(owner, id);
    line.recover();
    // Nobody tells: the catalog finds out because it listens anew.
    await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended', 3_000);
    expect(line.connections).toBeGreaterThan(1);
    await resumeTenant(owner, id);
    await felt(async () => (await catalog.bySlug(slug))?.status === 'active');
  });

  it('[TI] that the server ended is replaced', async () => {
    const { id, slug } = await freshTenant();
    const catalog = await open(listeningAlone);
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'insula_directory'`,
    );
    await admin.end();
    await suspendTenant(owner, id);
    await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended', 3_000);
  });

  it('[TI] that can not be had does not keep the gateway from starting', async () => {
    const { id, slug } = await freshTenant();
    const nowhere = new URL(database.url('directory'));
    nowhere.password = 'wrong';
    const catalog = await open({ listenUrl: nowhere.href });
    expect((await catalog.bySlug(slug))?.status).toBe('active');
    await suspendTenant(owner, id);
    await felt(async () => (await catalog.bySlug(slug))?.status === 'suspended');
  });
});

describe('before COMMIT', () => {
  async function admitted(catalog: Catalog, { id }: { id: string }) {
    const [tenant, membership] = await Promise.all([catalog.byId(id), catalog.membership(id, 'vera')]);
    if (!tenant || !membership) throw new Error('The tenant of the test is not there.');
    return { tenant, membership };
  }

  it.each([
    ['the tenant is suspended', (id: string) => suspendTenant(owner, id)],
    ['the membership is revoked', (id: string) => removeMember(owner, id, 'vera')],
    ['a role is taken away', (id: string) => addMember(owner, id, 'vera', [])],
    ['a role is exchanged', (id: string) => addMember(owner, id, 'vera', ['accountant'])],
    ['a role is added', (id: string) => addMember(owner, id, 'vera', ['viewer', 'admin'])],
  ])('[SC] access no longer holds when %s', async (_, change) => {
    const tenant = await freshTenant();
    const catalog = await open();
    const access = await admitted(catalog, tenant);
    expect(await catalog.stillHolds(access)).toBe(true);
    await change(tenant.id);
    await felt(async () => !(await catalog.stillHolds(access)));
  });

  it('[SC] access still holds when something else changes', async () => {
    const [tenant, other] = [await freshTenant(), await freshTenant()];
    const catalog = await open();
    const access = await admitted(catalog, tenant);
    const { generation } = catalog;
    await suspendTenant(owner, other.id);
    await owner.query(`update insula.tenant set name = 'Renamed' where id = $1`, [tenant.id]);
    await addMember(owner, tenant.id, 'somebody else', ['owner']);
    await felt(async () => catalog.generation >= generation + 3n);
    expect(await catalog.stillHolds(access)).toBe(true);
  });

  it('[SC] whether access holds is an error, not a yes, when the database is away', async () => {
    const tenant = await freshTenant();
    const line = await proxy();
    const catalog = await open({ url: line.url, timeout: 200, overdue: 100, heartbeat: 50 });
    const access = await admitted(catalog, tenant);
    line.goSilent();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(catalog.stillHolds(access)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

describe('opening and closing', () => {
  it('[SI] a database that is not there is one clear error, and nothing is left behind', async () => {
    const nowhere = new URL(database.url('directory'));
    nowhere.hostname = '127.0.0.1';
    nowhere.port = '1';
    await expect(open({ url: nowhere.href })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('[SI] a database without a catalog is an error of its own', async () => {
    const admin = new URL(database.adminUrl);
    admin.pathname = '/postgres';
    await expect(open({ url: admin.href })).rejects.toThrow('insula.generation');
  });

  it('[SR] closes in time, even when every line has gone silent', async () => {
    const line = await proxy();
    const catalog = await open({ url: line.url, timeout: 200 });
    await catalog.bySlug('acme');
    line.goSilent();
    const from = performance.now();
    await catalog[Symbol.asyncDispose]();
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
