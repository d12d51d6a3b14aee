create schema shared;
create table shared.country (code text primary key, name text not null);
create table customer (
  id uuid primary key, name text not null, email text, credit bigint not null, settings jsonb, deleted_at timestamptz,
  country_code text references shared.country
);
create table profile (id int primary key, customer_id uuid not null unique references customer, motto text);
create table tag (id int primary key, name text not null);
create table customer_tags (customer_id uuid references customer, tag_id int references tag, primary key (customer_id, tag_id));
create table invoice (
  id int primary key, number text not null, status text not null, confidential boolean not null, secret text,
  issued_at timestamptz, net numeric(12, 2) not null, tax numeric(12, 2) not null,
  customer_id uuid not null references customer, approver_id uuid references customer
);
create table line (
  id int primary key, invoice_id int not null references invoice, text text not null, quantity int not null,
  discount double precision
);
create table payment (
  id int primary key, kind text not null, amount int not null, invoice_id int not null references invoice, last4 text, iban text
);
create table note (id int primary key, text text not null, subject_type text, subject_id int);

insert into shared.country values ('at', 'Austria'), ('jp', 'Japan');
-- customers 1 … 6; 3 and 6 are deleted
insert into customer
  select ('00000000-0000-4000-8000-00000000000' || i)::uuid, 'Customer ' || i,
    case when i % 2 = 0 then 'c' || i || '@example.com' end, 9007199254740992 + i,
    jsonb_build_object('depth', i, 'it''s', 'a?'),
    case when i % 3 = 0 then now() end, case i when 1 then 'at' when 2 then 'jp' end
  from generate_series(1, 6) i;
insert into profile
  select i, ('00000000-0000-4000-8000-00000000000' || i)::uuid, case when i < 3 then 'motto ' || i end
  from generate_series(1, 4) i;
insert into tag values (1, 'new'), (2, 'old'), (3, 'secret');
-- tag 3 belongs to the deleted customer 3 alone
insert into customer_tags
  select ('00000000-0000-4000-8000-00000000000' || i)::uuid, t from (values (1, 1), (2, 1), (2, 2), (4, 2), (3, 3)) v(i, t);
-- invoices 1 … 24 of customers 1 … 6 in turn; every eighth is confidential; each fourth has no date
insert into invoice
  select i, 'I-' || lpad(i::text, 3, '0'), (array['draft', 'issued', 'paid', 'void'])[1 + i % 4], i % 8 = 0,
    case when i % 8 = 0 then 'secret ' || i end,
    case when i % 4 > 0 then timestamptz '2026-01-01 00:00:00+00' + (i / 3) * interval '1 microsecond' end,
    i, i / 10.0, ('00000000-0000-4000-8000-00000000000' || 1 + (i - 1) % 6)::uuid,
    case when i % 5 = 0 then ('00000000-0000-4000-8000-00000000000' || 1 + i % 6)::uuid end
  from generate_series(1, 24) i;
insert into line
  select i, 1 + (i - 1) / 3, 'line ' || i, i % 7, case when i % 2 = 0 then i / 10.0 end from generate_series(1, 60) i;
insert into payment values
  (1, 'card', 10, 1, '4242', null), (2, 'transfer', 20, 1, null, 'AT01'), (3, 'card', 30, 8, '1111', null);
insert into note values (1, 'on an invoice', 'invoice', 1), (2, 'on a profile', 'profile', 2), (3, 'on nothing', null, null),
  (4, 'on a hidden invoice', 'invoice', 8);
analyze;
