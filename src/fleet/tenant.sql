-- What a tenant has besides its modules' tables and its audit trail (src/audit/tenant.sql, which comes first).
-- :"tenant" stands for the schema, which is also the tenant's role. Run as insula_owner; may be run again.

-- The replies to mutations that carried an Idempotency-Key, in the transaction of the mutation.
create table if not exists :"tenant".idempotency (
  key text primary key,
  body_hash bytea not null,
  -- As it was written: jsonb would put the members into another order.
  reply json,
  status int,
  at timestamptz not null default now()
);
-- It was jsonb in tenants of base version 1; where it is json already this changes nothing.
alter table :"tenant".idempotency alter column reply type json;
create or replace trigger insula_demand_operation
  before insert or update on :"tenant".idempotency
  for each statement execute function :"tenant".:"demand_operation"();

-- The migrations that made this schema. Nobody but the owner has a say in it.
create table if not exists :"tenant".migration (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);

grant usage on schema :"tenant" to :"tenant";
grant select, insert, update on :"tenant".idempotency to :"tenant";
