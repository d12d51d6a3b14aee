-- The gateway's logins, and what is wrong with each: null when nothing is. Parameters: none.
with login (name, createrole) as (values
  ('insula_owner', true), ('insula_gateway', false), ('insula_directory', false), ('insula_worker', false)
)
select l.name, l.createrole, case
    when r.oid is null then 'does not exist'
    when r.rolsuper then 'is a superuser'
    when r.rolbypassrls or r.rolreplication or r.rolcreatedb or r.rolcreaterole > l.createrole then 'has an attribute too many'
    when not r.rolcanlogin or r.rolcreaterole < l.createrole then 'lacks an attribute'
    when r.rolinherit then 'inherits what it is a member of'
  end as fault
from login l left join pg_catalog.pg_roles r on r.rolname = l.name
