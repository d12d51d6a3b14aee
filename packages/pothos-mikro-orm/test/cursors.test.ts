import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

const cursor = (values: unknown): string => Buffer.from(JSON.stringify(values)).toString('base64url');
const page =
  'query ($c: String, $by: String) { invoicePages(by: $by, first: 30, after: $c) { nodes { number } } }';

describe('forged cursors', () => {
  const world = useWorld();

  it.each([
    ['no base64', '%%%'],
    ['an empty string', ''],
    ['no JSON', Buffer.from('nope').toString('base64url')],
    ['no list', cursor({ number: 'I-001' })],
    ['too few values', cursor(['I-001'])],
    ['too many values', cursor(['I-001', '1', '2'])],
    ['a number', cursor(['I-001', 1])],
    ['a nested list', cursor(['I-001', ['1']])],
    ['no integer', cursor(['I-001', 'x'])],
    ['an integer that is too large', cursor(['I-001', '2147483648'])],
    ['null for a column that is never null', cursor([null, '1'])],
    ['a zero byte', cursor(['I-\u0000', '1'])],
    ['SQL for an integer', cursor(['I-001', '1) or true --'])],
  ])('[DV] %s', async (_what, c) => {
    const { errors, statements } = await world.current.ask(page, { c });
    expect(errors).toEqual([
      {
        message: 'The cursor is not one of this connection.',
        code: 'BAD_USER_INPUT',
        status: 400,
        path: 'invoicePages',
      },
    ]);
    expect(statements).toHaveLength(0);
  });

  it.each([
    '2026-13-01 00:00:00+00',
    '2026-02-30 00:00:00+00',
    '2026-01-01 25:00:00+00',
    '2026-01-01',
    'now',
    'epoch',
    '2026-01-01 00:00:00 Europe/Paris',
  ])('[DV] %s is no timestamp of a cursor', async (text) => {
    const { errors, statements } = await world.current.ask(page, { c: cursor([text, '1']), by: 'issued' });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', status: 400 }]);
    expect(statements).toHaveLength(0);
  });

  it('[SM] SQL in a text column of a cursor is a value like any other', async () => {
    const text = "I-001' or true) --";
    const { data, errors, statements } = await world.current.ask(page, { c: cursor([text, '0']) });
    expect(errors).toEqual([]);
    expect(data.invoicePages.nodes).toHaveLength(20);
    expect(statements[0]?.text).not.toContain('or true');
    expect(statements[0]?.parameters).toContain(text);
  });

  it('[AZ] a cursor that points at a hidden row shows none of its kind', async () => {
    const { data } = await world.current.ask(page, { c: cursor(['I-007', '7']) });
    const numbers = data.invoicePages.nodes.map(({ number }: { number: string }) => number);
    expect(numbers[0]).toBe('I-009'); // I-008 is confidential
    expect(numbers).not.toContain('I-016');
  });
});
