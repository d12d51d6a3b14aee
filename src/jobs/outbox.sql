-- Jobs that operations have written down, in their own transactions, until they are done. Run as insula_owner; may be
-- run again. Tenants write through their schema's function `enqueue` (tenant.sql) and read nothing; the worker's login
-- takes, postpones and removes jobs, and sees nothing else of any tenant.
create table if not exists insula.outbox (
  id bigint generated always as identity primary key,
  tenant text not null references insula.tenant on delete cascade,
  -- The operation that wrote the job down; null when a schedule did.
  seg int,
  xid xid8 default pg_current_xact_id(),
  job text not null,
  payload jsonb not null,
  enqueued_at timestamptz not null default now()
);

do $$
begin
  if not exists (
    select from pg_catalog.pg_attribute where attrelid = 'insula.outbox'::regclass and attname = 'due_at' and not attisdropped
  ) then
    alter table insula.outbox
      alter column seg drop not null,
      alter column xid drop not null,
      -- When a worker may take the job. A worker that has it moves this to the end of its lease, so a job whose worker
      -- died is due again by itself; after a failure it is the end of the pause.
      add column due_at timestamptz not null default now(),
      -- How often it was begun. With the id it names a lease: whoever lost it changes nothing any more.
      add column attempts int not null default 0,
      -- Set while a worker has it.
      add column taken_at timestamptz,
      add column last_error text,
      -- A dead letter: it failed too often, and waits for a person.
      add column dead_at timestamptz;
  end if;
end
$$;
-- Which tenants have jobs, and which of these are due: see take.sql.
create index if not exists outbox_due on insula.outbox (tenant, due_at, id) where dead_at is null;
create index if not exists outbox_dead on insula.outbox (dead_at) where dead_at is not null;

-- The last day for which a tenant's daily job was written down.
create table if not exists insula.schedule (
  tenant text not null references insula.tenant on delete cascade,
  job text not null,
  last_on date not null,
  primary key (tenant, job)
);

grant usage on schema insula to insula_worker;
grant select, insert, update, delete on insula.outbox to insula_worker;
grant select, insert, update on insula.schedule to insula_worker;
-- Whether a tenant's jobs can be run, and what it is called.
grant select on insula.tenant to insula_worker;
