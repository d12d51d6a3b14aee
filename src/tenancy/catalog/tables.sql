-- The catalog: which tenants there are, under which domains, and who may enter them. Run as insula_owner; may be run
-- again. A tenant's row exists only when its role, its schema and its migrations do: all come in one transaction.
create schema if not exists insula;

create table if not exists insula.tenant (
  id text primary key check (id ~ '^t_[a-z0-9]{16}$'),
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  schema_version int not null,
  schema_hash text not null,
  migration_error jsonb,
  created_at timestamptz not null default now()
);

-- Digest of what every tenant has besides its modules' tables; empty: as it was before the digest was kept.
do $$
begin
  if not exists (
    select from pg_catalog.pg_attribute where attrelid = 'insula.tenant'::regclass and attname = 'base_hash' and not attisdropped
  ) then
    alter table insula.tenant add column base_hash text not null default '';
  end if;
end
$$;

create table if not exists insula.domain (
  domain text primary key check (domain = lower(domain)),
  tenant text not null references insula.tenant on delete cascade
);
create index if not exists domain_tenant on insula.domain (tenant);

create table if not exists insula.membership (
  tenant text not null references insula.tenant on delete cascade,
  subject text not null,
  roles text[] not null,
  primary key (tenant, subject)
);
-- "Which tenants am I a member of?"
create index if not exists membership_subject on insula.membership (subject);
