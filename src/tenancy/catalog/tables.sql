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
-- How far what every tenant's schema has besides its modules' tables is (src/fleet/base-objects.ts).
alter table insula.tenant add column if not exists base_version int not null default 1;

-- What tenants may use, by the name of what they pay for. The names of the limits are in src/tenancy/limits.ts.
create table if not exists insula.plan (
  name text primary key check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  limits jsonb not null check (jsonb_typeof(limits) = 'object')
);
alter table insula.tenant add column if not exists plan text references insula.plan;
-- A tenant's own limits, before those of its plan.
alter table insula.tenant add column if not exists limits jsonb not null default '{}'
  check (jsonb_typeof(limits) = 'object');

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

alter table insula.membership add column if not exists added_at timestamptz not null default now();

-- Keys for programs. A key's secret has 256 random bits, so its SHA-256 is enough: nobody can try them all.
create table if not exists insula.api_key (
  id text primary key check (id ~ '^[a-z0-9]{16}$'),
  tenant text not null references insula.tenant on delete cascade,
  hash bytea not null check (octet_length(hash) = 32),
  name text not null check (length(name) between 1 and 200),
  permissions text[] not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index if not exists api_key_tenant on insula.api_key (tenant);

-- Each tenant's data key, encrypted under the master key that is outside of the database; `master` says which one.
create table if not exists insula.wrapped_key (
  tenant text primary key references insula.tenant on delete cascade,
  master text not null,
  wrapped bytea not null
);
