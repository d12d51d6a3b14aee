-- What a login's statements may use up, whatever they say: `shut.ts` sets the limits, `doctor.ts` looks whether they hold.
-- A row for each limit: what it is now, null when it is not set (or the login is not there). Parameters: none.
with allowance (login, setting, value, consequence) as (values
  ('insula_gateway', 'search_path', 'pg_catalog', 'a name without a schema can mean another tenant''s table'),
  ('insula_gateway', 'temp_file_limit', '256MB', 'one sort can fill the disk'),
  ('insula_gateway', 'statement_timeout', '30s', 'a statement can run for ever'),
  ('insula_gateway', 'lock_timeout', '5s', 'a statement can wait for ever'),
  ('insula_gateway', 'idle_in_transaction_session_timeout', '10s', 'a forgotten transaction keeps its locks for ever'),
  ('insula_gateway', 'transaction_timeout', '60s', 'a transaction can last for ever'),
  ('insula_directory', 'default_transaction_read_only', 'on', 'the directory is no reader alone'),
  ('insula_directory', 'temp_file_limit', '64MB', 'one sort can fill the disk'),
  ('insula_directory', 'statement_timeout', '5s', 'a look-up can run for ever'),
  ('insula_directory', 'idle_in_transaction_session_timeout', '5s', 'a forgotten transaction keeps its locks for ever'),
  ('insula_worker', 'temp_file_limit', '1GB', 'one sort can fill the disk'),
  ('insula_worker', 'idle_in_transaction_session_timeout', '60s', 'a forgotten transaction keeps its locks for ever')
)
select a.login, a.setting, a.value, a.consequence,
  (select substr(c, length(a.setting) + 2)
   from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c
   where s.setrole = r.oid and s.setdatabase = 0 and starts_with(c, a.setting || '=')) as current
from allowance a left join pg_catalog.pg_roles r on r.rolname = a.login
-- transaction_timeout is new in PostgreSQL 17.
where exists (select from pg_catalog.pg_settings p where p.name = a.setting)
