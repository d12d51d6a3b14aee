import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('lists', () => {
  const world = useWorld({ maxSize: 7 });

  it('[SM] a list without a limit of its own is capped, at the root and in a relation', async () => {
    const { data, statements } = await world.current.ask(
      '{ invoices { id } customers { allInvoices { id } } }',
    );
    expect(data.invoices).toHaveLength(7);
    for (const { text } of statements) expect(text).toContain('limit 7');
    expect(statements[1]?.text.match(/limit 7/g)).toHaveLength(2);
  });

  it('[SM] a relation can have a cap of its own, and criteria their own limit', async () => {
    const { data } = await world.current.ask(
      '{ invoice(id: 1) { someLines { id } lines(first: 1) { id } } invoices(limit: 20) { id } }',
    );
    expect(data.invoice.someLines).toHaveLength(2);
    expect(data.invoice.lines).toHaveLength(1);
    expect(data.invoices).toHaveLength(20);
  });

  it('[DO] rows that are skipped are not followed: the page is cut before its relations', async () => {
    const { data, statements } = await world.current.ask(
      '{ invoices(limit: 2, offset: 3) { id customer { name } } }',
    );
    expect(data.invoices.map(({ id }: { id: string }) => id)).toEqual(['4', '5']);
    expect(statements[0]?.text).toContain('limit 2 offset $2) as "_0")::text');
  });

  it('[DO] usual limits are constants in the text, others are bound', async () => {
    const document = 'query ($n: Int!) { invoices(limit: $n) { id } }';
    const [usual, other] = [
      await world.current.ask(document, { n: 20 }),
      await world.current.ask(document, { n: 17 }),
    ];
    expect(usual.statements[0]?.text).toContain('limit 20');
    expect(other.statements[0]).toMatchObject({
      text: expect.stringContaining('limit $2'),
      parameters: [false, 17],
    });
  });

  it('[DO] a list without an order is in the order of its key', async () => {
    const { data } = await world.current.ask('{ customers { approved { id } } }');
    for (const { approved } of data.customers) {
      const ids = approved.map(({ id }: { id: string }) => Number(id));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
  });
});
