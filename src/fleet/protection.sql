-- What the tables of the tenant $1 lack: rows of (fault, statement). A fault can't be mended: the migration that led to
-- it must fail. A statement mends what it names; when all were run, this query gives no row.
--
-- Plan: the schema's objects are found through pg_depend's index on what they depend on. pg_class has no index on its
-- schema, and a scan of it would grow with the fleet.
with tenant as (
  select n.oid as schema, n.nspname as name, r.oid as role
  from pg_namespace n join pg_roles r on r.rolname = n.nspname
  where n.nspname = $1
),
member as (
  select d.classid, d.objid
  from tenant t join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = t.schema
  where d.objsubid = 0
),
relation as (
  select c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relispartition, c.reloptions,
    format('%I.%I', $1::text, c.relname) as identity
  from member m join pg_class c on c.oid = m.objid
  where m.classid = 'pg_class'::regclass and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and c.relname not in ('operation', 'audit', 'audit_seal', 'idempotency', 'migration', 'job_done')
    -- The sequence of an identity column or of a system table is used through its table alone.
    and not (c.relkind = 'S' and exists (
      select from pg_depend i
      where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.refclassid = 'pg_class'::regclass
        and i.deptype = 'i'))
),
audited as (
  select * from relation where relkind in ('r', 'p') and not relispartition
),

-- Who may do what, and should: the tenant's role changes rows of tables (of a partitioned one through the parent),
-- reads views, takes numbers from sequences; nobody else does anything.
granted as (
  select r.oid, a.grantee, a.privilege_type || case when a.is_grantable then ' with grant option' else '' end as privilege
  from relation r, aclexplode(r.relacl) a
  where a.grantee <> r.relowner
union all
  select r.oid, a.grantee, a.privilege_type || ' of a column'
  from relation r join pg_attribute c on c.attrelid = r.oid and c.attacl is not null, aclexplode(c.attacl) a
  where a.grantee <> r.relowner
),
allowed as (
  select r.oid, r.identity, r.relkind, unnest(case
    when r.relispartition then '{}'
    when r.relkind in ('r', 'p') then '{SELECT,INSERT,UPDATE,DELETE}'
    when r.relkind = 'v' then '{SELECT}'
    when r.relkind = 'S' then '{USAGE}'
    else '{}' end::text[]) as privilege
  from relation r
),
excess as (
  select distinct g.oid, g.grantee
  from granted g cross join tenant t
  where g.grantee <> t.role
    or not exists (select from allowed a where a.oid = g.oid and a.privilege = g.privilege)
),

-- The triggers that every audited table has; `type` is pg_trigger.tgtype: 4 insert, 8 delete, 16 update, 32 truncate,
-- 2 before.
expected (name, type, function, old_table, new_table, event) as (values
  ('insula_insert', 4, 'record_change', null, 'new_rows', 'after insert'),
  ('insula_update', 16, 'record_change', 'old_rows', 'new_rows', 'after update'),
  ('insula_delete', 8, 'record_change', 'old_rows', null, 'after delete'),
  ('insula_truncate', 34, 'refuse_truncate', null, null, 'before truncate')
),
reference as (
  select c.conname, c.conkey, c.confrelid, a.oid, a.identity,
    (select string_agg(quote_ident(l.attname), ', ' order by k.position)
     from unnest(c.conkey) with ordinality k (number, position)
     join pg_attribute l on l.attrelid = a.oid and l.attnum = k.number) as columns
  from audited a join pg_constraint c on c.conrelid = a.oid and c.contype = 'f' and c.conparentid = 0
)

select 10 as position, format('%s is a %s, whose changes no audit sees', identity,
    case relkind when 'm' then 'materialized view' else 'foreign table' end) as fault, null as statement
from relation where relkind in ('m', 'f')
union all
select 11, format('%s has the virtual column %I, which triggers do not see: make it a stored one', a.identity, c.attname), null
from audited a join pg_attribute c on c.attrelid = a.oid and c.attgenerated = 'v'
union all
select 12, format('%s has a column "version" that is no integer not null', a.identity), null
from audited a join pg_attribute c on c.attrelid = a.oid and c.attname = 'version'
where not c.attnotnull or c.atttypid <> 'int4'::regtype or c.attgenerated <> ''
union all
select 13, format('%s refers to %s, which is another tenant''s', r.identity, r.confrelid::regclass), null
from reference r join pg_class c on c.oid = r.confrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname not in ($1, 'shared')
union all
select 14, format('%s runs with the owner''s rights (security definer)', p.oid::regprocedure), null
from member m join pg_proc p on p.oid = m.objid
where m.classid = 'pg_proc'::regclass and p.prosecdef
  -- What tenant.sql and the like make: the first three end in the tenant's id, and did not always.
  and replace(p.proname, '_' || $1, '') not in ('open_segment', 'record_change', 'demand_operation', 'record_failure',
    'enqueue', 'finish_job', 'is_job_done')

union all
select 20, null, format('revoke all on %s %s from %s', case r.relkind when 'S' then 'sequence' else 'table' end, r.identity,
    case e.grantee when 0 then 'public' else e.grantee::regrole::text end)
from excess e join relation r using (oid)
union all
select 21, null, format('grant %s on %s %s to %I', string_agg(a.privilege, ', ' order by a.privilege),
    case a.relkind when 'S' then 'sequence' else 'table' end, a.identity, t.name)
from allowed a cross join tenant t
where exists (select from excess e where e.oid = a.oid and e.grantee = t.role)
  or not exists (select from granted g where g.oid = a.oid and g.grantee = t.role and g.privilege = a.privilege)
group by a.identity, a.relkind, t.name
union all
select 22, null, format('alter view %s set (security_invoker = true)', identity)
from relation
where relkind = 'v' and not coalesce(reloptions && '{security_invoker=true,security_invoker=on}', false)
union all
select 23, null, format('alter table %s add column version integer not null default 1', a.identity)
from audited a
where not exists (select from pg_attribute c where c.attrelid = a.oid and c.attname = 'version')
union all
select 24, null, format('alter table %s alter column version set default 1', a.identity)
from audited a join pg_attribute c on c.attrelid = a.oid and c.attname = 'version'
where not c.atthasdef and c.attidentity = ''
union all
select 25, null, format('create index %I on %s (%s)', left('insula_fk_' || r.conname, 63), r.identity, r.columns)
from reference r
where not exists (
  select from pg_index i
  where i.indrelid = r.oid and i.indisvalid and i.indpred is null
    and (i.indkey::int2[])[0:cardinality(r.conkey) - 1] @> r.conkey)
union all
select 26, null, format('create or replace trigger %I %s on %s%s%s%s for each statement execute function %I.%I()',
    e.name, e.event, a.identity, case when e.old_table is not null or e.new_table is not null then ' referencing' else '' end,
    ' old table as ' || e.old_table, ' new table as ' || e.new_table, t.name, e.function || '_' || t.name)
  || case when g.oid is not null then format('; alter table %s enable trigger %I', a.identity, e.name) else '' end
from audited a cross join tenant t cross join expected e
left join pg_trigger g on g.tgrelid = a.oid and g.tgname = e.name
left join pg_proc p on p.oid = g.tgfoid and p.pronamespace = t.schema and p.proname = e.function || '_' || t.name
where p.oid is null or g.tgenabled not in ('O', 'A') or g.tgtype <> e.type or g.tgqual is not null or g.tgattr <> ''
  or g.tgoldtable is distinct from e.old_table or g.tgnewtable is distinct from e.new_table

order by position, statement
