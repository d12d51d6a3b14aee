import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

const texts = [
  "x' or 1=1 --",
  '$1',
  '?',
  '??',
  '\\?',
  '"; drop table invoice; --',
  '\\',
  ':name',
  '[::alias::]',
];

describe('values', () => {
  const world = useWorld();

  it.each(texts)('[SM] %s is bound, never part of the text', async (name) => {
    const { data, errors, statements } = await world.current.ask(
      'query ($name: String!) { customer(name: $name) { id } }',
      { name },
    );
    expect(errors).toEqual([]);
    expect(data.customer).toBeNull();
    expect(statements[0]?.parameters).toEqual([name]);
    expect(statements[0]?.text).not.toContain('drop table');
  });

  it.each(texts)('[SM] %s inside a condition on related rows', async (name) => {
    const where = {
      $or: [
        { customer: { name, email: { $gt: name } } },
        { lines: { $some: { text: { $in: [name, 'line 1'] } } } },
      ],
    };
    const { data, errors, statements } = await world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      { criteria: { it: { where } as never } },
    );
    expect(errors).toEqual([]);
    expect(data.probe).toEqual([{ number: 'I-001' }]);
    expect(statements[0]?.parameters.filter((value) => value === name)).toHaveLength(3);
  });

  it.each(texts)('[SM] %s as a value and as a path inside JSON', async (text) => {
    for (const settings of [
      { depth: text },
      { [text]: 'x' },
      { "it's": { $in: [text] } },
      { depth: { $eq: text } },
    ]) {
      const { data, errors, statements } = await world.current.ask(
        '{ probe(name: "it") { number } }',
        {},
        { criteria: { it: { where: { customer: { settings } } } as never } },
      );
      expect(errors).toEqual([]);
      expect(data.probe).toEqual([]);
      expect(statements[0]?.text).not.toContain("'x' or");
    }
  });

  it('[DO] a value inside JSON is found', async () => {
    const { data, errors } = await world.current.ask(
      '{ probe(name: "it") { number } }',
      {},
      {
        criteria: {
          it: {
            where: { customer: { settings: { depth: 2, "it's": 'a?' } } },
            orderBy: { id: 'asc' },
          } as never,
        },
      },
    );
    expect(errors).toEqual([]);
    expect(data.probe.map(({ number }: { number: string }) => number)).toEqual(['I-002', 'I-014', 'I-020']);
  });
});
