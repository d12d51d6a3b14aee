import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('fields that the caller may not see', () => {
  const world = useWorld();
  const document = '{ invoice(id: 1) { number secret customer { name } lines { id } } }';

  it('[AZ] are not loaded, and their resolver refuses', async () => {
    const { data, errors, statements } = await world.current.ask(
      document,
      {},
      { denied: ['Invoice.secret', 'Invoice.customer'] },
    );
    expect(data.invoice).toEqual({
      number: 'I-001',
      secret: null,
      customer: null,
      lines: [{ id: '1' }, { id: '2' }, { id: '3' }],
    });
    expect(errors.map(({ code, status, path }) => ({ code, status, path }))).toEqual([
      { code: 'FORBIDDEN', status: 403, path: 'invoice.secret' },
      { code: 'FORBIDDEN', status: 403, path: 'invoice.customer' },
    ]);
    expect(statements).toHaveLength(1);
    expect(statements[0]?.text).not.toMatch(/"secret"|from "customer"/);
  });

  it('[AZ] the plan of one caller is not that of another', async () => {
    for (const denied of [[], ['Invoice.secret'], [], ['Invoice.lines']]) {
      const { statements } = await world.current.ask(document, {}, { denied });
      expect(statements[0]?.text.includes('"secret"')).toBe(!denied.includes('Invoice.secret'));
      expect(statements[0]?.text.includes('from "line"')).toBe(!denied.includes('Invoice.lines'));
    }
  });

  it('[AZ] a column that another field reads too is still refused under its own name', async () => {
    const { data, errors } = await world.current.ask(
      '{ invoice(id: 8) { secret hint } }',
      {},
      {
        denied: ['Invoice.secret'],
        em: world.current.em(true),
      },
    );
    expect(data.invoice).toEqual({ secret: null, hint: '8' });
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', path: 'invoice.secret' }]);
  });
});
