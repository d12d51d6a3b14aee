-- How a tenant's operations see and change who may enter the tenant: its members and its API keys. What they see is
-- their own tenant's alone, which they can't choose: it is the active role. Every change belongs to an operation and is
-- in the tenant's audit trail. Run as insula_owner after the catalog and the opener; may be run again.
create schema if not exists insula_access;
grant usage on schema insula_access to public;

-- A view runs with its owner's rights; the barrier keeps conditions of the caller's from seeing rows before its own.
create or replace view insula_access.platform_member with (security_barrier = true) as
select m.subject as id, m.roles, m.added_at
from insula.membership m
where m.tenant = case when current_setting('role') = 'none' then session_user::text else current_setting('role') end;

create or replace view insula_access.platform_api_key with (security_barrier = true) as
select k.id, k.name, k.permissions, k.created_by, k.created_at, k.expires_at
from insula.api_key k
where k.tenant = case when current_setting('role') = 'none' then session_user::text else current_setting('role') end;
grant select on insula_access.platform_member, insula_access.platform_api_key to public;

-- The active tenant, whose operation must be open. Changes of one tenant's access wait for each other here.
create or replace function insula_access.tenant_in_operation() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  own text := insula.tenant_role();
begin
  perform from insula.tenant t where t.id = own for no key update;
  if not found then
    raise exception 'access is changed by tenants' using errcode = '42501';
  end if;
  perform insula.open_segment(own);
  return own;
end
$$;

create or replace function insula_access.record(tenant text, relation text, action "char", old jsonb, new jsonb)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'insert into %I.audit (seg, relation, action, old, new) values ($1, $2, $3, $4, $5)', tenant
  ) using insula.open_segment(tenant), relation, action, old, new;
end
$$;

create or replace function insula_access.member_row(subject text, roles text[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp
return jsonb_build_object('id', subject, 'roles', roles);

-- 'added', or 'exists'.
create or replace function insula_access.add_member(subject text, roles text[]) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  own text := insula_access.tenant_in_operation();
begin
  insert into insula.membership (tenant, subject, roles) values (own, subject, roles)
  on conflict do nothing;
  if not found then
    return 'exists';
  end if;
  perform insula_access.record(own, 'platform_member', 'I', null, insula_access.member_row(subject, roles));
  return 'added';
end
$$;

-- Gives a member other roles, or takes the membership away when there are none: 'done', 'unknown', 'owners only' (an
-- owner is made and unmade by owners) or 'last owner'.
create or replace function insula_access.change_member(subject text, roles text[], by_owner boolean) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  own text := insula_access.tenant_in_operation();
  before text[];
begin
  select m.roles into before
  from insula.membership m where m.tenant = own and m.subject = change_member.subject;
  if not found then
    return 'unknown';
  end if;
  if not by_owner and ('owner' = any (before) or 'owner' = any (roles)) then
    return 'owners only';
  end if;
  if 'owner' = any (before) and not ('owner' = any (roles)) and not exists (
    select from insula.membership m
    where m.tenant = own and m.subject <> change_member.subject and 'owner' = any (m.roles)
  ) then
    return 'last owner';
  end if;
  if cardinality(roles) = 0 then
    delete from insula.membership m where m.tenant = own and m.subject = change_member.subject;
    perform insula_access.record(own, 'platform_member', 'D', insula_access.member_row(subject, before), null);
  elsif roles <> before then
    update insula.membership m set roles = change_member.roles
    where m.tenant = own and m.subject = change_member.subject;
    perform insula_access.record(own, 'platform_member', 'U',
      insula_access.member_row(subject, before), insula_access.member_row(subject, roles));
  end if;
  return 'done';
end
$$;

create or replace function insula_access.key_row(k insula.api_key) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp
return to_jsonb(k) - 'tenant' - 'hash';

-- Whether there is room for one more key. Who made it is whose operation this is.
create or replace function insula_access.create_api_key(
  id text, hash bytea, name text, permissions text[], expires_at timestamptz
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  own text := insula_access.tenant_in_operation();
  actor text;
  made insula.api_key;
begin
  if (select count(*) from insula.api_key k where k.tenant = own) >= 100 then
    return false;
  end if;
  execute format('select actor from %I.operation where xid = pg_current_xact_id()', own) into actor;
  insert into insula.api_key (id, tenant, hash, name, permissions, created_by, expires_at)
  values (id, own, hash, name, permissions, actor, expires_at)
  returning * into made;
  perform insula_access.record(own, 'platform_api_key', 'I', null, insula_access.key_row(made));
  return true;
end
$$;

-- Whether there was one.
create or replace function insula_access.revoke_api_key(id text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  own text := insula_access.tenant_in_operation();
  gone insula.api_key;
begin
  delete from insula.api_key k where k.tenant = own and k.id = revoke_api_key.id returning * into gone;
  if not found then
    return false;
  end if;
  perform insula_access.record(own, 'platform_api_key', 'D', insula_access.key_row(gone), null);
  return true;
end
$$;

revoke all on all functions in schema insula_access from public;
grant execute on function
  insula_access.add_member(text, text[]), insula_access.change_member(text, text[], boolean),
  insula_access.create_api_key(text, bytea, text, text[], timestamptz), insula_access.revoke_api_key(text)
to public;
