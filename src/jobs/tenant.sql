-- A tenant's way to the outbox. :"tenant" stands for the schema, which is also the tenant's role. Run as insula_owner,
-- after src/audit/tenant.sql.

-- The job is this tenant's, whoever calls; and it belongs to an operation, as every write does. A plain INSERT: waking
-- a worker with NOTIFY in each transaction would cost a third of the commit rate.
create or replace function :"tenant".enqueue(job text, payload jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into insula.outbox (tenant, seg, job, payload)
  values (:'tenant', :"tenant".open_segment(), job, payload);
end
$$;
revoke all on function :"tenant".enqueue(text, jsonb) from public;
grant execute on function :"tenant".enqueue(text, jsonb) to :"tenant";
