-- The doors: what PostgreSQL lets PUBLIC do by which an expression in a tenant's statement acts outside of it, or sees
-- other tenants. One list: `shut.ts` takes each away from PUBLIC, `doctor.ts` asks whether someone has it.
--
-- Parameter $1: the role that tries them, or 'public'. A row for each object behind a door, and whether the role may pass.
--
-- kind     what `pattern` is matched against (a regular expression for the whole name), always in this database:
--          routine, volatile (a routine with side effects), relation (both in pg_catalog), language, schema, database
-- keepers  the logins that have the privilege nevertheless; an object belongs to the first door that fits
with door (position, name, kind, privilege, pattern, keepers, consequence) as (values
  (10, 'settings', 'routine', 'execute', 'set_config', '{insula_owner,insula_worker,insula_gateway}',
    'an expression can change the role, and with it the tenant'),
  (11, 'settings by update', 'relation', 'update', 'pg_settings', '{}',
    'an UPDATE of pg_settings can change the role, and with it the tenant'),
  (20, 'statements in strings', 'routine', 'execute',
    '(query|cursor|table|schema|database)_to_xml(schema|_and_xmlschema)?|ts_stat', '{insula_owner,insula_worker}',
    'an expression can run statements of its own'),
  (21, 'statements in strings', 'volatile', 'execute', 'ts_rewrite', '{insula_owner,insula_worker}',
    'an expression can run statements of its own'),
  (30, 'code', 'language', 'usage', '.*', '{insula_owner,insula_worker}',
    'a tenant can run DO blocks and make functions'),
  (31, 'temporary tables', 'database', 'temporary', '.*', '{}',
    'a temporary table of one tenant can stand before the real one of the next'),
  (32, 'new schemas', 'database', 'create', '.*', '{}',
    'a tenant can make schemas'),
  (33, 'strangers', 'database', 'connect', '.*', '{insula_owner,insula_worker,insula_gateway,insula_directory}',
    'every login of the server can connect'),
  (34, 'schema public', 'schema', 'usage', 'public', '{}',
    'what lies in the schema public is reachable for every tenant'),
  (35, 'objects in public', 'schema', 'create', 'public', '{}',
    'a tenant can leave objects where others find them'),
  (40, 'running statements', 'routine', 'execute',
    'pg_stat_get_(activity|backend_.*|progress_info)|pg_listening_channels|pg_prepared_(statement|xact)|pg_cursor',
    '{insula_owner,insula_worker}',
    'a tenant sees what other connections, and others on its own, are doing'),
  (41, 'running statements', 'relation', 'select',
    'pg_stat_(activity|progress_.*|replication|ssl|gssapi)|pg_prepared_(statements|xacts)|pg_cursors',
    '{insula_owner,insula_worker}',
    'a tenant sees what other connections, and others on its own, are doing'),
  (42, 'locks', 'routine', 'execute',
    'pg_lock_status|pg_blocking_pids|pg_safe_snapshot_blocking_pids|pg_isolation_test_session_is_blocked',
    '{insula_owner,insula_worker}',
    'a tenant sees the locks of all'),
  (43, 'locks', 'relation', 'select', 'pg_locks', '{insula_owner,insula_worker}',
    'a tenant sees the locks of all'),
  (44, 'statistics', 'routine', 'execute', 'pg_stat_get_.*', '{insula_owner,insula_worker}',
    'a tenant sees how much the tables of others are used'),
  (45, 'statistics', 'relation', 'select', 'pg_stat(io)?_.*', '{insula_owner,insula_worker}',
    'a tenant sees how much the tables of others are used'),
  (46, 'sizes', 'routine', 'execute',
    'pg_(relation|table|indexes|total_relation|database|tablespace)_size', '{insula_owner,insula_worker}',
    'a tenant sees how much data others have'),
  (50, 'signals', 'routine', 'execute', 'pg_(cancel|terminate)_backend', '{insula_owner,insula_worker}',
    'a tenant can end the statements of others'),
  (51, 'advisory locks', 'routine', 'execute', 'pg_(try_)?advisory_.*', '{insula_owner,insula_worker}',
    'a tenant can hold locks beyond its transaction and use up the memory for those of all'),
  (52, 'notifications', 'routine', 'execute', 'pg_notify|pg_notification_queue_usage',
    '{insula_owner,insula_worker}',
    'a tenant can speak on the channels of the gateway'),
  (53, 'large objects', 'routine', 'execute', 'lo_.*|loread|lowrite', '{insula_owner,insula_worker}',
    'a tenant can store data outside of its schema, where no audit sees it'),
  (54, 'messages in the log', 'routine', 'execute', 'pg_logical_.*|pg_.*_replication_slots?|pg_replication_slot_.*',
    '{insula_owner,insula_worker}',
    'a tenant can write to the replication stream'),
  (55, 'snapshots', 'routine', 'execute', 'pg_export_snapshot', '{insula_owner,insula_worker}',
    'a tenant can hand its snapshot to others'),
  (56, 'sleep', 'routine', 'execute', 'pg_sleep(_for|_until)?', '{insula_owner,insula_worker}',
    'an expression can hold a connection for as long as it likes'),
  (57, 'transaction ids', 'routine', 'execute', 'pg_current_xact_id|txid_current', '{insula_owner,insula_worker}',
    'a reader can use up transaction ids'),
  (58, 'random seed', 'routine', 'execute', 'setseed', '{insula_owner,insula_worker}',
    'a tenant can foretell the random numbers of the next one on its connection'),
  (60, 'roles', 'relation', 'select', 'pg_(roles|user|group|auth_members|db_role_setting|user_mappings)',
    '{insula_owner,insula_worker}',
    'a tenant can list the roles, and with them the tenants'),
  (61, 'definitions', 'routine', 'execute',
    'pg_get_((constraint|function|index|partition_constraint|partkey|rule|statisticsobj|trigger|view)def.*'
    '|expr|acl|function_.*|object_address|serial_sequence|publication_tables|replica_identity_index|userbyid)'
    '|pg_(describe_object|identify_object.*|partition_(tree|ancestors|root)|relation_file(node|path)|filenode_relation'
    '|tablespace_databases|tablespace_location)|(obj|col|shobj)_description',
    '{insula_owner,insula_worker}',
    'a tenant can read names and definitions of what others have'),
  (62, 'information schema', 'schema', 'usage', 'information_schema', '{insula_owner,insula_worker}',
    'the roles of the gateway are listed there'),
  (63, 'catalog', 'relation', 'select', '(?!(pg_settings|pg_stats.*|pg_timezone_.*|pg_collation|pg_ts_.*)$).*',
    '{insula_owner,insula_worker}',
    'a tenant can list the schemas and tables of others'),
  (70, 'side effects', 'volatile', 'execute',
    '(?!(array_(sample|shuffle)|(clock|statement|transaction)_timestamp|timeofday|random(_normal)?|gen_random_uuid'
    '|uuidv\d|nextval|currval|setval|lastval|pg_sequence_last_value|current_query|pg_is_in_recovery|plpgsql_.*)$).*',
    '{insula_owner,insula_worker}',
    'a function changes something that is none of the statement''s data')
),
object (target, kinds, id, name, identity) as (
  select 'routine',
    case when p.provolatile = 'v' and not p.prorettype = any (inner_works.types)
      and not p.proargtypes::oid[] && inner_works.types then array['routine', 'volatile'] else array['routine'] end,
    p.oid, p.proname::text, p.oid::regprocedure::text
  from pg_catalog.pg_proc p,
    -- Types' input and output, support functions and triggers: no expression does anything with them.
    (select array['internal', 'cstring', 'trigger', 'event_trigger', 'language_handler']::regtype[]::oid[]) inner_works (types)
  where p.pronamespace = 'pg_catalog'::regnamespace
union all
  select 'table', array['relation'], c.oid, c.relname::text, c.oid::regclass::text
  from pg_catalog.pg_class c
  where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
union all
  select 'language', array['language'], l.oid, l.lanname::text, quote_ident(l.lanname)
  from pg_catalog.pg_language l
  where l.lanpltrusted
union all
  select 'database', array['database'], d.oid, d.datname::text, quote_ident(d.datname)
  from pg_catalog.pg_database d
  where d.datname = current_database()
union all
  select 'schema', array['schema'], n.oid, n.nspname::text, quote_ident(n.nspname)
  from pg_catalog.pg_namespace n
),
behind as (
  select distinct on (o.target, o.id, d.privilege) d.position, d.name, d.privilege, d.keepers, d.consequence,
    o.target, o.id, o.identity
  from object o join door d on d.kind = any (o.kinds) and o.name ~ ('^(?:' || d.pattern || ')$')
  order by o.target, o.id, d.privilege, d.position
)
select position, name, privilege, keepers::text[] as keepers, consequence, target, identity,
  case target
    when 'routine' then has_function_privilege($1, id, privilege)
    when 'table' then has_any_column_privilege($1, id, privilege)
    when 'language' then has_language_privilege($1, id, privilege)
    when 'database' then has_database_privilege($1, id, privilege)
    when 'schema' then has_schema_privilege($1, id, privilege)
  end as passable
from behind
order by position, identity
