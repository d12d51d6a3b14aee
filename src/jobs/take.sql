-- Takes jobs that are due, for the length of a lease. Parameters: $1 the names of the jobs that this worker knows, $2 how
-- many at the most, $3 milliseconds of the lease, $4 and $5 version and digest of the schema that its modules expect.
--
-- Plan: `waiting` jumps along outbox_due from one tenant to the next, a probe for each that has jobs, however many these
-- are: a heap of jobs that wait for a suspended tenant costs nobody anything. Then one probe of the same index for each
-- tenant, in a random order, until there are enough: a tenant with many jobs doesn't keep others from theirs. Rows that
-- another worker is just taking are skipped.
with recursive waiting as (
  (select o.tenant from insula.outbox o where o.dead_at is null order by o.tenant limit 1)
  union all
  select (
    select o.tenant from insula.outbox o where o.dead_at is null and o.tenant > w.tenant order by o.tenant limit 1)
  from waiting w where w.tenant is not null
),
-- As `servable` in src/tenancy/serving.ts has it; a tenant from before there were jobs has first to be migrated.
servable as materialized (
  select t.id from waiting w join insula.tenant t on t.id = w.tenant
  where t.status = 'active' and t.migration_error is null and t.base_version >= 2
    and (t.schema_version > $4 or (t.schema_version = $4 and t.schema_hash = $5))
  order by random()
),
due as materialized (
  select o.id
  from servable s cross join lateral (
    select o.id from insula.outbox o
    where o.tenant = s.id and o.dead_at is null and o.due_at <= now() and o.job = any ($1::text[])
    order by o.due_at, o.id limit $2 for update skip locked) o
  limit $2
)
update insula.outbox o
set taken_at = now(), attempts = o.attempts + 1, due_at = now() + $3 * interval '1 millisecond'
from due d, insula.tenant t
where o.id = d.id and t.id = o.tenant
returning o.id, o.job, o.payload, o.attempts as attempt,
  t.id as tenant, t.slug, t.name, t.status, t.schema_version as "schemaVersion", t.schema_hash as "schemaHash"
