-- The audit trail of one tenant. :"tenant" stands for the schema, which is also the tenant's role. Run as insula_owner
-- in the transaction that makes the tenant, and again whenever this file has changed (src/fleet/base-objects.ts); the
-- tenant's role gets SELECT alone.
--
-- :"open_segment" and the like are functions whose names end in the tenant's: PostgreSQL looks a function up among all of
-- its name, whatever their schemas, so that one name for all tenants would cost each look-up as much as there are tenants.

-- One row for each transaction that writes, bearing the operation's id in the gateway.
create table if not exists :"tenant".operation (
  seg int not null,
  xid xid8 not null default pg_current_xact_id(),
  id uuid not null constraint operation_id unique,
  actor text not null,
  name text not null,
  request_id text not null,
  at timestamptz not null default transaction_timestamp(),
  primary key (seg, xid)
);

-- One row for each row that was inserted, updated or deleted. Joined to its operation by (seg, xid).
create table if not exists :"tenant".audit (
  seg int not null,
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  relation text not null,
  action "char" not null check (action in ('I', 'U', 'D')),
  old jsonb,
  new jsonb,
  primary key (seg, xid, id)
);

-- Besides changes of rows (I, U, D) the trail has what was tried and not done: F, a mutation that failed and was rolled
-- back; R, an operation that was refused for want of a permission. Their `code` is the reply's, `fields` what they were
-- about. (Not valid: the rows from before hold anyway, and need not be read under the lock.)
alter table :"tenant".audit
  alter column relation drop not null,
  add column if not exists code text,
  add column if not exists fields text[],
  drop constraint if exists audit_action_check,
  add constraint audit_action_check check (
    action in ('I', 'U', 'D') and relation is not null and code is null
    or action in ('F', 'R') and relation is null and code is not null
  ) not valid;

-- What is sealed, see sealing.sql in this folder. Nobody but the owner reads or writes it.
create table if not exists :"tenant".audit_seal (
  seq bigint primary key,
  seg int not null,
  from_xid xid8 not null,
  to_xid xid8 not null,
  operations bigint not null,
  events bigint not null,
  root bytea not null,
  prev bytea not null,
  head bytea not null,
  mac bytea not null,
  at timestamptz not null default now()
);

-- The trail as it is read, with who did it. Its order is the primary key's: (seg, xid, number).
create or replace view :"tenant".audit_event with (security_invoker = true) as
select a.seg, a.xid, a.id as number, a.at, o.actor, o.name as operation, o.request_id, a.relation,
  a.action::text as action, coalesce(a.new, a.old) ->> 'id' as row_id, a.old, a.new, a.code, a.fields
from :"tenant".audit a join :"tenant".operation o using (seg, xid);

-- The segment of this transaction's operation. Its plan: one row of segment, one probe of operation's primary key; in a
-- function of its own it is kept once for each connection and tenant, not once for each table.
create or replace function :"tenant".:"open_segment"() returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  segment int;
begin
  select o.seg into segment
  from insula.segment s join :"tenant".operation o on o.seg = s.n and o.xid = pg_current_xact_id();
  if not found then
    raise exception 'no operation is open' using errcode = '42501',
      detail = 'Nothing can be written before the transaction has said who does it.';
  end if;
  return segment;
end
$$;

-- Writes the audit of one statement. Static SQL: it is planned once for each connection. The old and the new rows
-- come in the same order, so an update is paired by position, which holds when the primary key changes too.
create or replace function :"tenant".:"record_change"() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  segment int := :"tenant".:"open_segment"();
begin
  if tg_op = 'INSERT' then
    insert into :"tenant".audit (seg, relation, action, new)
    select segment, tg_table_name, 'I', to_jsonb(n) from new_rows n;
  elsif tg_op = 'DELETE' then
    insert into :"tenant".audit (seg, relation, action, old)
    select segment, tg_table_name, 'D', to_jsonb(o) from old_rows o;
  else
    insert into :"tenant".audit (seg, relation, action, old, new)
    select segment, tg_table_name, 'U', to_jsonb(o), to_jsonb(n)
    from (select row_number() over () as position, o from old_rows o) o
    join (select row_number() over () as position, n from new_rows n) n using (position);
  end if;
  return null;
end
$$;

-- Writes down what was tried and not done, in an operation of its own after the rollback. Whoever is inside an operation
-- could call it too, and would accuse the operation's own actor, nobody else.
create or replace function :"tenant".record_failure(action "char", code text, fields text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into :"tenant".audit (seg, action, code, fields)
  values (:"tenant".:"open_segment"(), record_failure.action, record_failure.code, record_failure.fields);
end
$$;

-- Before a statement that can't be audited (TRUNCATE shows no rows).
create or replace function :"tenant".:"refuse_truncate"() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'TRUNCATE would leave no audit of "%"', tg_table_name using errcode = '42501',
    hint = 'Delete the rows.';
end
$$;

-- Before a write to a table that is not audited itself, yet is part of an operation.
create or replace function :"tenant".:"demand_operation"() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform :"tenant".:"open_segment"();
  return null;
end
$$;

revoke all on function
  :"tenant".:"open_segment"(), :"tenant".:"record_change"(), :"tenant".:"refuse_truncate"(), :"tenant".:"demand_operation"(),
  :"tenant".record_failure("char", text, text[])
from public;
grant execute on function :"tenant".record_failure("char", text, text[]) to :"tenant";
grant select on :"tenant".operation, :"tenant".audit, :"tenant".audit_event to :"tenant";
