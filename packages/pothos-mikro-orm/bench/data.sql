-- 5,000 customers with four invoices each, three lines an invoice, one allocation a line.
create table customers (id int primary key, name text not null, email text not null, credit bigint not null);
create table invoices (
  id int primary key, customer_id int not null references customers, number text not null, status text not null,
  total numeric(12, 2) not null, issued_at timestamptz not null
);
create table lines (
  id int primary key, invoice_id int not null references invoices, description text not null, quantity int not null,
  unit_cents bigint not null
);
create table allocations (
  id int primary key, line_id int not null references lines, method text not null, amount numeric(12, 2) not null,
  paid_at timestamptz not null
);
insert into customers
  select g, 'Customer ' || g, 'c' || g || '@example.com', 9007199254740993 + g from generate_series(1, 5000) g;
insert into invoices
  select g, 1 + (g * 7919) % 5000, 'INV-' || lpad(g::text, 6, '0'), (array['draft', 'issued', 'paid'])[1 + g % 3],
    (300 * g % 100000) / 7.0, timestamptz '2026-01-01 00:00:00+00' - g * interval '1 minute'
  from generate_series(1, 20000) g;
insert into lines
  select g, 1 + (g - 1) / 3, 'Line item ' || g, 1 + g % 5, 100 * (g % 50) + 50 from generate_series(1, 60000) g;
insert into allocations
  select g, g, (array['card', 'transfer'])[1 + g % 2], (g % 1000) / 3.0,
    timestamptz '2026-01-01 00:00:00+00' - g * interval '1 second'
  from generate_series(1, 60000) g;
create index on invoices (customer_id);
create index on invoices (status, id);
create index on lines (invoice_id);
create index on allocations (line_id);
vacuum analyze;
