import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginUrl } from '../../../src/database/keys.ts';
import { install } from '../../../src/fleet/install.ts';
import { migrate } from '../../../src/fleet/migrate.ts';
import { readMigrations } from '../../../src/fleet/migrations.ts';
import { composeModules } from '../../../src/platform/index.ts';
import { MASTER_KEY } from '../../support/database.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEffects } from './effects.ts';
import { emptied, enqueue, notes, outbox, startTestWorker } from './worker.ts';

/** A database as it was before there were workers, with a job in its outbox. */
const BEFORE = `
  drop function finish_job(bigint);
  drop function is_job_done(bigint);
  drop table job_done;
  update insula.tenant set base_version = 1;
  alter table insula.outbox drop column due_at, drop column attempts, drop column taken_at, drop column last_error,
    drop column dead_at;
  delete from insula.outbox where seg is null;
  alter table insula.outbox alter column seg set not null, alter column xid set not null;
  drop table insula.schedule;
  revoke all on insula.tenant, insula.outbox from insula_worker`;

let gateway: TestGateway;
let owner: pg.Pool;
beforeAll(async () => {
  gateway = await startGateway({ modules: createEffects(), tenants: ['north'] });
  owner = new pg.Pool({ connectionString: loginUrl(gateway.database.adminUrl, MASTER_KEY, 'owner') });
  // Another modules' tenants, which the template brings.
  await owner.query('delete from insula.tenant where id <> $1', [gateway.tenants.north]);
});
afterAll(async () => {
  await owner.end();
  await gateway[Symbol.asyncDispose]();
});

const plan = readMigrations(composeModules(createEffects()));

test('[AT] an older installation and its tenants are brought up to date by install and migrate', async () => {
  await enqueue(gateway, 'patient');
  await gateway.rows('north', BEFORE);
  await install({ adminUrl: gateway.database.adminUrl, masterKey: MASTER_KEY });
  await using worker = await startTestWorker(gateway, { modules: createEffects() });
  await delay(150);
  expect(await outbox(gateway)).toEqual([expect.objectContaining({ attempts: 0 })]);

  const first = await migrate({ owner, plan });
  expect([first.migrated.length, first.failed]).toEqual([1, []]);
  await emptied(gateway);
  expect(await notes(gateway, 'patient')).toEqual(['patient']);
  expect(worker.lines()).toEqual([expect.objectContaining({ outcome: 'done', attempt: 1 })]);
  expect(await migrate({ owner, plan })).toEqual({ migrated: [], failed: [], left: 0 });
});

test('[AT] a tenant whose schema is ahead keeps what a newer release gave it', async () => {
  await gateway.rows(
    'north',
    `update insula.tenant set schema_version = schema_version + 1, base_version = base_version + 1`,
  );
  expect(await migrate({ owner, plan })).toEqual({ migrated: [], failed: [], left: 0 });
});
