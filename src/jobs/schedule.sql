-- Writes a daily job down for every tenant that can be served and has not had it on that day. Parameters: $1 the job, $2
-- the day. Once for each tenant and day, however many workers ask: the second one waits for the first one's row of
-- insula.schedule, and finds the day taken. A tenant that is suspended has it later on the day, or not at all.
--
-- Plan: the catalog's tenants joined with their rows of insula.schedule; where nothing is to be done nothing is written.
with due as (
  insert into insula.schedule as s (tenant, job, last_on)
  select t.id, $1::text, $2::date
  from insula.tenant t left join insula.schedule k on k.tenant = t.id and k.job = $1
  where t.status = 'active' and t.migration_error is null and (k.last_on is null or k.last_on < $2)
  on conflict (tenant, job) do update set last_on = excluded.last_on where s.last_on < excluded.last_on
  returning tenant
)
insert into insula.outbox (tenant, xid, job, payload)
select tenant, null, $1, jsonb_build_object('on', $2::text) from due
