import { describe, expect, it } from 'vitest';
import type { Criteria } from '../src/index.ts';
import type { Invoice, Tag } from './support/entities.ts';
import { useWorld } from './support/use-world.ts';
import type { Answer } from './support/world.ts';

const numbers = (rows: { number: string }[]): string[] => rows.map(({ number }) => number);
const hidden = ['I-008', 'I-016', 'I-024'];
const hiddenCustomers = ['Customer 3', 'Customer 6'];

/** A customer's policy is a constant, an invoice's an async function of parameters: see the entities. */
describe('row policies hold on every path', () => {
  const world = useWorld();
  const probe = (criteria: Criteria<Invoice>): Promise<Answer> =>
    world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      { criteria: { it: criteria as Criteria<never> } },
    );
  const probeTags = (criteria: Criteria<Tag>): Promise<Answer> =>
    world.current.ask(
      '{ tags(probe: "it") { name } }',
      {},
      { criteria: { it: criteria as Criteria<never> } },
    );

  it('[AZ] at the root: one row, a list, a page and its count', async () => {
    const { data } = await world.current.ask(
      '{ invoice(id: 8) { number } invoices(limit: 50) { number } invoicePages(first: 30) { totalCount nodes { number } } }',
    );
    expect(data.invoice).toBeNull();
    expect(numbers(data.invoices)).toHaveLength(21);
    expect(data.invoicePages.totalCount).toBe(21);
    for (const rows of [data.invoices, data.invoicePages.nodes]) {
      for (const number of hidden) expect(numbers(rows)).not.toContain(number);
    }
  });

  it('[AZ] with another parameter the same document shows them', async () => {
    const document = '{ invoices(limit: 50) { number } }';
    const { data } = await world.current.ask(document, {}, { em: world.current.em(true) });
    expect(numbers(data.invoices)).toHaveLength(24);
    expect((await world.current.ask(document)).data.invoices).toHaveLength(21);
  });

  it('[AZ] a filter without its parameters is an error, not an open door', async () => {
    const { data, errors } = await world.current.ask(
      '{ invoices { number } }',
      {},
      { em: world.current.orm.em.fork() },
    );
    expect(data).toBeNull();
    expect(errors[0]?.message).toContain("No arguments provided for filter 'confidential'");
  });

  it('[AZ] through relations: to one, to many, back, in a count, in a page and its count', async () => {
    const { data } = await world.current.ask(`{
      invoices(limit: 50) { number customer { name } lines { invoice { number } } }
      customers {
        name invoiceCount
        allInvoices { number }
        invoices(first: 10) { totalCount nodes { number } }
      }
      tags { name customerCount customers { name } }
      payments { id invoice { number } }
      notes { subject { ... on Invoice { number } } }
    }`);
    const customers = data.invoices.map(
      ({ customer }: { customer: { name: string } | null }) => customer?.name,
    );
    expect(customers).toContain(undefined); // the row stays, its hidden customer does not
    for (const name of hiddenCustomers) expect(customers).not.toContain(name);
    for (const { name, invoiceCount, allInvoices, invoices } of data.customers) {
      expect(hiddenCustomers).not.toContain(name);
      expect(allInvoices).toHaveLength(invoiceCount);
      expect(invoices.nodes).toHaveLength(invoiceCount);
      expect(invoices.totalCount).toBe(invoiceCount);
      for (const number of hidden)
        expect([...numbers(allInvoices), ...numbers(invoices.nodes)]).not.toContain(number);
    }
    expect(data.tags).toContainEqual({ name: 'secret', customerCount: 0, customers: [] });
    expect(data.payments[2]).toEqual({ id: '3', invoice: null });
    expect(data.notes[3]).toEqual({ subject: null });
  });

  it('[AZ] in node and nodes', async () => {
    const id = (n: number) =>
      Buffer.from(`Customer:00000000-0000-4000-8000-00000000000${n}`).toString('base64');
    const { data } = await world.current.ask(
      'query ($one: ID!, $many: [ID!]!) { node(id: $one) { id } nodes(ids: $many) { ... on Customer { name } } }',
      { one: id(3), many: [1, 2, 3, 4].map(id) },
    );
    expect(data).toEqual({
      node: null,
      nodes: [{ name: 'Customer 1' }, { name: 'Customer 2' }, null, { name: 'Customer 4' }],
    });
  });

  it('[AZ] a condition through a to-one relation finds no hidden row', async () => {
    expect((await probe({ where: { customer: { name: 'Customer 3' } } })).data.probe).toEqual([]);
    expect((await probe({ where: { customer: { deletedAt: { $ne: null } } } })).data.probe).toEqual([]);
    expect((await probe({ where: { customer: { name: 'Customer 1' } } })).data.probe).toHaveLength(4);
  });

  it('[AZ] nor inside $or, $and and $not; the rest of the condition still finds its rows', async () => {
    const found = await probe({ where: { $or: [{ customer: { name: 'Customer 3' } }, { id: 3 }] } });
    expect(found.data.probe).toEqual([{ number: 'I-003' }]); // its customer is hidden, the invoice is not
    expect(
      (await probe({ where: { $and: [{ customer: { name: { $like: 'Customer%' } } }] }, limit: 50 })).data
        .probe,
    ).toHaveLength(14);
    const not = await probe({ where: { $not: { customer: { name: 'Customer 3' } } }, limit: 50 });
    expect(not.data.probe).toHaveLength(14); // a hidden customer neither has a name nor has another
  });

  it.each([
    ['$some', { $some: { deletedAt: { $ne: null } } }, []],
    ['$some of $some', { $some: { tags: { $some: { name: 'secret' } } } }, []],
    ['$none', { $none: { name: { $like: 'Customer%' } } }, ['secret']],
    [
      '$every',
      { $every: { name: { $in: ['Customer 1', 'Customer 2', 'Customer 4'] } } },
      ['new', 'old', 'secret'],
    ],
    ['$size', { $size: 0 }, ['secret']],
    ['an implicit quantifier', { name: 'Customer 3' }, []],
  ] as const)('[AZ] %s counts visible rows alone', async (_name, customers, expected) => {
    const { data, errors } = await probeTags({ where: { customers } as never, orderBy: { id: 'asc' } });
    expect(errors).toEqual([]);
    expect(data.tags.map(({ name }: { name: string }) => name)).toEqual(expected);
  });

  it('[AZ] a function policy holds inside a quantifier two relations away', async () => {
    // only invoice 8, confidential, has a line 22
    const asked = { lines: { $some: { invoice: { lines: { $some: { id: 22 } } } } } };
    expect((await probe({ where: asked })).data.probe).toEqual([]);
    const open = await world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      { criteria: { it: { where: asked } as Criteria<never> }, em: world.current.em(true) },
    );
    expect(open.data.probe).toEqual([{ number: 'I-008' }]);
  });

  it('[AZ] an order through a relation puts a hidden row where a missing one is', async () => {
    const order = async (direction: string) => {
      const { data, errors } = await world.current.ask(
        '{ probe(name: "it") { number customer { name } } }',
        {},
        {
          criteria: {
            it: { orderBy: [{ customer: { name: direction } }, { id: 'asc' }], limit: 50 } as Criteria<never>,
          },
        },
      );
      expect(errors).toEqual([]);
      return data.probe.map(({ customer }: { customer: { name: string } | null }) => customer?.name ?? null);
    };
    const up = await order('asc');
    expect(up).toHaveLength(21);
    expect(up.slice(0, 14)).toEqual([...up.slice(0, 14)].sort());
    expect(up.slice(14)).toEqual(Array.from({ length: 7 }, () => null));
    expect((await order('desc')).slice(0, 7)).toEqual(Array.from({ length: 7 }, () => null));
  });

  it('[AZ] rows that another resolver names by key are looked up under the policies', async () => {
    const { data, errors } = await world.current.ask('{ favourites(ids: [1, 8]) { number status } }');
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ code: 'NOT_FOUND', status: 404, path: 'favourites.1' }]);
  });

  it('[AZ] criteria can leave a filter out; deeper levels keep it', async () => {
    const { data } = await world.current.ask(
      '{ probe(name: "it") { number customer { name } } }',
      {},
      { criteria: { it: { filters: { confidential: false }, where: { id: [8, 9] } } as Criteria<never> } },
    );
    expect(data.probe).toEqual([
      { number: 'I-008', customer: { name: 'Customer 2' } },
      { number: 'I-009', customer: null },
    ]);
  });
});
