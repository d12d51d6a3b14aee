-- Who did it can't be forged: before a session takes the tenant's role it opens an operation, and only someone who
-- has the opener's key, which no login can read, can sign one. Run as insula_owner after the catalog's tables; may be
-- run again.

-- Raised after a restore into a cluster whose transaction ids are lower: (seg, xid) stays unique and in order.
create table if not exists insula.segment (n int not null);
create unique index if not exists segment_has_one_row on insula.segment ((true));
insert into insula.segment values (1) on conflict do nothing;

-- The key, padded as HMAC wants it (RFC 2104), so that sha256() is all that is needed. Slot 1 is the current one,
-- slot 2 the one before it.
create table if not exists insula.opener_key (
  slot smallint primary key check (slot in (1, 2)),
  inner_pad bytea not null check (length(inner_pad) = 64),
  outer_pad bytea not null check (length(outer_pad) = 64)
);

-- The active tenant: from the role, which an expression can't change, never from a setting.
create or replace function insula.tenant_role() returns text
language sql stable set search_path = pg_catalog, pg_temp
return case when current_setting('role') = 'none' then session_user else current_setting('role') end;
revoke all on function insula.tenant_role() from public;

-- Opens the operation of this transaction. `mac` is HMAC-SHA256 over the other six arguments as text, joined by line
-- feeds. An id can be opened once, ever: a replay violates the constraint operation_id; so does asking whether a
-- transaction whose answer was lost has committed, which waits for one that still runs.
create or replace function insula.open_operation(
  tenant text, id uuid, actor text, name text, request_id text, expires_at bigint, mac bytea
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  message bytea;
begin
  if num_nulls(tenant, id, actor, name, request_id, expires_at, mac) > 0 then
    raise exception 'an operation needs all of its arguments' using errcode = '42501';
  end if;
  -- Otherwise two operations could have the same message.
  if position(chr(10) in concat(tenant, actor, name, request_id)) > 0 then
    raise exception 'an operation has no line feed in its arguments' using errcode = '42501';
  end if;
  message := convert_to(concat_ws(chr(10), tenant, id, actor, name, request_id, expires_at), 'UTF8');
  -- Digests of both sides are compared: how long that takes says nothing about the right value.
  if not exists (
    select from insula.opener_key k
    where sha256(k.outer_pad || sha256(k.outer_pad || sha256(k.inner_pad || message)))
        = sha256(k.outer_pad || open_operation.mac)
  ) then
    raise exception 'the signature of the operation is wrong' using errcode = '42501';
  end if;
  if expires_at < extract(epoch from clock_timestamp()) then
    raise exception 'the signature of the operation has expired' using errcode = '42501';
  end if;
  if not exists (select from insula.tenant t where t.id = open_operation.tenant) then
    raise exception 'the operation is for no tenant' using errcode = '42501';
  end if;
  execute format(
    'insert into %I.operation (seg, id, actor, name, request_id) select n, $1, $2, $3, $4 from insula.segment', tenant
  ) using id, actor, name, request_id;
end
$$;
revoke all on function insula.open_operation(text, uuid, text, text, text, bigint, bytea) from public;
grant execute on function insula.open_operation(text, uuid, text, text, text, bigint, bytea) to insula_gateway;

-- The segment of this transaction's operation, for what works for whichever tenant is active; a tenant's own functions
-- have theirs in src/audit/tenant.sql, which is planned once.
create or replace function insula.open_segment(tenant text) returns int
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  segment int;
begin
  execute format(
    'select o.seg from insula.segment s join %I.operation o on o.seg = s.n and o.xid = pg_current_xact_id()', tenant
  ) into segment;
  if segment is null then
    raise exception 'no operation is open' using errcode = '42501',
      detail = 'Nothing can be written before the transaction has said who does it.';
  end if;
  return segment;
end
$$;
revoke all on function insula.open_segment(text) from public;
