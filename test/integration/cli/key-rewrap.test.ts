import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMasterKeys } from '../../../src/encryption/master-keys.ts';
import { install } from '../../../src/fleet/install.ts';
import { rewrapTenantKeys } from '../../../src/fleet/tenant-keys.ts';
import { createVaultModule, Secret, type VaultHooks } from '../../fixtures/vault/index.ts';
import { MASTER_KEY } from '../../support/database.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { run } from './in-process.ts';

const OLD_KEY = Buffer.alloc(32, 'the master key of last year ');
const NOW = createMasterKeys({ current: MASTER_KEY }).current;
const hooks: VaultHooks = {};
const modules = [createVaultModule(hooks)];

let gateway: TestGateway;
let admin: pg.Client;
beforeAll(async () => {
  gateway = await startGateway({ modules });
  admin = new pg.Client({ connectionString: gateway.database.adminUrl });
  await admin.connect();
  hooks.work = async ({ em }) => {
    em.create(Secret, { label: 'old', text: 'kept through the rotation' });
    await em.flush();
  };
  for (const tenant of ['north', 'south']) await gateway.ask({ tenant, query: 'mutation { work }' });
});
afterAll(async () => {
  await admin.end();
  await gateway[Symbol.asyncDispose]();
});

interface StoredKey {
  tenant: string;
  master: string;
  wrapped: Buffer;
}
const storedKeys = async () =>
  (await admin.query<StoredKey>('select * from insula.wrapped_key order by tenant')).rows;

/** As if last year's key had wrapped all that there is. */
async function wrapUnderOldKey(): Promise<void> {
  const { failed } = await rewrapTenantKeys(
    admin,
    createMasterKeys({ current: OLD_KEY, previous: MASTER_KEY }),
  );
  expect(failed).toEqual([]);
}

/** Asks a gateway that has unwrapped nothing yet. */
async function askNewGateway(settings: Record<string, string> = {}) {
  await using beside = await startGateway({ modules, beside: gateway, settings });
  // Its issuer is another one, so the tokens are its own.
  const reply = await beside.ask({ tenant: 'north', query: '{ secrets { nodes { text } } }' });
  return { ...reply, log: JSON.stringify(beside.log) };
}

const rewrap = (keys: Record<string, string> = {}) =>
  run(['key', 'rewrap'], {
    modules,
    environment: {
      DATABASE_URL: gateway.database.adminUrl,
      INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
      ...keys,
    },
  });
const PREVIOUS = { INSULA_MASTER_KEY_PREVIOUS: OLD_KEY.toString('base64') };
const SHOWN = { secrets: { nodes: [{ text: 'kept through the rotation' }] } };

describe('rotating the master key', () => {
  test('[DS] each tenant has a key of its own from its creation', async () => {
    const keys = await storedKeys();
    const { rows } = await admin.query('select id from insula.tenant order by id');
    expect(keys.map(({ tenant }) => tenant)).toEqual(rows.map(({ id }) => id));
    expect(new Set(keys.map(({ wrapped }) => wrapped.toString('hex'))).size).toBe(keys.length);
    expect(keys.every(({ master }) => master === NOW)).toBe(true);
  });

  test('[DS] while keys are under the previous one, a gateway that has both serves; with one alone it refuses', async () => {
    await wrapUnderOldKey();
    expect((await askNewGateway(PREVIOUS)).body.data).toEqual(SHOWN);
    const refused = await askNewGateway();
    expect([refused.code, refused.body.data]).toEqual(['INTERNAL', undefined]);
    expect(refused.log).toContain('which is neither INSULA_MASTER_KEY nor INSULA_MASTER_KEY_PREVIOUS');
  });

  test('[DS] insula key rewrap wraps all of them anew, and the data stays readable', async () => {
    await wrapUnderOldKey();
    const before = await storedKeys();
    const data = await gateway.rows('north', 'select text, version from secret');
    const outcome = await rewrap(PREVIOUS);
    expect([outcome.code, outcome.stdout]).toEqual([0, `${before.length} rewrapped, 0 failed.\n`]);
    expect((await storedKeys()).every(({ master }) => master === NOW)).toBe(true);
    expect((await askNewGateway()).body.data).toEqual(SHOWN);
    expect(await gateway.rows('north', 'select text, version from secret')).toEqual(data);
    expect((await rewrap()).stdout).toBe('0 rewrapped, 0 failed.\n');
  });

  test('[DS] without the previous key it says whose keys it could not unwrap, and leaves them', async () => {
    await wrapUnderOldKey();
    const before = await storedKeys();
    const outcome = await rewrap();
    expect([outcome.code, outcome.stdout]).toEqual([1, `0 rewrapped, ${before.length} failed.\n`]);
    for (const { tenant } of before) expect(outcome.stderr).toContain(tenant);
    expect(await storedKeys()).toEqual(before);
    await rewrap(PREVIOUS);
  });

  test('[DS] a running gateway goes on with what it has unwrapped', async () => {
    await wrapUnderOldKey();
    const reply = await gateway.ask({ tenant: 'north', query: '{ secrets { nodes { text } } }' });
    expect(reply.body.data).toEqual(SHOWN);
    await rewrap(PREVIOUS);
  });
});

describe('a tenant without a key', () => {
  test('[DS] is refused, and gets one by the next installation, which changes no other', async () => {
    const before = await storedKeys();
    const north = gateway.tenants.north ?? '';
    await admin.query('delete from insula.wrapped_key where tenant = $1', [north]);
    const refused = await askNewGateway();
    expect(refused.code).toBe('INTERNAL');
    expect(refused.log).toContain(`The tenant ${north} has no key`);
    await install({ adminUrl: gateway.database.adminUrl, masterKey: MASTER_KEY });
    const after = await storedKeys();
    expect(after.map(({ tenant }) => tenant)).toEqual(before.map(({ tenant }) => tenant));
    expect(after.filter(({ tenant }) => tenant !== north)).toEqual(
      before.filter(({ tenant }) => tenant !== north),
    );
  });
});
