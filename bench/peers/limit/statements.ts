import type { Named } from './batch.ts';

/** What the benchmark's requests send as variables. */
export interface Variables {
  readonly id?: string;
  readonly status?: string;
  readonly input?: {
    readonly customerId: string;
    readonly currency: string;
    readonly lines: readonly object[];
  };
}

const money = (column: string, table: string) =>
  `json_build_object('amount', ${table}.${column}, 'currency', ${table}.currency)`;

const LINES = (schema: string) => `(
  select coalesce(json_agg(json_build_object('position', l.position, 'description', l.description,
    'quantity', l.quantity, 'unitPrice', l.unit_price, 'net', l.net) order by l.position), '[]')
  from ${schema}.invoice_line l where l.invoice_id = i.id)`;

const statements = new Map<string, string>();

/** One statement for each request, which returns the whole reply; written for its shape, qualified with the schema. */
const TEXTS: Readonly<Record<string, (schema: string) => string>> = {
  one: (schema) => `
    select json_build_object('data', json_build_object('invoice', json_build_object('id', i.id, 'number', i.number,
      'status', upper(i.status), 'issuedOn', i.issued_on, 'dueOn', i.due_on, 'gross', ${money('gross', 'i')})))
    from ${schema}.invoice i where i.id = $1`,
  list: (schema) => `
    select json_build_object('data', json_build_object('invoices', json_build_object('nodes', coalesce(json_agg(
      json_build_object('id', i.id, 'number', i.number, 'status', upper(i.status), 'issuedOn', i.issued_on,
        'gross', ${money('gross', 'i')},
        'customer', json_build_object('id', c.id, 'name', c.name, 'email', c.email), 'lines', ${LINES(schema)})
      order by i.issued_on desc nulls last, i.created_at desc, i.id), '[]'))))
    from (select * from ${schema}.invoice order by issued_on desc nulls last, created_at desc, id limit 20) i
    join ${schema}.customer c on c.id = i.customer_id`,
  page: (schema) => `
    select json_build_object('data', json_build_object('invoices', json_build_object(
      'totalCount', (select count(*) from ${schema}.invoice where status = lower($1)),
      'pageInfo', json_build_object('hasNextPage', count(*) > 20),
      'nodes', coalesce(json_agg(json_build_object('id', i.id, 'number', i.number, 'dueOn', i.due_on,
        'gross', ${money('gross', 'i')}, 'customer', json_build_object('id', c.id, 'name', c.name))
      order by i.due_on nulls last, i.id) filter (where i.place <= 20), '[]'))))
    from (select *, row_number() over (order by due_on nulls last, id) as place
      from (select * from ${schema}.invoice where status = lower($1) order by due_on nulls last, id limit 21) i) i
    join ${schema}.customer c on c.id = i.customer_id`,
  deep: (schema) => `
    select json_build_object('data', json_build_object('customer', json_build_object('id', c.id, 'name', c.name,
      'invoices', json_build_object('nodes', (select coalesce(json_agg(json_build_object('id', i.id,
        'number', i.number, 'status', upper(i.status), 'gross', ${money('gross', 'i')}, 'lines', ${LINES(schema)},
        'payments', (select coalesce(json_agg(json_build_object('id', p.id, 'amount', p.amount,
          'receivedOn', p.received_on) order by p.received_on, p.id), '[]')
          from ${schema}.payment p where p.invoice_id = i.id))
        order by i.issued_on desc nulls last, i.created_at desc, i.id), '[]')
        from (select * from ${schema}.invoice where customer_id = c.id
          order by issued_on desc nulls last, created_at desc, id limit 10) i)))))
    from ${schema}.customer c where c.id = $1`,
  create: (schema) => `
    with line as (
      select l.*, (l.value ->> 'quantity')::int as quantity, (l.value ->> 'unitPrice')::bigint as price,
        (l.value ->> 'taxRate')::int as rate
      from json_array_elements($3::json) with ordinality l (value, position)
    ), amounts as (
      select *, quantity * price as net, (quantity * price * rate + 5000) / 10000 as tax from line
    ), i as (
      insert into ${schema}.invoice (id, customer_id, currency, net, tax, gross, created_at)
      select uuidv7(), $1, $2, sum(net), sum(tax), sum(net + tax), now() from amounts
      returning *
    ), l as (
      insert into ${schema}.invoice_line
        (id, invoice_id, position, description, quantity, unit_price, tax_rate, net, tax)
      select uuidv7(), i.id, position, value ->> 'description', quantity, price, rate, a.net, a.tax from i, amounts a
      returning position, net
    )
    select json_build_object('data', json_build_object('createInvoice', json_build_object('invoice',
      json_build_object('id', i.id, 'status', upper(i.status), 'gross', ${money('gross', 'i')},
        'lines', (select json_agg(json_build_object('position', position, 'net', net) order by position) from l)))))
    from i`,
};

/** @throws Error when there is no such request */
export function statementFor(request: string, schema: string, variables: Variables): Named {
  const name = `${request} ${schema}`;
  let text = statements.get(name);
  if (text === undefined) {
    const write = TEXTS[request];
    if (!write) throw new Error(`There is no request ${request}.`);
    text = write(schema);
    statements.set(name, text);
  }
  return { name, text, values: valuesOf(request, variables) };
}

function valuesOf(request: string, { id, status, input }: Variables): readonly unknown[] {
  if (request === 'list') return [];
  if (request === 'page') return [status];
  if (request === 'create') return [input?.customerId, input?.currency, JSON.stringify(input?.lines)];
  return [id];
}
