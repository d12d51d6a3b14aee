import { describe, expect, it } from 'vitest';
import { Invoice } from './support/entities.ts';
import { useWorld } from './support/use-world.ts';

describe('mutations', () => {
  const world = useWorld();

  it('[DO] a payload shows the row as the transaction left it, which nobody else sees before the commit', async () => {
    const em = world.current.em();
    await em.begin();
    const { data, errors, statements } = await world.current.ask(
      'mutation { issue(id: 4) { message invoice { number status lines { id } customer { name } } } }',
      {},
      { em },
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.issue).toEqual({
      message: 'issued',
      invoice: {
        number: 'I-004',
        status: 'issued',
        lines: [{ id: '10' }, { id: '11' }, { id: '12' }],
        customer: { name: 'Customer 4' },
      },
    });
    expect((await world.current.em().findOneOrFail(Invoice, 4)).status).toBe('draft');
    await em.rollback();
    expect((await world.current.ask('{ invoice(id: 4) { status } }')).data.invoice.status).toBe('draft');
  });

  it('[DO] a row that must be there and is not is an error that says so', async () => {
    const { data, errors } = await world.current.ask('{ invoiceOrError(id: 4711) { number } }');
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: 'There is no such Invoice, or it may not be seen.',
        code: 'NOT_FOUND',
        status: 404,
        path: 'invoiceOrError',
      },
    ]);
  });

  it('[DO] a row that may be missing is null', async () => {
    expect((await world.current.ask('{ invoice(id: 4711) { number } }')).data).toEqual({ invoice: null });
  });
});

describe('a key from outside', () => {
  const world = useWorld();

  it.each([
    undefined,
    null,
    'x',
    '1 or true',
    { $ne: null },
    { $gt: 0 },
    [1, 2],
    {},
    Number.NaN,
    1.5,
    2 ** 40,
  ])('[SM] %j is the key of no row: nothing is asked, and no other row comes back', async (key) => {
    const { data, errors, statements } = await world.current.ask('{ byAnyKey { number } }', {}, { key });
    expect(errors).toEqual([]);
    expect(data).toEqual({ byAnyKey: null });
    expect(statements).toHaveLength(0);
  });

  it('[DO] a key is that of its row', async () => {
    expect((await world.current.ask('{ byAnyKey { number } }', {}, { key: 7 })).data).toEqual({
      byAnyKey: { number: 'I-007' },
    });
  });
});
