-- The rest of the doors: grants where none should be. A row for each: its name, the consequence when it is open, and what
-- is in the way of its being shut ('{}' when nothing is). Parameter $1: a tenant to look at more closely, or null.
with login as (
  select oid, rolname from pg_catalog.pg_roles
  where rolname in ('insula_owner', 'insula_gateway', 'insula_directory', 'insula_worker')
),
-- Everything that someone else than its owner may do with the relations of the catalog and the opener.
catalog as (
  select a.grantee, c.relname, a.privilege_type,
    format('%s may %s %s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
      lower(a.privilege_type), c.oid::regclass) as finding
  from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid, aclexplode(c.relacl) a
  where n.nspname = 'insula' and a.grantee <> c.relowner
)
select 'memberships' as name, 'the gateway has a role''s rights without taking the role' as consequence,
  array(
    select format('insula_gateway is a member of %s%s%s', m.roleid::regrole,
      case when m.inherit_option then ' and inherits it' else '' end,
      case when m.admin_option then ' and can grant it' else '' end)
    from pg_catalog.pg_auth_members m join login l on l.oid = m.member and l.rolname = 'insula_gateway'
    where m.inherit_option or m.admin_option
      or m.roleid in (select oid from login union all select oid from pg_catalog.pg_roles where rolname ~ '^pg_')
    order by 1
  ) as findings
union all
select 'catalog secrets', 'a tenant''s SQL can read the catalog or the opener''s key',
  case when to_regnamespace('insula') is null then array['the schema insula does not exist'] else array(
    select finding from catalog
    where not (relname in ('tenant', 'plan', 'domain', 'membership', 'api_key', 'generation', 'wrapped_key', 'event') and privilege_type = 'SELECT'
      and grantee in (select oid from login where rolname = 'insula_directory'))
      -- The queue is the worker's; no tenant's SQL runs on its login.
      and not (grantee in (select oid from login where rolname = 'insula_worker') and case relname
        when 'outbox' then privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        when 'schedule' then privilege_type in ('SELECT', 'INSERT', 'UPDATE')
        when 'tenant' then privilege_type = 'SELECT'
        else false end)
    order by 1
  ) end
union all
select 'opener', 'an operation can be opened from inside a tenant''s statement',
  case when to_regnamespace('insula') is null then array['the schema insula does not exist'] else array(
    select format('%s may execute %s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
      p.oid::regprocedure)
    from pg_catalog.pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where p.pronamespace = to_regnamespace('insula') and p.prosecdef and a.grantee <> p.proowner
      and (p.proname = 'create_tenant_role'
        or a.grantee not in (select oid from login where rolname = 'insula_gateway'))
      -- Sealing tells counts and digests, and changes no row that was there.
      and not (p.proname in ('tenants_to_seal', 'seal', 'sign_seal')
        and a.grantee in (select oid from login where rolname = 'insula_worker'))
      and not (p.proname = 'create_tenant_role'
        and a.grantee in (select oid from login where rolname = 'insula_owner'))
    order by 1
  ) end
union all
select 'routines in C', 'a tenant reaches what an extension can do, which may be anything',
  array(
    select p.oid::regprocedure::text
    from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
    where l.lanname in ('c', 'internal') and p.provolatile = 'v'
      and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'language_handler'::regtype)
      and has_schema_privilege('public', p.pronamespace, 'usage') and has_function_privilege('public', p.oid, 'execute')
    order by 1
  )
