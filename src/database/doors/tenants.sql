-- The doors between tenants: grants, memberships and owners where none should be, and tables that lack their protection
-- (src/fleet/protection.sql makes it). Rows as in boundaries.sql. Parameter $1: the ids of the tenants to look at, each of
-- which is also a role and a schema.
--
-- Plan: one pass over each of pg_class, pg_attribute, pg_auth_members and pg_trigger, however many tenants there are.
with tenant as materialized (
  select t.name, r.oid as role, n.oid as schema, n.nspowner as owner, n.nspacl as acl
  from unnest($1::text[]) t (name)
  left join pg_catalog.pg_roles r on r.rolname = t.name
  left join pg_catalog.pg_namespace n on n.nspname = t.name
),
relation as materialized (
  select c.oid, c.relname, c.relkind, c.relispartition, c.relowner, c.relacl, t.name as tenant, t.role, t.schema, t.owner,
    c.relname in ('operation', 'audit', 'audit_seal', 'idempotency', 'migration', 'job_done') as trail
  from tenant t join pg_catalog.pg_class c on c.relnamespace = t.schema
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
),
granted as (
  select r.oid, a.grantee, a.privilege_type as privilege, a.is_grantable, '' as part
  from relation r, aclexplode(r.relacl) a
  where a.grantee <> r.relowner
union all
  select r.oid, a.grantee, a.privilege_type, a.is_grantable, format(' (%I)', c.attname)
  from relation r join pg_catalog.pg_attribute c on c.attrelid = r.oid and c.attacl is not null, aclexplode(c.attacl) a
  where a.grantee <> r.relowner
),
excess as (
  select r.trail, format('%s may %s%s %s', case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
    lower(g.privilege), g.part, r.oid::regclass) as finding
  from granted g join relation r using (oid)
  where g.grantee is distinct from r.role or g.is_grantable or g.part <> '' or not g.privilege = any (case
    when r.relname = 'idempotency' then '{SELECT,INSERT,UPDATE}'
    when r.relname in ('operation', 'audit') then '{SELECT}'
    when r.trail or r.relispartition then '{}'
    when r.relkind in ('r', 'p') then '{SELECT,INSERT,UPDATE,DELETE}'
    when r.relkind = 'v' then '{SELECT}'
    when r.relkind = 'S' then '{USAGE}'
    else '{}' end::text[])
union all
  select trail, format('%s owns %s', relowner::regrole, oid::regclass) from relation where relowner <> owner
),
-- As in protection.sql, which says what `type` is.
expected (trigger, type, function, old_table, new_table) as (values
  ('insula_insert', 4, 'record_change', null, 'new_rows'),
  ('insula_update', 16, 'record_change', 'old_rows', 'new_rows'),
  ('insula_delete', 8, 'record_change', 'old_rows', null),
  ('insula_truncate', 34, 'refuse_truncate', null, null)
)
select 'tenant''s role' as name, 'the tenant''s role can do more than its schema needs, or others can take it' as consequence,
  array(
    select format('there is no role %s', name) from tenant where role is null
  union all
    select format('%s can log in', r.rolname)
    from tenant t join pg_catalog.pg_roles r on r.oid = t.role
    where r.rolcanlogin
  union all
    select format('%s has an attribute too many', r.rolname)
    from tenant t join pg_catalog.pg_roles r on r.oid = t.role
    where r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
  union all
    select format('%s is a member of %s', m.member::regrole, m.roleid::regrole)
    from pg_catalog.pg_auth_members m
    where m.member in (select role from tenant)
      -- The gateway takes the role, and how is in boundaries.sql; who makes a role is a member of it.
      or m.roleid in (select role from tenant)
        and m.member not in (
          select oid from pg_catalog.pg_roles where rolname in ('insula_gateway', 'insula_owner'))
    order by 1
  ) as findings
union all
select 'tenant''s schema', 'someone else can enter the tenant''s schema, or the tenant can make objects there',
  array(
    select format('there is no schema %s', name) from tenant where schema is null
  union all
    select format('%s has %s on %s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
      a.privilege_type, t.name)
    from tenant t, aclexplode(t.acl) a
    where a.grantee <> t.owner
      and (a.grantee is distinct from t.role or a.privilege_type <> 'USAGE' or a.is_grantable)
  union all
    select format('%s owns %s', owner::regrole, name) from tenant where owner in (
      select role from tenant
    union all
      select oid from pg_catalog.pg_roles where rolname in ('insula_gateway', 'insula_directory', 'insula_worker'))
    order by 1
  )
union all
select 'tenant''s tables', 'someone else can read or change the tenant''s data, or the tenant can do more than that',
  array(select finding from excess where not trail order by 1)
union all
select 'tenant''s audit', 'the audit trail can be forged, or read by others',
  array(select finding from excess where trail order by 1)
union all
select 'protection of tables', 'changes of rows leave no audit',
  array(
    select format('%s lacks %s', r.oid::regclass, string_agg(e.trigger, ' and ' order by e.trigger))
    from relation r cross join expected e
    left join pg_catalog.pg_trigger g on g.tgrelid = r.oid and g.tgname = e.trigger
    left join pg_catalog.pg_proc p on p.oid = g.tgfoid and p.pronamespace = r.schema
      and p.proname in (e.function || '_' || r.tenant, e.function)
    where r.relkind in ('r', 'p') and not r.relispartition and not r.trail
      and (p.oid is null or g.tgenabled not in ('O', 'A') or g.tgtype <> e.type or g.tgqual is not null or g.tgattr <> ''
        or g.tgoldtable is distinct from e.old_table or g.tgnewtable is distinct from e.new_table)
    group by r.oid
    order by 1
  )
