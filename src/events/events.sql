-- What subscribers are told: events that operations have published, in their own transactions. Each gateway reads what
-- became visible since it looked last (feed.ts), so a row is needed for minutes. Run as insula_owner after the catalog
-- and the opener; may be run again.
create table if not exists insula.event (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  tenant text not null,
  topic text not null check (length(topic) <= 100),
  -- Which rows changed; subscribers read them in sessions of their own.
  payload jsonb not null check (octet_length(payload::text) <= 4000),
  at timestamptz not null default now()
);
create index if not exists event_xid on insula.event (xid);
grant select on insula.event to insula_directory;

-- Tenants call `publish`, and find nothing else here; what it writes to they can't see.
create schema if not exists insula_event;
grant usage on schema insula_event to public;

-- The event is the active tenant's, whoever calls, and belongs to an operation, as every write does. A plain INSERT: to
-- wake gateways with NOTIFY in each transaction would cost a third of the commit rate. Every 128th event takes up to 256
-- that are ten minutes old away with it, oldest first, by the primary key.
create or replace function insula_event.publish(topic text, payload jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  -- As insula.tenant_role() has it; a call of that one costs more than the expression.
  tenant text := case when current_setting('role') = 'none' then session_user else current_setting('role') end;
  published int := coalesce(nullif(current_setting('insula.published', true), ''), '0')::int + 1;
  position bigint;
begin
  if not exists (select from insula.tenant t where t.id = tenant) then
    raise exception 'events are published by tenants' using errcode = '42501';
  end if;
  perform insula.open_segment(tenant);
  if published > 1000 then
    raise exception 'a transaction publishes at most 1000 events' using errcode = '54000';
  end if;
  perform set_config('insula.published', published::text, true);
  insert into insula.event (tenant, topic, payload) values (tenant, topic, payload) returning id into position;
  if position % 128 = 0 then
    delete from insula.event e where e.id in (
      select o.id from insula.event o where o.at < now() - interval '10 minutes'
      order by o.id limit 256 for update skip locked);
  end if;
end
$$;
grant execute on function insula_event.publish(text, jsonb) to public;
