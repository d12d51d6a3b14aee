-- A tenant's way to the outbox, and its memory of what was done. :"tenant" stands for the schema, which is also the
-- tenant's role. Run as insula_owner, after src/audit/tenant.sql; may be run again.

-- The job is this tenant's, whoever calls; and it belongs to an operation, as every write does. A plain INSERT: waking
-- a worker with NOTIFY in each transaction would cost a third of the commit rate.
create or replace function :"tenant".enqueue(job text, payload jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into insula.outbox (tenant, seg, job, payload)
  values (:'tenant', :"tenant".:"open_segment"(), job, payload);
end
$$;

-- The jobs whose effects are in this schema: a row comes in the transaction of the effects, and can't come twice. It is
-- needed for as long as a worker may still believe that it has the job.
create table if not exists :"tenant".job_done (
  job bigint primary key,
  at timestamptz not null default now()
);
create index if not exists job_done_at on :"tenant".job_done (at);

-- Says that the transaction has the effects of this job: false when another one had them. A second transaction with the
-- same job waits here for the end of the first. Only an operation of a job may say so; its actor is signed.
create or replace function :"tenant".finish_job(id bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from :"tenant".operation o
    where o.seg = :"tenant".:"open_segment"() and o.xid = pg_current_xact_id() and starts_with(o.actor, 'job:')
  ) then
    raise exception 'the operation is none of a job' using errcode = '42501';
  end if;
  delete from :"tenant".job_done d
  where d.job in (
    select e.job from :"tenant".job_done e
    where e.at < now() - interval '30 days' order by e.at limit 100 for update skip locked);
  insert into :"tenant".job_done (job) values (id) on conflict do nothing;
  return found;
end
$$;

create or replace function :"tenant".is_job_done(id bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
return exists (select from :"tenant".job_done d where d.job = id);

revoke all on function :"tenant".enqueue(text, jsonb), :"tenant".finish_job(bigint), :"tenant".is_job_done(bigint)
from public;
grant execute on function :"tenant".enqueue(text, jsonb), :"tenant".finish_job(bigint), :"tenant".is_job_done(bigint)
to :"tenant";
