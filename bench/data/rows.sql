-- The rows of one tenant, into the tables of the search path: $slug in every text, so that a reply shows whose it is.
-- Sizes: :customers customers, :invoices invoices with three lines each, two payments for each paid invoice. Ids count
-- upwards, as the ids that the gateway makes do (UUID version 7), so indexes are as dense as in real life.
insert into customer (id, name, email, street, postal_code, city, country, created_at)
select format('00000000-0000-7000-8000-%s', lpad(to_hex(g), 12, '0'))::uuid, :slug || ' Customer ' || g,
  'c' || g || '@' || :slug || '.example', 'Market Square ' || g, lpad(g::text, 5, '0'), 'Berlin', 'DE',
  timestamptz '2020-01-01Z' + g * interval '1 hour'
from generate_series(1, :customers) g;

insert into invoice_line (id, invoice_id, position, description, quantity, unit_price, tax_rate, net, tax)
select format('00000002-0000-7000-8000-%s', lpad(to_hex(3 * g + k), 12, '0'))::uuid,
  format('00000001-0000-7000-8000-%s', lpad(to_hex(g), 12, '0'))::uuid, k,
  :slug || ' work ' || g || '.' || k, quantity, price, rate, quantity * price, (quantity * price * rate + 5000) / 10000
from generate_series(1, :invoices) g, generate_series(1, 3) k,
  lateral (select 1 + (g + k) % 5 as quantity, 50 + 100 * ((g * 7 + k) % 50) as price,
    case when (g + k) % 3 = 0 then 700 else 1900 end as rate) amounts;

insert into invoice (id, customer_id, number, status, currency, issued_on, due_on, net, tax, gross, note, created_at)
select format('00000001-0000-7000-8000-%s', lpad(to_hex(g), 12, '0'))::uuid,
  format('00000000-0000-7000-8000-%s', lpad(to_hex(1 + (g * 7919) % :customers), 12, '0'))::uuid,
  case when status <> 'draft' then 'R-' || lpad(g::text, 6, '0') end, status, 'EUR',
  case when status <> 'draft' then date '2020-01-01' + g end,
  case when status <> 'draft' then date '2020-01-31' + g end,
  sums.net, sums.tax, sums.net + sums.tax, null, timestamptz '2020-01-01Z' + g * interval '1 day'
from generate_series(1, :invoices) g,
  lateral (select ('{draft,issued,issued,paid,paid,paid,paid,void}'::text[])[1 + g % 8] as status) s,
  lateral (select sum(l.net) as net, sum(l.tax) as tax from invoice_line l
    where l.invoice_id = format('00000001-0000-7000-8000-%s', lpad(to_hex(g), 12, '0'))::uuid) sums;

insert into payment (id, invoice_id, amount, received_on, reference, created_at)
select format('00000003-0000-7000-8000-%s', lpad(to_hex(2 * row_number() over (order by i.id, k)), 12, '0'))::uuid, i.id,
  case k when 1 then i.gross / 2 else i.gross - i.gross / 2 end, i.due_on - 10 + 5 * k, i.number || '/' || k,
  timestamptz '2020-01-01Z'
from invoice i, generate_series(1, 2) k
where i.status = 'paid';
