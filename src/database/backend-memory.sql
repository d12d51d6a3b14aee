-- What PostgreSQL's process behind a connection has taken for itself: catalog entries, plans, compiled triggers. The gateway
-- asks after its own connections, outside of every session; no tenant's role may. Run as insula_owner after the catalog's
-- tables; may be run again.
create or replace function insula.backend_memory() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp
return (select sum(total_bytes)::bigint from pg_get_backend_memory_contexts());
revoke all on function insula.backend_memory() from public;
grant execute on function insula.backend_memory() to insula_gateway;
