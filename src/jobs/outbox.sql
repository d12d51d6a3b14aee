-- Jobs that operations have written down, in their own transactions, and that a worker has not taken yet. Run as
-- insula_owner; may be run again. Tenants write through their schema's function `enqueue` (tenant.sql) and read nothing.
create table if not exists insula.outbox (
  id bigint generated always as identity primary key,
  tenant text not null references insula.tenant on delete cascade,
  seg int not null,
  xid xid8 not null default pg_current_xact_id(),
  job text not null,
  payload jsonb not null,
  enqueued_at timestamptz not null default now()
);
