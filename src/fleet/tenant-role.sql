-- Makes the role of a new tenant, which is also the schema's name to be, and lets the gateway take it. Belongs to the
-- superuser who installs. A role that insula_owner made itself would have it as a member, as PostgreSQL does for whoever
-- may make roles without being a superuser; and with thousands of memberships each new one costs as many look-ups. So
-- insula_owner may make no roles but these. May be run again.
create or replace function insula.create_tenant_role(tenant text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if tenant !~ '^t_[a-z0-9]{16}$' or tenant is null then
    raise exception 'this is no id of a tenant' using errcode = '22023';
  end if;
  execute format('create role %I nologin noinherit', tenant);
  execute format('grant %I to insula_gateway with inherit false, set true, admin false', tenant);
end
$$;
-- One of that name that was here before keeps its owner otherwise.
alter function insula.create_tenant_role(text) owner to current_user;
revoke all on function insula.create_tenant_role(text) from public;
grant execute on function insula.create_tenant_role(text) to insula_owner;
