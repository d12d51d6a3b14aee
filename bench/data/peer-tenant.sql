-- What the peers have beside the modules' tables: the indexes on foreign keys that Insula's protection makes, privileges
-- for the tenant's role, and the function that PostGraphile creates an invoice with, as its experts write mutations.
create index on invoice (customer_id);
create index on payment (invoice_id);

create type line_input as (description text, quantity int, unit_price bigint, tax_rate int);

create function create_invoice_with_lines(customer_id uuid, currency text, lines line_input[]) returns invoice
language plpgsql as $$
declare created invoice;
begin
  insert into invoice (id, customer_id, currency, net, tax, gross, created_at)
  select uuidv7(), $1, $2, sum(net), sum(tax), sum(net + tax), now()
  from unnest($3) l, lateral (
    select l.quantity * l.unit_price as net, (l.quantity * l.unit_price * l.tax_rate + 5000) / 10000 as tax) amounts
  returning * into created;
  insert into invoice_line (id, invoice_id, position, description, quantity, unit_price, tax_rate, net, tax)
  select uuidv7(), created.id, l.position, l.description, l.quantity, l.unit_price, l.tax_rate,
    l.quantity * l.unit_price, (l.quantity * l.unit_price * l.tax_rate + 5000) / 10000
  from unnest($3) with ordinality l (description, quantity, unit_price, tax_rate, position);
  return created;
end $$;

grant usage on schema :"tenant" to :"tenant";
grant select, insert, update, delete on all tables in schema :"tenant" to :"tenant";
