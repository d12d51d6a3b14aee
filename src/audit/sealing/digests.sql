-- What a seal stands for: the operations and events of the tenant %1$I in segment $1 whose transaction ids are at least
-- $2 and below $3, counted and digested in one order. Each row's digest is over all of its columns, as JSON, so that none
-- can be moved into its neighbour. Plan: two ranges of the primary keys.
select count(*) filter (where kind = 0) as operations, count(*) filter (where kind = 1) as events,
  sha256(coalesce(string_agg(digest, ''::bytea order by xid, kind, id), '')) as root
from (
  select o.xid, 0 as kind, 0::bigint as id, sha256(convert_to(jsonb_build_array('operation', o.seg, o.xid::text, o.id,
    o.actor, o.name, o.request_id, extract(epoch from o.at))::text, 'UTF8')) as digest
  from %1$I.operation o
  where o.seg = $1 and o.xid >= $2 and o.xid < $3
union all
  select a.xid, 1, a.id, sha256(convert_to(jsonb_build_array('event', a.seg, a.xid::text, a.id, extract(epoch from a.at),
    a.relation, a.action, a.old, a.new, a.code, a.fields)::text, 'UTF8'))
  from %1$I.audit a
  where a.seg = $1 and a.xid >= $2 and a.xid < $3
) as rows
