-- A number that grows with every change of the catalog, in the transaction of the change: a cache that has seen n is
-- right as long as it is still n. Writers of the catalog queue on its row, so that n grows in the order of commits.
create table if not exists insula.generation (n bigint not null);
create unique index if not exists generation_has_one_row on insula.generation ((true));
insert into insula.generation values (1) on conflict do nothing;

create or replace function insula.advance_generation() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  generation bigint;
begin
  update insula.generation set n = n + 1 returning n into generation;
  perform pg_notify('insula_catalog', generation::text);
  return null;
end
$$;
revoke all on function insula.advance_generation() from public;

create or replace trigger advance_generation
  after insert or update or delete or truncate on insula.tenant
  for each statement execute function insula.advance_generation();
create or replace trigger advance_generation
  after insert or update or delete or truncate on insula.api_key
  for each statement execute function insula.advance_generation();
create or replace trigger advance_generation
  after insert or update or delete or truncate on insula.plan
  for each statement execute function insula.advance_generation();
create or replace trigger advance_generation
  after insert or update or delete or truncate on insula.domain
  for each statement execute function insula.advance_generation();
create or replace trigger advance_generation
  after insert or update or delete or truncate on insula.membership
  for each statement execute function insula.advance_generation();
