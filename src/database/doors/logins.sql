-- The gateway's logins, and what is wrong with each: null when nothing is. Parameters: none.
with login (name) as (values ('insula_owner'), ('insula_gateway'), ('insula_directory'), ('insula_worker'))
select l.name, case
    when r.oid is null then 'does not exist'
    when r.rolsuper then 'is a superuser'
    when r.rolbypassrls or r.rolreplication or r.rolcreatedb or r.rolcreaterole then 'has an attribute too many'
    when not r.rolcanlogin then 'cannot log in'
    when r.rolinherit then 'inherits what it is a member of'
  end as fault
from login l left join pg_catalog.pg_roles r on r.rolname = l.name
