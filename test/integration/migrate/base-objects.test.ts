import { expect, test } from 'vitest';
import { BASE_VERSION } from '../../../src/fleet/base-objects.ts';
import { migrate } from '../../../src/fleet/migrate.ts';
import { createFleet, FIRST, planOf } from './fleet.ts';

/** Takes from a tenant what the first release did not give it. */
const asOfTheFirstRelease = (tenant: string) => `
  set search_path = ${tenant};
  drop view audit_event;
  drop table audit_seal;
  drop function record_failure("char", text, text[]);
  alter table audit drop constraint audit_action_check, drop column code, drop column fields,
    alter column relation set not null, add constraint audit_action_check check (action in ('I', 'U', 'D'));
  alter table idempotency alter column reply type jsonb;
  ${['open_segment', 'record_change', 'refuse_truncate', 'demand_operation']
    .map((name) => `alter function ${name}_${tenant}() rename to ${name};`)
    .join('\n')}
  update insula.tenant set base_version = 1 where id = '${tenant}';
  reset search_path`;

const objectsOf = `
  select c.relname || '.' || a.attname as name, a.atttypid::regtype::text as type, a.attnotnull, c.relacl::text
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'v')
union all
  select p.proname, p.prosrc, p.prosecdef, p.proacl::text from pg_proc p where p.pronamespace = $1::regnamespace
order by 1`;

test('[TA] what a tenant of an older release lacks besides its tables, migrate adds', async () => {
  const plan = planOf(FIRST);
  const { owner, ids, query } = await createFleet(2, plan);
  const [old = '', fresh = ''] = ids;
  await query(asOfTheFirstRelease(old));
  const nameless = async (tenant: string) =>
    JSON.parse(JSON.stringify(await query(objectsOf, [tenant])).replaceAll(tenant, 'tenant'));
  expect(await nameless(old)).not.toEqual(await nameless(fresh));

  const { migrated, failed } = await migrate({ owner, plan });
  expect({ failed, migrated: migrated.map(({ tenant }) => tenant) }).toEqual({ failed: [], migrated: [old] });
  expect(await nameless(old)).toEqual(await nameless(fresh));
  expect(await migrate({ owner, plan })).toMatchObject({ migrated: [], failed: [] });
});

test('[TA] what a newer release has made stays as it is', async () => {
  const plan = planOf(FIRST);
  const { owner, query } = await createFleet(1, plan);
  await query('update insula.tenant set base_version = $1', [BASE_VERSION + 1]);
  expect(await migrate({ owner, plan })).toMatchObject({ migrated: [], failed: [] });
  expect(await query('select base_version from insula.tenant')).toEqual([{ base_version: BASE_VERSION + 1 }]);
});

test('[TA] base objects that can not be made stop this tenant alone', async () => {
  const plan = planOf(FIRST);
  const { owner, ids, query } = await createFleet(2, plan);
  const [broken = '', other] = ids;
  await query(`${ids.map(asOfTheFirstRelease).join(';')}; create table ${broken}.audit_event (x int)`);
  const { migrated, failed } = await migrate({ owner, plan, concurrency: 1 });
  expect(migrated.map(({ tenant }) => tenant)).toEqual([other]);
  expect(failed).toMatchObject([
    { tenant: broken, failure: { message: expect.stringContaining('audit_event') } },
  ]);
});
