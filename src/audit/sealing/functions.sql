-- Seals the audit trail, off the hot path: whoever writes the trail does nothing for it. Run as insula_owner after the
-- opener; may be run again. The worker calls these functions and learns counts and digests, no row.

-- What is known of a tenant's trail since it was last looked at: the last number that its events had taken, the id below
-- which are all transactions that had taken one by then, and the id below which everything is sealed.
create table if not exists insula.seal_state (
  tenant text primary key references insula.tenant on delete cascade,
  seen bigint not null default 0,
  settles xid8 not null default '0',
  sealed xid8 not null default '0'
);

-- A batch of tenants, and which of them may have something to seal: numbers were taken since, or a transaction that had
-- taken one may not have ended. Plan: a range of the tenants' primary key, and the one page of a sequence for each; in
-- batches, since each sequence is locked against being dropped until the transaction ends.
create or replace function insula.tenants_to_seal(past text, most int)
returns table (tenant text, may_have_more boolean)
language sql volatile security definer set search_path = pg_catalog, pg_temp
begin atomic
  select t.id, s.tenant is null and n.last is not null or n.last > s.seen or s.sealed < s.settles
  from (select id from insula.tenant where id > past order by id limit most) t
  left join insula.seal_state s on s.tenant = t.id
  cross join lateral (select pg_sequence_last_value(to_regclass(format('%I.audit_id_seq', t.id))) as last) n
  order by t.id;
end;
revoke all on function insula.tenants_to_seal(text, int) from public;

-- Seals what is decided and not sealed yet: everything below the oldest transaction that still runs (a number is no
-- measure: rows become visible in another order than they took theirs). About `most` events at once; `more` says that
-- some are left. No row when there is nothing to seal. The first statement of its transaction; the seal is unsigned:
-- `sign_seal` follows in the same one.
create or replace function insula.seal(tenant text, most int)
returns table (seq bigint, head bytea, more boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  state insula.seal_state;
  previous record;
  content record;
  taken bigint;
  horizon xid8;
  newest xid8;
  cut xid8;
  segment int;
begin
  -- In this order: whoever has taken a number by now has an id below this transaction's, which it gets here. (A snapshot's
  -- xmax is no bound: it is below the ids of transactions that began last and still run.)
  taken := coalesce(pg_sequence_last_value(format('%I.audit_id_seq', seal.tenant)::regclass), 0);
  newest := pg_current_xact_id();
  insert into insula.seal_state (tenant) values (seal.tenant) on conflict do nothing;
  -- Two sealers take turns.
  select * into state from insula.seal_state s where s.tenant = seal.tenant for update;
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  select n into segment from insula.segment;
  execute format('select s.seq, s.seg, s.to_xid, s.head from %I.audit_seal s order by s.seq desc limit 1', seal.tenant)
    into previous;
  if previous.seq is null then
    execute format('select 0::bigint as seq, coalesce(min(o.seg), $1) as seg, ''0''::xid8 as to_xid, ''''::bytea as head
      from %I.operation o', seal.tenant) into previous using segment;
  elsif previous.to_xid = '18446744073709551615' and previous.seg < segment then
    execute format('select $1 as seq, coalesce(min(o.seg), $3) as seg, ''0''::xid8 as to_xid, $2 as head
      from %I.operation o where o.seg > $4', seal.tenant)
      into previous using previous.seq, previous.head, segment, previous.seg;
  end if;
  -- A segment that has a successor gets no more rows: it is sealed to its end.
  if previous.seg < segment then
    horizon := '18446744073709551615';
  end if;
  execute format('select a.xid from %I.audit a where a.seg = $1 and a.xid >= $2 and a.xid < $3
    order by a.xid, a.id offset $4 limit 1', seal.tenant)
    into cut using previous.seg, previous.to_xid, horizon, most;
  -- A transaction is never divided.
  if cut is not null then
    horizon := (cut::text::numeric + 1)::text::xid8;
  end if;
  update insula.seal_state s
  set seen = greatest(taken, s.seen), sealed = least(horizon, newest), settles = case when taken > s.seen then newest else s.settles end
  where s.tenant = seal.tenant;

  execute format(:'digests', seal.tenant) into content using previous.seg, previous.to_xid, horizon;
  if content.operations = 0 and content.events = 0 and previous.seg = segment then
    return;
  end if;
  seq := previous.seq + 1;
  head := insula.seal_head(seal.tenant, seq, previous.seg, previous.to_xid, horizon, content.operations, content.events,
    content.root, previous.head);
  more := cut is not null or previous.seg < segment;
  execute format('insert into %I.audit_seal (seq, seg, from_xid, to_xid, operations, events, root, prev, head, mac)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '''')', seal.tenant)
    using seq, previous.seg, previous.to_xid, horizon, content.operations, content.events, content.root, previous.head,
      head;
  return next;
end
$$;
revoke all on function insula.seal(text, int) from public;

-- What a seal's successor builds on. The same is in seal-chain.ts, which believes no function of the database.
create or replace function insula.seal_head(tenant text, seq bigint, seg int, from_xid xid8, to_xid xid8,
  operations bigint, events bigint, root bytea, prev bytea) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp
return sha256(convert_to(concat_ws('|', tenant, seq, seg, from_xid, to_xid, operations, events,
  encode(root, 'hex'), encode(prev, 'hex')), 'UTF8'));
revoke all on function insula.seal_head(text, bigint, int, xid8, xid8, bigint, bigint, bytea, bytea) from public;

-- Signs a seal, once.
create or replace function insula.sign_seal(tenant text, seq bigint, mac bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  perform from insula.tenant t where t.id = sign_seal.tenant;
  if not found then
    raise exception 'there is no such tenant' using errcode = '42501';
  end if;
  execute format('update %I.audit_seal s set mac = $2 where s.seq = $1 and s.mac = ''''', sign_seal.tenant)
    using seq, mac;
end
$$;
revoke all on function insula.sign_seal(text, bigint, bytea) from public;

grant usage on schema insula to insula_worker;
grant execute on function insula.tenants_to_seal(text, int), insula.seal(text, int),
  insula.sign_seal(text, bigint, bytea) to insula_worker;
