import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('a selection is one statement', () => {
  const world = useWorld();

  it('[DO] a row is read with only the columns that were selected', async () => {
    const { data, statements, errors } = await world.current.ask('{ invoice(id: 3) { number } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({ invoice: { number: 'I-003' } });
    expect(statements).toHaveLength(1);
    expect(statements[0]?.text).toContain('json_build_array("_0"."id", "_0"."number")');
  });

  it('[DO] relations, lists, counts and pages of four levels come with the row', async () => {
    const { data, statements, errors } = await world.current.ask(`{
      customer(name: "Customer 1") {
        name credit country { code name } profile { motto } tags { name customers { name } }
        invoiceCount
        invoices(first: 2) { totalCount pageInfo { hasNextPage } nodes { number lineCount lines { text invoice { number } } } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.customer).toMatchObject({
      name: 'Customer 1',
      credit: '9007199254740993',
      country: { code: 'at', name: 'Austria' },
      profile: { motto: 'motto 1' },
      tags: [{ name: 'new', customers: [{ name: 'Customer 1' }, { name: 'Customer 2' }] }],
      invoiceCount: 4,
    });
    expect(data.customer.invoices.totalCount).toBe(4);
    expect(data.customer.invoices.pageInfo.hasNextPage).toBe(true);
    expect(data.customer.invoices.nodes[0]).toEqual({
      number: 'I-001',
      lineCount: 3,
      lines: [1, 2, 3].map((i) => ({ text: `line ${i}`, invoice: { number: 'I-001' } })),
    });
  });

  it('[DO] a computed field reads the columns that it declares', async () => {
    const { data, statements } = await world.current.ask('{ invoice(id: 3) { sum gross } }');
    expect(data.invoice).toEqual({ sum: '3.00+0.30', gross: '3.30' });
    expect(statements).toHaveLength(1);
  });

  it('[DO] aliases with other arguments are loaded side by side', async () => {
    const { data, statements, errors } = await world.current.ask(
      '{ invoices(limit: 9) { id a: lines(first: 1) { id } b: lines(first: 2) { id } c: lines { id } d: lines(min: 5) { quantity } } }',
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    for (const { a, b, c, d } of data.invoices) {
      expect(a).toEqual(c.slice(0, 1));
      expect(b).toEqual(c.slice(0, 2));
      for (const { quantity } of d) expect(quantity).toBeGreaterThanOrEqual(5);
    }
  });

  it('[DO] a field in two fragments is loaded once; @skip and @include decide what is loaded', async () => {
    const document = `query ($x: Boolean!) { invoices(limit: 3) { ...A ...B lines @skip(if: $x) { id } } }
      fragment A on Invoice { customer { name } }
      fragment B on Invoice { customer { email @include(if: $x) } }`;
    const [yes, no] = [
      await world.current.ask(document, { x: true }),
      await world.current.ask(document, { x: false }),
    ];
    expect([yes.statements.length, no.statements.length]).toEqual([1, 1]);
    expect(yes.data.invoices[0]).toEqual({ customer: { name: 'Customer 1', email: null } });
    expect(no.data.invoices[0]).toMatchObject({
      customer: { name: 'Customer 1' },
      lines: [{ id: '1' }, { id: '2' }, { id: '3' }],
    });
    expect(yes.statements[0]?.text.match(/from "customer"/g)).toHaveLength(1);
    expect(no.statements[0]?.text).not.toContain('email"');
  });

  it('[DO] a field that is written twice is one, with both selections', async () => {
    const { data, statements } = await world.current.ask(
      '{ invoice(id: 1) { number lines(first: 1) { id } } invoice(id: 1) { customer { name } lines(first: 1) { text } customer { email } } }',
    );
    expect(statements).toHaveLength(1);
    expect(data.invoice).toEqual({
      number: 'I-001',
      lines: [{ id: '1', text: 'line 1' }],
      customer: { name: 'Customer 1', email: null },
    });
  });

  it('[DO] a circle through relations is one statement, and comes back to where it began', async () => {
    const { data, statements } = await world.current.ask(
      '{ customers { name allInvoices { customer { name allInvoices { number customer { name } } } } } }',
    );
    expect(statements).toHaveLength(1);
    for (const customer of data.customers) {
      for (const invoice of customer.allInvoices) expect(invoice.customer.name).toBe(customer.name);
    }
  });

  it('[DO] an interface over a single-table inheritance: each row is of its own type', async () => {
    const { data, statements, errors } = await world.current.ask(
      '{ payments { __typename id ... on CardPayment { last4 } ... on TransferPayment { iban invoice { number } } } }',
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.payments).toEqual([
      { __typename: 'CardPayment', id: '1', last4: '4242' },
      { __typename: 'TransferPayment', id: '2', iban: 'AT01', invoice: { number: 'I-001' } },
      { __typename: 'CardPayment', id: '3', last4: '1111' },
    ]);
  });

  it('[DO] a relation to one of several entities is a union', async () => {
    const { data, statements, errors } = await world.current.ask(
      '{ notes { text subject { __typename ... on Invoice { number lines(first: 1) { id } } ... on Profile { motto customer { name } } } } }',
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.notes.map((note: { subject: unknown }) => note.subject)).toEqual([
      { __typename: 'Invoice', number: 'I-001', lines: [{ id: '1' }] },
      { __typename: 'Profile', motto: 'motto 2', customer: { name: 'Customer 2' } },
      null,
      null,
    ]);
  });

  it('[DO] a selection of more columns than a PostgreSQL function takes arguments', async () => {
    const aliases = Array.from({ length: 130 }, (_, i) => `a${i}: lines(first: ${i + 1}) { id }`).join(' ');
    const { data, statements, errors } = await world.current.ask(`{ invoice(id: 1) { number ${aliases} } }`);
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.invoice.number).toBe('I-001');
    expect(data.invoice.a0).toHaveLength(1);
    expect(data.invoice.a129).toHaveLength(3);
  });

  it('[DO] fragments that spread each other many times cost no exponential time', async () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on Invoice { ...F${i + 1} ...F${i + 1} }`,
    );
    const { data } = await world.current.ask(
      `{ invoice(id: 1) { ...F0 } } ${fragments.join(' ')} fragment F40 on Invoice { number }`,
    );
    expect(data.invoice.number).toBe('I-001');
  });
});
